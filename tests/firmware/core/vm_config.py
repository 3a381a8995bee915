"""A configuration with a fault gets one sentence that names the key and what would be right."""

import json

from osb_box.config import ConfigError, check

GOOD = """
{"box_id": "box-01", "board": "linux", "zone": {"utc_offset_s": 3600, "dst": "eu"},
 "poll_s": 60, "journal_flush_s": 0, "outbox_max_bytes": 262144,
 "hub": {"host": "127.0.0.1", "port": 1883, "user": "box-01", "password": "x", "keepalive_s": 60, "retry_s": 60},
 "web": {"host": "127.0.0.1", "port": 8080, "token": "t"},
 "buses": [{"name": "rs485", "type": "rtu", "port": "/dev/ttyUSB0", "baud": 9600},
           {"name": "car", "type": "tcp", "host": "127.0.0.1", "port": 1502},
           {"name": "p1", "type": "p1", "port": "/dev/ttyUSB1"}],
 "devices": [{"role": "grid", "profile": "eastron_sdm630", "bus": "rs485", "unit": 1},
             {"role": "ev", "profile": "charger", "bus": "car", "unit": 1}],
 "home": {"fuse_w": 9200, "export_max_w": 9200, "annual_kwh": 3500,
   "comfort": {"min_mc": 19500, "max_mc": 22500, "night_min_mc": 17500, "night": ["23:00", "06:00"],
               "setpoint_mc": 20500},
   "building": {"loss_w_k": 180, "capacity_wh_k": 6000, "gain_w": 350},
   "heat_pump": {"power_max_w": 2500, "power_min_w": 500, "cop_pm": [[-7000, 2500], [2000, 3300], [7000, 3900]],
                 "min_run_s": 600, "min_pause_s": 600},
   "ev": {"phases": 1, "max_a": 32, "wh_per_km": 180, "daily_km": 40, "ready_by": "07:30"},
   "pv": {"peak_w": 5000}}}
"""


def refusal(change):
    config = json.loads(GOOD)
    change(config)
    try:
        check(config)
    except ConfigError as e:
        return str(e)
    raise AssertionError("accepted")


def test_a_good_one_reads_as_it_was_written():
    config = check(json.loads(GOOD))
    assert config["home"]["heat_pump"]["cop_pm"][1] == [2000, 3300]
    rs485 = {"name": "rs485", "type": "rtu", "port": "/dev/ttyUSB0", "baud": 9600, "parity": None, "timeout_ms": None}
    assert config["buses"][0] == rs485
    assert "battery" not in config["home"]


def test_a_box_may_be_alone():
    config = json.loads(GOOD)
    config["hub"] = None
    assert check(config)["hub"] is None


def test_comfort_and_hygiene():
    config = json.loads(GOOD)
    tank = {"litres": 200, "power_w": 2000, "min_mc": 45000, "max_mc": 60000, "loss_w_k": 2, "daily_use_wh": 6000}
    config["home"]["tank"] = tank
    config["home"]["comfort"]["category"] = 1
    home = check(config)["home"]
    assert home["comfort"]["category"] == 1
    assert home["tank"]["hygiene_days"] is None
    assert refusal(lambda c: c["home"]["comfort"].update({"category": 4})) == (
        "config.json: home.comfort.category 4 is outside 1..3."
    )
    assert refusal(lambda c: c["home"].update({"tank": dict(tank, hygiene_days=7)})) == (
        "config.json: home.tank.max_mc must be at least 61000 where hygiene_days asks for 60 degrees."
    )


def test_a_slow_bus_may_have_its_own_time_out():
    config = json.loads(GOOD)
    for bus, timeout_ms in zip(config["buses"], (10000, 50, 2500)):
        bus["timeout_ms"] = timeout_ms
    assert [bus["timeout_ms"] for bus in check(config)["buses"]] == [10000, 50, 2500]
    assert refusal(lambda c: c["buses"][2].update({"timeout_ms": 49})) == (
        "config.json: buses[2].timeout_ms 49 is outside 50..10000."
    )


