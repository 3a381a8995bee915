"""Every shipped profile loads; a wrong one is refused in one sentence that names file and key."""

import json
import os

from osb_box.devices import profile
from osb_box.devices.profile import ProfileError, check, load

KEYS = {name for name, _ in profile._READ} | {"map"}
WRITE_KEYS = {name for name, _ in profile._WRITE} | {"map"}
NAMES = sorted(name[:-5] for name in os.listdir(profile._FOLDER))


def fault(data):
    try:
        check("x", "grid", data)
    except ProfileError as e:
        return str(e)
    raise AssertionError("accepted")


def points(name, role, taken=None):
    _, plan, _ = load(name, role, taken)
    return [item[0] for request in plan for item in request[5:]]


def meter(**changes):
    row = {"point": "power", "unit": "W", "fc": 4, "addr": 52, "type": "f32"}
    row.update(changes)
    return {"bus": "modbus", "roles": {"grid": {}}, "read": [row]}


def test_what_rows_share_may_be_said_once():
    rows = [{"point": "power", "addr": 52}, {"point": "import", "addr": 72, "type": "u32"}]
    rows = [dict(row, unit="W") for row in rows]
    short = {"bus": "modbus", "roles": {"grid": {}}, "each": {"fc": 4, "type": "f32"}, "read": rows}
    long = dict(short, read=[dict(rows[0], fc=4, type="f32"), dict(rows[1], fc=4)])
    long.pop("each")
    assert check("x", "grid", short) == check("x", "grid", long)


def test_shipped_profiles():
    assert NAMES == [
        "alfen_ng9xx",
        "analogue",
        "board_relay",
        "board_sg_ready",
        "carlo_gavazzi_em24",
        "carlo_gavazzi_em24_e1",
        "daikin_homehub",
        "dim_contact",
        "ds18b20",
        "dsmr5",
        "eastron_sdm120",
        "eastron_sdm230",
        "eastron_sdm630",
        "keba_p30",
        "nibe_s",
        "ntc",
        "p1_one_tariff",
        "pir",
        "r4dcb08",
        "s0_pulse",
        "s0_pulse_pv",
        "schneider_iem3155",
        "sht3x",
        "sml",
        "stiebel_isg",
        "sunspec_battery",
        "sunspec_battery_802",
        "sunspec_inverter",
        "sunspec_meter",
        "victron_multi",
        "waveshare_relay",
        "waveshare_sg_ready",
    ]
    for name in NAMES:
        with open(profile._FOLDER + name + ".json") as f:
            data = json.load(f)
        for role in data["roles"]:
            assert points(name, role), name
        for row in data["read"]:
            assert set(row) <= KEYS, (name, row)
        for row in data.get("write", {}).values():
            assert set(row) <= WRITE_KEYS, (name, row)


def test_a_meter_is_named_after_its_role():
    assert points("eastron_sdm630", "grid") == ["grid.power", "grid.import", "grid.export"]
    assert points("eastron_sdm630", "heat_pump") == ["heat_pump.power", "heat_pump.energy"]
    assert points("eastron_sdm120", "ev") == ["ev.power", "ev.energy"]
    assert points("daikin_homehub", "heat_pump") == ["heat_pump.mode", "outdoor.temp", "room.temp", "heat_pump.power"]


def test_faults_name_file_and_key():
    assert fault(meter(scale=5)) == "x.json: read[0].scale: must be a list of 2"
    assert fault(meter(scale=[1, 0])) == "x.json: read[0].scale.den: 0 is outside 1..1000000"
    assert fault(meter(addr=70000)) == "x.json: read[0].addr: 70000 is outside 0..65535"
    assert fault(meter(addr=None)) == "x.json: read[0].addr: is missing"
    assert fault(meter(fc=6)) == "x.json: read[0].fc: must be one of 3, 4, 1, 2, not 6"
    assert fault(meter(unit="kW")) == "x.json: read[0].unit: must be one of W, Wh, mV, mA, mC, pm, 1"
    assert fault(meter(type="f16")).startswith("x.json: read[0].type: must be one of acc32, bit,")
    assert fault(meter(type="text", size=5)) == "x.json: read[0].map: and size are needed to read a text"


def test_faults_at_the_top():
    assert fault(dict(meter(), bus="canbus")) == "x.json: bus: must be one of modbus, sunspec, p1, board"
    assert fault(dict(meter(), roles={"pv": {}})) == "x.json: roles: there is no grid"
    assert fault(dict(meter(), bus="sunspec")) == "x.json: read[0].model: is missing"
    assert fault(dict(meter(), write={"on": {"fc": 4, "addr": 0}})) == (
        "x.json: write.on.fc: must be one of 16, 6, 5, 15, 3, not 4"
    )


