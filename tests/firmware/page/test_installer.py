"""The installer sets up a home with the page alone: a real browser, the real firmware, meters on a real serial line."""

import json
import time

from new_home import PROBE
from test_keyboard import focused, tab_to
from test_screens import faults, show, sideways


def back(page):
    """The page has said that the box answers again."""
    said = "() => document.getElementById('say').textContent.startsWith('The box is back')"
    page.wait_for_function(said, timeout=60000)  # of wall time: a machine with other work starts a box slowly


def save(page):
    """Save, and wait for the box to be back."""
    page.get_by_role("button", name="Save and restart").click()
    page.locator("#notice, progress").first.wait_for()
    assert page.locator("#notice").all_inner_texts() == []
    back(page)


def settled(site):
    for _ in range(200):
        if not (site.folder / "config.try").exists():
            return
        time.sleep(0.1)
    raise AssertionError(site.log)


def by_hand(page, line, role, model, **fields):
    """Add a device by hand; `fields` by their labels."""
    form = page.locator(".devices form").last
    if not form.is_visible():
        page.get_by_text("Add one by hand").click()
    form.get_by_label("Line").select_option(line)
    form.get_by_label("What it is for").select_option(label=role)
    form.get_by_label("Model").select_option(model)
    for label, text in fields.items():
        form.get_by_label(label, exact=True).fill(text)
    form.get_by_role("button", name="Add").click()


def test_from_an_empty_box_to_a_home_that_is_measured(installation, site):
    page = installation()
    page.get_by_text("Add a line").click()
    assert (
        page.get_by_role("combobox", name="Port", exact=True).input_value() == site.line.port
    )  # what is wired is offered
    page.locator(".lines form").get_by_role("button", name="Add").click()
    page.locator(".draft").get_by_text("One change is not saved yet.").wait_for()
    assert site.kept["buses"] == []
    save(page)
    assert site.kept["buses"] == [{"name": "rs485", "type": "rtu", "port": site.line.port, "baud": 9600}]

    page.get_by_role("button", name="Look on rs485").click()
    page.locator(".scan").get_by_text("2 devices were found.").wait_for(timeout=30000)
    page.get_by_role("button", name="Use it: Eastron SDM630").click()
    page.get_by_role("combobox", name="What it is for: Eastron SDM120").select_option(label="Solar panels")
    page.get_by_role("button", name="Use it: Eastron SDM120").click()
    page.get_by_label("Peak power (W)").fill("4200")
    page.locator(".devices").get_by_role("button", name="Add").first.click()
    page.locator(".draft").get_by_text("2 changes are not saved yet.").wait_for()
    assert page.get_by_text("in use", exact=True).count() == 2
    settled(site)
    save(page)
    assert site.kept["devices"] == [
        {"role": "grid", "profile": "eastron_sdm630", "bus": "rs485", "unit": 1},
        {"role": "pv", "profile": "eastron_sdm120", "bus": "rs485", "unit": 2},
    ]
    assert site.kept["home"]["pv"] == {"peak_w": 4200}

    settled(site)
    page.get_by_role("button", name="Test everything").click()
    page.get_by_text("rs485: 2 of 2 devices answer").wait_for()
    assert page.get_by_text("✗").count() == 0
    assert faults(page) == []


def test_every_part_at_the_boxs_own_pins(installation, site):
    page = installation()
    by_hand(page, "board", "Grid meter", "s0_pulse", **{"Pulses per kWh, as printed on the meter": "800"})
    by_hand(page, "board", "Grid meter", "dim_contact")
    by_hand(page, "board", "Room", "pir")
    by_hand(page, "board", "Room", "sht3x")
    by_hand(
        page, "board", "Outdoors", "analogue", **{"High voltage at the pin (mV)": "3000", "this means (°C)": "70.5"}
    )
    by_hand(page, "board", "Outdoors", "ntc")
    by_hand(page, "board", "Heat pump", "board_sg_ready")
    page.get_by_label("Most power (W)").fill("1800")
    assert page.get_by_label("Least power (W)").count() == 0  # a contact knows no half power
    page.locator(".devices form").first.get_by_role("button", name="Add").click()
    by_hand(page, "board", "Hot water", "board_relay")
    page.locator(".devices form").first.get_by_role("button", name="Add").click()
    label = "Code of the sensor, 16 characters (nothing if it is the only one)"
    by_hand(page, "board", "Hot water", "ds18b20", **{label: PROBE})
    page.locator(".draft").get_by_text("10 changes are not saved yet.").wait_for()
    assert faults(page) == []
    save(page)
    assert site.kept["buses"] == [{"name": "board", "type": "board"}]
    assert site.kept["devices"] == [
        {"role": "grid", "profile": "s0_pulse", "bus": "board", "per_kwh": 800, "at": "s0"},
        {"role": "grid", "profile": "dim_contact", "bus": "board", "at": "in1"},
        {"role": "room", "profile": "pir", "bus": "board", "hold_s": 300, "at": "in2"},
        {"role": "room", "profile": "sht3x", "bus": "board", "at": "0x44"},
        {"role": "outdoor", "profile": "analogue", "bus": "board", "at": "a0", "mv": [0, 0, 3000, 70500]},
        {"role": "outdoor", "profile": "ntc", "bus": "board", "at": "a1", "ntc": [10000, 3950, 10000]},
        {"role": "heat_pump", "profile": "board_sg_ready", "bus": "board", "at": "relay1,relay2"},
        {"role": "tank", "profile": "board_relay", "bus": "board", "at": "relay3"},
        {"role": "tank", "profile": "ds18b20", "bus": "board", "at": PROBE},
    ]
    pump = site.kept["home"]["heat_pump"]
    assert (pump["power_max_w"], pump["power_min_w"]) == (1800, 1800)
    settled(site)
    assert "Traceback" not in site.log