def test_missing_and_mistyped_keys():
    assert refusal(lambda c: c.pop("poll_s")) == "config.json: poll_s is missing."
    assert refusal(lambda c: c["home"].update({"batery": {}})) == (
        "config.json: home.batery is not a known key; known are annual_kwh, battery, building, comfort, ev, "
        "export_max_w, fuse_a, fuse_w, heat_pump, imbalance_max_w, limit, pv, tank, tariff, without_terms."
    )
    assert refusal(lambda c: c["buses"][1].update({"baud": 9600})) == (
        "config.json: buses[1].baud is not a known key; known are host, name, port, timeout_ms, type."
    )


def test_types_and_ranges():
    assert refusal(lambda c: c.update({"poll_s": "60"})) == "config.json: poll_s must be an integer."
    assert refusal(lambda c: c["web"].update({"port": 70000})) == "config.json: web.port 70000 is outside 1..65535."
    assert refusal(lambda c: c["zone"].update({"dst": "us"})) == "config.json: zone.dst must be one of eu, none."
    assert (
        refusal(lambda c: c.update({"box_id": "Box 1"})) == "config.json: box_id must be 1 to 32 of a-z, 0-9 and '-'."
    )
    assert refusal(lambda c: c["home"]["ev"].update({"phases": 2})) == "config.json: home.ev.phases must be 1 or 3."


def test_references():
    assert refusal(lambda c: c["devices"][0].update({"bus": "rs232"})) == (
        "config.json: devices[0].bus rs232 is not a bus: must be one of car, p1, rs485."
    )
    assert refusal(lambda c: c["devices"][0].update({"role": "fridge"})) == (
        "config.json: devices[0].role must be one of grid, pv, battery, ev, heat_pump, tank, room, outdoor."
    )
    assert refusal(lambda c: c["devices"][1].update({"role": "battery"})) == (
        "config.json: home.battery is missing: devices[1] has that role."
    )
    assert refusal(lambda c: c["devices"][0].pop("unit")) == (
        "config.json: devices[0].unit is missing: a device on a Modbus bus needs its address, 0..247."
    )
    assert refusal(lambda c: c["buses"][1].update({"name": "p1"})) == (
        "config.json: buses[2].name is used twice: give each bus its own name."
    )


def test_a_tariff_by_the_hour_with_a_peak():
    config = json.loads(GOOD)
    night = {"from": "22:00", "to": "06:00", "days": "week", "buy_eur_mwh": 180}
    tariff = {"buy_eur_mwh": 330, "sell_eur_mwh": 60, "windows": [night], "peak_eur_kw_year": 48}
    config["home"]["tariff"] = tariff
    assert check(config)["home"]["tariff"] == dict(tariff, peak_floor_w=None)

    def wrong(**change):
        return refusal(lambda c: c["home"].update(tariff=dict(tariff, windows=[dict(night, **change)])))

    assert wrong(to="24:00") == ("config.json: home.tariff.windows[0].to must be a local time HH:MM, 00:00 to 23:59.")
    assert wrong(days="monday") == "config.json: home.tariff.windows[0].days must be one of all, week, weekend."
    assert wrong(price=1).startswith("config.json: home.tariff.windows[0].price is not a known key")


def per_phase(config, **home):
    config["home"].update(fuse_a=25, **home)
    config["home"]["heat_pump"]["phase"] = 0
    config["devices"][0]["phases"] = 1


def test_limits_of_single_phases():
    config = json.loads(GOOD)
    per_phase(config, imbalance_max_w=4600)
    config["home"]["ev"]["phase"] = 2
    home = check(config)["home"]
    assert (home["fuse_a"], home["imbalance_max_w"], home["ev"]["phase"]) == (25, 4600, 2)
    config["home"]["ev"] = {"phases": 3, "max_a": 16, "wh_per_km": 180, "daily_km": 40, "ready_by": "07:30"}
    assert check(config)["home"]["ev"]["phase"] == 0  # what else
    assert "fuse_a" not in check(json.loads(GOOD))["home"]


