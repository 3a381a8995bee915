"""Settings taken along, moving house, a new owner, all phones logged out: by the page's own buttons."""

import json

import pytest
from entering import log_in
from kept_box import KeptBox
from test_keyboard import tab_to
from test_screens import complete, faults, show
from whole_box import TOKEN

SAID = """() => {
  const place = document.getElementById("say");
  window.said = [];
  new MutationObserver(() => {
    const row = [place.textContent, place.getBoundingClientRect().height, document.querySelectorAll("#notice").length];
    if (row[0]) said.push(row);
  }).observe(place, {childList: true, characterData: true, subtree: true, attributes: true});
}"""


@pytest.fixture
def box(tmp_path, firmware):
    box = KeptBox(tmp_path)
    box.switch_on()
    try:
        yield box
    finally:
        box.stop()


@pytest.fixture
def at(look, box):
    """`at("settings", "de")`: that screen of the box, logged in."""

    def open_page(screen, lang="en"):
        page = look(box.url + "/", lang)
        log_in(page, TOKEN)
        show(page, screen)
        return page

    look.errors.restarts = True
    return open_page


def back(page, box, starts):
    """The box has started again and answers."""
    for _ in range(100):
        if box.starts == starts:
            break
        page.wait_for_timeout(100)
    assert box.starts == starts, box.log
    box.wait_for_web()


def setpoint(page, to=None):
    """What the comfort screen shows as usual temperature; set to `to` before, if given."""
    show(page, "comfort")
    field = page.get_by_label("Usual (°C)")
    if to:
        field.fill(to)
        with page.expect_response(lambda r: r.url.endswith("/api/comfort") and r.request.method == "GET"):
            page.get_by_role("button", name="Save", exact=True).click()
    return page.get_by_label("Usual (°C)").input_value()


def test_a_backup_is_saved_and_brings_back_what_was(at, box):
    page = at("comfort")
    assert setpoint(page, "21.5") == "21.5"
    show(page, "settings")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save a backup").click()
    assert saved.value.suggested_filename.startswith("open-smart-box-20")
    text = saved.value.path().read_text()
    assert json.loads(text)["backup"] == 1
    assert not [secret for secret in (TOKEN, "hub-secret", "geheim") if secret in text]
    assert setpoint(page, "19.5") == "19.5"

    show(page, "settings")
    page.get_by_text("Bring a backup back").click()
    bring = page.get_by_role("button", name="Bring it back")
    page.get_by_label("File").set_input_files({"name": "x.json", "mimeType": "application/json", "buffer": b"{}"})
    bring.click()
    page.locator("#notice").get_by_text("This is not a backup of a box").wait_for()
    assert box.starts == 1
    page.get_by_label("File").set_input_files(saved.value.path())
    page.evaluate(SAID)  # half a second later the box is away, and the page says that instead
    bring.click()
    page.wait_for_function("() => said.some(row => row[0].includes('Done. The box restarts'))")
    height, notices = page.evaluate("said.find(row => row[0].includes('Done. The box restarts')).slice(1)")
    assert height > 20  # also for those who see
    assert notices == 0  # what was wrong with the first file
    back(page, box, 2)
    page.wait_for_function("() => look()")
    assert setpoint(page) == "21.5"
    assert faults(page) == []


def test_moving_house_in_german_by_keyboard(at, box):
    page = at("settings", "de")
    tab_to(page, "Wir ziehen um")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("geraten")
    page.keyboard.press("Enter")
    page.locator("#notice").get_by_text("Das ist nicht der Code auf dem Etikett der Box.").wait_for()
    assert box.starts == 1
    complete(page)
    page.get_by_role("textbox").first.fill(TOKEN)
    page.keyboard.press("Enter")
    page.wait_for_selector("#code")
    back(page, box, 2)
    assert (box.kept["devices"], box.kept["home"].get("heat_pump")) == ([], None)
    assert box.kept["wifi"]["ssid"] == "at-home"
    log_in(page, TOKEN)
    show(page, "comfort")
    page.get_by_text("Hier gibt es keine Heizung").first.wait_for()


def test_a_new_owner_gets_an_empty_box_and_every_phone_is_logged_out(at, box):
    other, page = at("privacy"), at("settings")
    other.get_by_text("127.0.0.1, the hub of your neighbourhood").wait_for()
    page.get_by_text("Somebody else gets the box").click()
    form = page.locator("details[open] form")
    form.get_by_label("Code on the label").fill(TOKEN)
    form.get_by_role("button", name="Forget everything of ours").click()
    page.wait_for_selector("#code")
    back(page, box, 2)
    other.wait_for_selector("#code", timeout=20000)
    assert other.evaluate("localStorage.getItem('session')") is None
    assert not {"wifi", "hub"} & set(box.kept)
    log_in(page, TOKEN)
    show(page, "privacy")
    page.get_by_text("Nothing. Your box belongs to no neighbourhood.").wait_for()


def test_all_phones_are_logged_out_in_dutch(at, box):
    other, page = at("now", "nl"), at("settings", "nl")
    tab_to(page, "Overal afmelden")
    page.keyboard.press("Enter")
    page.wait_for_selector("#code")
    other.wait_for_selector("#code", timeout=20000)
    log_in(other, TOKEN)
