"""A DSMR 5 meter on a pseudo-terminal as the grid meter."""

import contextlib
import runpy
from zoneinfo import ZoneInfo

import field
import pytest

from osb_hil.devices.branch import Branch
from osb_hil.devices.p1_meter import P1Meter

PUBLISHED = runpy.run_path(str(field.ROOT / "tests" / "firmware" / "bus" / "telegrams.py"))

METER = {"role": "grid", "profile": "dsmr5", "bus": "p1", "unit": None}


def crc16_arc(data):
    """CRC-16/ARC bit by bit, as P1 Companion Standard 5.0.2 section 5.2 describes it."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def telegram(taken, returned, first, second, exported=0):
    lines = (
        "/ISK5\\2M550E-1012",
        "",
        "1-3:0.2.8(50)",
        "0-0:1.0.0(260115170000W)",
        f"1-0:1.8.1({first / 1000:010.3f}*kWh)",
        f"1-0:1.8.2({second / 1000:010.3f}*kWh)",
        f"1-0:2.8.1({exported / 1000:010.3f}*kWh)",
        "1-0:2.8.2(000000.000*kWh)",
        f"1-0:1.7.0({taken / 1000:06.3f}*kW)",
        f"1-0:2.7.0({returned / 1000:06.3f}*kW)",
        "0-0:96.13.0(" + "30" * 500 + ")",
        "!",
    )
    body = "\r\n".join(lines).encode()
    return body + b"%04X\r\n" % crc16_arc(body)


@contextlib.contextmanager
def listening():
    """(line, box): the box has opened its P1 line, which forgets what came before, and heard nothing yet."""
    with field.line() as line:
        with field.Field({"p1": {"type": "p1", "port": line.box, "timeout_ms": 100}}, [METER]) as box:
            assert box.sweep(940) == {}
            yield line, box


def test_grid_meter_is_read():
    with listening() as (line, box):
        line.say(telegram(0, 1250, 1234567, 2345678, 89))
        assert box.sweep(1000) == {
            "grid.power": [-1250, "W", "good", 0],
            "grid.import": [3580245, "Wh", "good", 0],  # both tariffs
            "grid.export": [89, "Wh", "good", 0],
        }


def test_the_newest_of_several_telegrams_is_taken():
    with listening() as (line, box):
        line.say(telegram(100, 0, 1000, 0) + telegram(200, 0, 1003, 0))
        assert box.sweep(1000)["grid.power"][0] == 200


def test_a_silent_meter_is_not_read_twice():
    with listening() as (line, box):
        line.say(telegram(100, 0, 1000, 0))
        box.sweep(1000)
        assert box.sweep(1060)["grid.power"] == [100, "W", "good", 60]
        assert box.errors()["grid dsmr5 1"]["error"] == "no P1 telegram came within 100 ms"
        line.say(telegram(300, 0, 1001, 0))
        assert box.sweep(1120)["grid.power"] == [300, "W", "good", 0]


def test_a_damaged_telegram_is_bad():
    with listening() as (line, box):
        line.say(telegram(100, 0, 1000, 0))
        box.sweep(1000)
        line.say(telegram(100, 0, 1000, 0).replace(b"00.100*kW", b"00.900*kW"))
        assert box.sweep(1060)["grid.power"] == [100, "W", "bad", 60]


@pytest.mark.parametrize(
    ("kind", "profile", "telegram", "power", "imported", "exported"),
    [
        ("p1", "p1_one_tariff", "SWEDISH", 1727, 6678394, 0),
        ("p1", "p1_one_tariff", "LUXEMBOURG", -897, 273764, 112743030),
        ("sml", "sml", "ISKRA", 2144, 79139, 0),
        ("sml", "sml", "EMH", 464, 5551474, 114238),
    ],
)
def test_published_telegrams_of_other_countries(kind, profile, telegram, power, imported, exported):
    meter = {"role": "grid", "profile": profile, "bus": "a", "unit": None}
    with field.line() as line:
        with field.Field({"a": {"type": kind, "port": line.box, "timeout_ms": 100}}, [meter]) as box:
            assert box.sweep(940) == {}
            line.say(PUBLISHED[telegram])
            assert box.sweep(1000) == {
                "grid.power": [power, "W", "good", 0],
                "grid.import": [imported, "Wh", "good", 0],
                "grid.export": [exported, "Wh", "good", 0],
            }


@pytest.mark.parametrize(
    ("kind", "profile", "telegram", "phases"),
    [
        ("p1", "dsmr5", "DUTCH", {"power": (-3333, -3333, -3333), "current": (1000, 2000, 3000)}),
        ("p1", "dsmr5", "BELGIAN", {"power": (0, 0, 0), "current": (0, 0, 0)}),
        ("p1", "p1_one_tariff", "SWEDISH", {"power": (1023, 350, 353), "current": (4200, 1600, 1700)}),
        ("p1", "p1_one_tariff", "LUXEMBOURG", {"power": (-319, -300, -277), "current": (1000, 1000, 1000)}),
        ("sml", "sml", "EMH", {"power": (0, 77, 387)}),  # it tells no currents
    ],
)
def test_single_phases_of_published_telegrams(kind, profile, telegram, phases):
    meter = {"role": "grid", "profile": profile, "bus": "a", "unit": None, "phases": 1}
    units = {"power": "W", "current": "mA"}
    with field.line() as line:
        with field.Field({"a": {"type": kind, "port": line.box, "timeout_ms": 100}}, [meter]) as box:
            assert box.sweep(940) == {}
            line.say(PUBLISHED[telegram])
            rows = box.sweep(1000)
            assert {name: row for name, row in rows.items() if name[-3:-1] == "_l"} == {
                f"grid.{what}_l{i + 1}": [values[i], units[what], "good", 0]
                for what, values in phases.items()
                for i in range(3)
            }
            assert [error["error"] for error in box.errors().values()] == [
                f"no {kind.upper()} telegram came within 100 ms"
            ]


def test_a_meter_on_one_phase_has_no_others_and_one_that_lost_them_tells_nothing_old():
    three = PUBLISHED["SWEDISH"]
    lines = [line for line in three.split(b"\r\n") if line[4:6] not in (b"41", b"61", b"42", b"62", b"51", b"71")]
    body = b"\r\n".join(lines[:-2]) + b"\r\n!"
    one = body + b"%04X\r\n" % crc16_arc(body)
    meter = {"role": "grid", "profile": "p1_one_tariff", "bus": "a", "unit": None, "phases": 1}
    with field.line() as line:
        with field.Field({"a": {"type": "p1", "port": line.box, "timeout_ms": 100}}, [meter]) as box:
            assert box.sweep(940) == {}
            line.say(one.replace(b"240.3*V", b"240.4*V"))  # damaged: nothing is known of what was never told
            assert not [name for name in box.sweep(1000) if name.endswith(("_l2", "_l3"))]
            line.say(one)
            rows = box.sweep(1120)
            assert not [name for name in rows if name.endswith(("_l2", "_l3"))]
            assert rows["grid.power_l1"] == [1023, "W", "good", 0]
            assert [error["error"] for error in box.errors().values()] == ["1 telegrams were damaged, none was right"]
            line.say(three)
            assert box.sweep(1180)["grid.current_l2"] == [1600, "mA", "good", 0]
            line.say(one)
            assert box.sweep(1240)["grid.current_l2"] == [1600, "mA", "bad", 60]


@pytest.mark.parametrize(("belgian", "current_ma"), [(False, 2000), (True, 1790)])
def test_currents_of_the_emulated_meter_are_as_fine_as_its_country_has_them(belgian, current_ma):
    emulated = P1Meter(lambda: Branch(1234.0, 0.0, 0.0), ZoneInfo("Europe/Brussels"), belgian, 7)
    with field.line() as line:
        bus = {"type": "p1", "port": line.box, "timeout_ms": 100}
        with field.Field({"p1": bus}, [{**METER, "phases": 1}]) as box:
            assert box.sweep(940) == {}
            line.say(emulated.telegram(1768464000))
            rows = box.sweep(1000)
            for phase in ("l1", "l2", "l3"):
                assert rows["grid.power_" + phase] == [411, "W", "good", 0]
                assert rows["grid.current_" + phase] == [current_ma, "mA", "good", 0]


def test_the_month_s_peak_of_a_belgian_meter_is_that_of_its_month():
    drawn = [0.0]
    emulated = P1Meter(lambda: Branch(500.0, drawn[0], 0.0), ZoneInfo("Europe/Brussels"), True, 7)
    february = 1769900400  # 2026-02-01 00:00 in Brussels
    peaks = {}
    with field.line() as line:
        bus = {"type": "p1", "port": line.box, "timeout_ms": 100}
        with field.Field({"p1": bus}, [METER]) as box:
            assert box.sweep(february - 1900) == {}
            for minute in range(-30, 31, 5):
                now = february + 60 * minute
                line.say(emulated.telegram(now))
                peaks[minute] = box.sweep(now).get("grid.peak")
                drawn[0] += 1000 / 3 if minute < 0 else 50.0
    assert peaks[-20] == [0, "W", "good", 0]
    assert peaks[-15] == peaks[-5] == [4000, "W", "good", 0]
    assert peaks[0][2] == peaks[10][2] == "bad"  # no quarter of an hour of February has ended
    assert peaks[15] == peaks[25] == [600, "W", "good", 0]