def test_adjacent_registers_are_one_request():
    _, plan, _ = load("eastron_sdm630", "grid")
    assert [request[:3] for request in plan] == [(4, 52, 2), (4, 72, 4)]


def test_what_another_device_measures_is_left_out():
    assert points("daikin_homehub", "heat_pump", {"heat_pump.power"}) == ["heat_pump.mode", "outdoor.temp", "room.temp"]


def test_what_no_device_could_answer_is_refused():
    assert fault(dict(meter(), most=126)) == "x.json: most: 126 is outside 1..125"
    assert fault(meter(type="bit")).startswith("x.json: read[0].type: must be bit with the functions 1, 2, 5 and 15")
    wide = {"limit": {"fc": 6, "addr": 0, "type": "u32"}}
    assert fault(dict(meter(), write=wide)) == "x.json: write.limit.type: must be u16 or s16 with function 6, not u32"
    long = {"limit": {"fc": 16, "addr": 0, "type": "f64"}}
    assert fault(dict(meter(), write=long)).startswith("x.json: write.limit.type: must be one of bit, f32, s16,")


def test_p1_codes_that_nobody_reads_are_named():
    data = dict(meter(), bus="p1", read=[{"point": "power", "unit": "W"}])
    data["read"][0]["plus"] = ["1-0:9.9.9"]
    assert fault(data).startswith("x.json: read[0].plus[0]: must be one of 1-0:1.8.0, 1-0:1.8.1,")


def test_a_profile_that_is_not_there():
    try:
        load("nosuch", "grid")
        raise AssertionError("loaded")
    except ProfileError as e:
        assert str(e) == "there is no device profile nosuch.json"


def test_word_order_belongs_to_numbers_of_several_registers():
    data = meter(type="s32", words="low")
    assert check("x", "grid", data)[1][0][5][5] == "s32<"
    assert fault(meter(type="u16", words="low")).startswith("x.json: read[0].words: has a meaning for numbers")
    assert fault(meter(words="middle")) == "x.json: read[0].words: must be one of high, low"


def test_maps_turn_numbers_into_numbers():
    assert fault(meter(type="u16", map={"A": 1})) == "x.json: read[0].map: must turn raw numbers into numbers"


def test_the_profile_of_a_heat_pump_tells_what_its_memory_stands():
    write = {"limit": {"fc": 6, "addr": 0}}
    data = dict(meter(), roles={"heat_pump": {}}, write=write)
    try:
        check("x", "heat_pump", data)
        raise AssertionError("accepted")
    except ProfileError as e:
        assert str(e).startswith("x.json: write.limit.per_day: is missing: how often a day")
    write["limit"]["per_day"] = 24
    assert check("x", "heat_pump", data)[2]["limit"][8] == 24


def test_points_that_nobody_needs_are_not_read():
    from osb_box.setup.settings import _Paper

    entry = {"role": "grid", "profile": "dsmr5", "bus": "p1", "unit": None}
    for spare, more in ((("grid.peak",), []), ((), ["grid.peak"])):
        bus = _Paper("p1")
        (device,) = profile.devices([entry], {"p1": bus}, 60, spare)
        assert {item[0] for item in device.plan[0][5:]} == {"grid.power", "grid.import", "grid.export"} | set(more)
        assert ("1-0:1.6.0" in bus.codes) == bool(more)


def test_single_phases_are_asked_of_meters_that_tell_them():
    from osb_box.setup.settings import _Paper

    def asked(*entries):
        buses = {"p1": _Paper("p1"), "sml": _Paper("sml"), "board": _Paper("board")}
        config = []
        for name, bus, phases in entries:
            config.append({"role": "grid", "profile": name, "bus": bus, "unit": None, "phases": phases})
            config[-1].update(at="in1", per_kwh=1000 if name == "s0_pulse" else None)
        try:
            return sorted([item[0] for device in profile.devices(config, buses, 60) for item in device.plan[0][5:]])
        except ProfileError as e:
            return str(e)

    for name, bus in (("dsmr5", "p1"), ("p1_one_tariff", "p1"), ("sml", "sml")):
        assert not [point for point in asked((name, bus, 0)) if point[-3:-1] == "_l"]
        assert {"grid.power_l1", "grid.power_l2", "grid.power_l3"} < set(asked((name, bus, 1)))
    no = ".json: phases: it does not tell them, and fuse_a and imbalance_max_w need a grid meter that does"
    assert asked(("s0_pulse", "board", 1)) == "s0_pulse" + no
    assert asked(("dsmr5", "p1", 0), ("dim_contact", "board", 1)) == "dim_contact" + no
    assert "grid.power_l1" in asked(("dim_contact", "board", 1), ("dsmr5", "p1", 1))