def test_limits_of_single_phases_need_to_know_who_is_on_which():
    assert refusal(lambda c: c["home"].update(fuse_a=25)) == (
        "config.json: devices[0].phases must be 1: fuse_a and imbalance_max_w need the phases of the grid."
    )
    contact = {"role": "grid", "profile": "dim_contact", "bus": "board", "at": "in1"}

    def with_contact(config, **home):
        config["buses"].append({"name": "board", "type": "board"})
        config["devices"].append(contact)
        config["home"].update(fuse_a=25)

    assert refusal(with_contact).startswith("config.json: devices[0].phases must be 1:")
    config = json.loads(GOOD)
    with_contact(config)
    per_phase(config)
    config["home"]["ev"]["phase"] = 2
    check(config)  # the contact beside a meter has no phases to tell
    assert refusal(per_phase) == (
        "config.json: home.ev.phase is missing: fuse_a and imbalance_max_w need its phase, 1..3, or 0 for evenly on "
        "all three."
    )
    wrong = "config.json: home.ev.phase must be 1, 2 or 3 for a car with one phase, 0 or missing for three."
    assert refusal(lambda c: c["home"]["ev"].update(phase=0)) == wrong
    assert refusal(lambda c: c["home"]["ev"].update(phases=3, phase=1)) == wrong
    assert refusal(lambda c: c["home"].update(fuse_a=5)) == "config.json: home.fuse_a 5 is outside 6..125."


def test_addresses_on_a_serial_line_end_at_247():
    config = json.loads(GOOD)
    config["devices"][1]["unit"] = 255  # a device on TCP that is no gateway
    assert check(config)["devices"][1]["unit"] == 255
    assert refusal(lambda c: c["devices"][0].update(unit=248)) == (
        "config.json: devices[0].unit 248 is outside 0..247, the addresses on a serial line."
    )


def test_what_must_fit_together():
    assert refusal(lambda c: c["home"]["comfort"].update({"night": ["23:00", "6:00"]})) == (
        "config.json: home.comfort.night[1] must be a local time HH:MM, 00:00 to 23:59."
    )
    assert refusal(lambda c: c["home"]["ev"].update({"ready_by": "24:00"})) == (
        "config.json: home.ev.ready_by must be a local time HH:MM, 00:00 to 23:59."
    )
    assert refusal(lambda c: c["home"]["comfort"].update({"setpoint_mc": 23000})) == (
        "config.json: home.comfort.setpoint_mc must lie within min_mc..max_mc."
    )
    assert refusal(lambda c: c["home"]["heat_pump"]["cop_pm"].reverse()) == (
        "config.json: home.heat_pump.cop_pm must be a list of [outdoor m°C, COP ‰] with rising temperatures."
    )


def test_a_password_is_not_sent_in_clear_to_a_port_that_is_for_tls():
    def tls(config, key="hub", **more):
        config[key] = dict(config["hub"], port=8883, **more)

    assert refusal(tls) == (
        "config.json: hub.ca is missing: port 8883 is for TLS, and without it the password would be sent in clear "
        "(flash.sh --hub-ca)."
    )
    assert refusal(lambda c: tls(c, "home_assistant")).startswith(
        "config.json: home_assistant.ca is missing: port 8883"
    )
    for good in ({"ca": "hub.der"}, {"ca": "hub.der", "name": "hub.example"}):
        config = json.loads(GOOD)
        tls(config, **good)
        assert check(config)["hub"]["port"] == 8883


def test_no_refusal_reads_out_a_secret():
    secret = "qmzt-vu7k-h3wp"
    for part, key in (
        ("wifi", "password"),
        ("hub", "password"),
        ("home_assistant", "password"),
        ("web", "token"),
    ):
        for spoiled in (secret * 20, [secret], {secret: 1}):

            def change(config, part=part, key=key, spoiled=spoiled):
                config[part] = dict(config.get(part) or config["hub"])
                if part == "wifi":
                    config[part] = {"ssid": "home"}
                config[part][key] = spoiled

            said = refusal(change)
            assert said.startswith("config.json: %s.%s " % (part, key)), said
            assert secret[:6] not in said