def test_settings_that_do_not_work_come_back_with_the_reason(installation, site):
    page = installation()
    before = site.kept
    form = page.locator(".devices form").last
    page.get_by_text("Add one by hand").click()
    form.get_by_label("What it is for").select_option(label="Room")
    form.get_by_label("Model").select_option("pir")
    form.get_by_role("combobox", name="Pin", exact=True).select_option(label="Another …")
    form.get_by_role("textbox", name="Pin", exact=True).fill("in9")
    form.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Save and restart").click()
    page.get_by_text("The last settings did not work and were taken back").first.wait_for(timeout=20000)
    page.get_by_text("in9 is not wired to this board").wait_for()
    assert site.kept == before


def test_what_the_box_refuses_is_said_and_nothing_typed_is_lost(installation, site):
    page = installation()
    by_hand(page, "board", "Hot water", "ds18b20")
    page.get_by_label("Litres").fill("1")
    page.locator(".devices form").first.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Save and restart").click()
    page.locator("#notice").get_by_text("home.tank.litres 1 is outside 10..5000").wait_for()
    page.locator(".draft").get_by_text("2 changes are not saved yet.").wait_for()
    page.get_by_role("button", name="Discard").click()
    assert page.locator("main").get_by_text("not saved yet").count() == 0


def test_a_line_with_the_keyboard_alone(installation, site):
    page = installation(width=320, height=640)
    page.wait_for_function("() => document.activeElement.tagName == 'H1'")
    tab_to(page, "Add a line")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "type"
    page.keyboard.type("Modbus TCP")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("roof")
    page.keyboard.press("Tab")
    page.keyboard.type("127.0.0.1")
    assert sideways(page) <= 0
    assert faults(page) == []
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('say').textContent.startsWith('One change')")
    assert "Add a line" in focused(page)
    page.keyboard.press("Shift+Tab")  # the line's own button
    for _ in range(4):
        if "Save and restart" in focused(page):
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    back(page)
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert site.kept["buses"] == [{"name": "roof", "type": "tcp", "host": "127.0.0.1", "port": 502}]


def test_a_box_short_of_memory_is_asked_again(look, site):
    asked = []

    def short(route):
        asked.append(route.request.url)
        if len(asked) < 3:
            route.fulfill(status=503, body='{"error": "The box has no memory for this now: ask again."}')
        elif len(asked) < 5:
            route.fulfill(status=200, body='{"buses": [{"name"')  # it ceased in the middle
        else:
            route.continue_()

    page = look(site.url + "/")
    page.fill("#code", site.code)
    page.press("#code", "Enter")
    page.wait_for_selector("nav a")
    page.route("**/api/setup", short)
    show(page, "installer")
    page.get_by_text("Add a line").wait_for()
    assert len(asked) == 5


def test_a_box_that_has_just_started_is_waited_for(installation, site):
    page, short = installation(), [503] * 6 + [0]  # without memory as often as one question is repeated, then away

    def starting(route):
        if route.request.method == "POST" or not short:
            return route.continue_()
        status = short.pop(0)
        return route.fulfill(status=status, body='{"error": "ask again"}') if status else route.abort()

    by_hand(page, "board", "Room", "pir")
    page.route("**/api/setup", starting)
    save(page)
    assert short == []
    page.get_by_text("Add a line").wait_for()


def test_a_hidden_network_is_typed_and_the_hubs_password_is_not_lost(installation, site):
    """A process has no radio: what a board would tell is put into the real answer, and wishes are kept here."""
    page, wished = installation(), []

    def with_radio(route):
        if route.request.method == "POST":
            wished.append(route.request.post_data_json)
            return route.fulfill(status=200, body='{"ok": true}')
        state = route.fetch().json()
        state["wifi"] = {"ssid": "attic", "networks": [{"ssid": "attic", "rssi": -60}, {"ssid": "cellar", "rssi": -70}]}
        state["hub"] = {"host": "hub.example", "port": 1883, "connected": True}
        return route.fulfill(status=200, body=json.dumps(state))

    page.route("**/api/setup", with_radio)
    show(page, "now")
    show(page, "installer")
    network = page.get_by_role("combobox", name="Network", exact=True)
    assert network.input_value() == "attic"
    network.select_option(label="Another …")
    page.get_by_role("textbox", name="Network", exact=True).fill("hidden")
    page.locator(".setup form").first.get_by_label("Password").fill("pass-word")
    assert faults(page) == []
    page.get_by_role("button", name="Connect").click()
    back(page)
    page.get_by_text("Change", exact=True).click()
    form = page.locator(".setup form").last
    form.get_by_label("Address").fill("other.example")
    form.get_by_role("button", name="Save").click()
    page.wait_for_function("() => document.querySelector('progress')")
    hub = {"keepalive_s": 60, "retry_s": 60, "host": "other.example", "port": 1883}
    assert wished == [{"wifi": {"ssid": "hidden", "password": "pass-word"}}, {"settings": {"hub": hub}}]
