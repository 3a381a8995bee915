"""A DSMR 5 meter on a pseudo-terminal as the grid meter."""

import contextlib
import runpy

import field
import pytest

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
