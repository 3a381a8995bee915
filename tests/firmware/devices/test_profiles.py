"""Every shipped Modbus profile against a real slave whose registers are typed here from the documents, to the digit."""

import json
import struct

import field
import pytest

FOLDER = field.ROOT / "firmware" / "osb_box" / "devices" / "profiles"
# telegrams in test_p1.py; what is wired to the board in tests/firmware/sense
ELSEWHERE = {"dsmr5", "p1_one_tariff", "sml"} | {
    path.stem for path in FOLDER.glob("*.json") if json.loads(path.read_text())["line"] == "board"
}


def f32(*values):
    return [word for value in values for word in struct.unpack(">2H", struct.pack(">f", value))]


def u32(*values):
    return [word for value in values for word in (value >> 16, value & 0xFFFF)]


def low_first(*values):
    """INT32 of Carlo Gavazzi: the low word first."""
    return [word for value in values for word in (value & 0xFFFF, value >> 16 & 0xFFFF)]


def s16(*values):
    return [value & 0xFFFF for value in values]


def image(count, **points):
    """A SunSpec model's registers behind id and length: `count` words, "not implemented" but for _offset=words."""
    words = [0x8000] * count
    for name, values in points.items():
        words[int(name[1:]) - 2 : int(name[1:]) - 2 + len(values)] = values
    return words


def sunspec(**models):
    """Registers from 40000: the mark, model 1 and `models` (_number=words)."""
    chain = [0x5375, 0x6E53, 1, 66, *[0] * 66]
    for name, words in models.items():
        chain += [int(name[1:]), len(words), *words]
    return {40000: [*chain, 0xFFFF, 0]}


METER_3 = {
    "grid.voltage_l1": (230200, "mV"),
    "grid.voltage_l2": (229500, "mV"),
    "grid.voltage_l3": (231250, "mV"),
    "grid.current_l1": (1500, "mA"),
    "grid.current_l2": (16250, "mA"),
    "grid.current_l3": (125, "mA"),
    "grid.power_l1": (345, "W"),
    "grid.power_l2": (-3700, "W"),
    "grid.power_l3": (12, "W"),
    "grid.power": (-3343, "W"),
    "grid.import": (12345600, "Wh"),
    "grid.export": (678900, "Wh"),
}
METER_1 = {
    "heat_pump.voltage_l1": (230200, "mV"),
    "heat_pump.current_l1": (6543, "mA"),
    "heat_pump.power_l1": (1506, "W"),
    "heat_pump.power": (1506, "W"),
    "heat_pump.energy": (77250, "Wh"),
}

# Eastron SDM630 protocol: 30001.. L-N volts, 30007.. amps, 30013.. watts, 30053 total watts, 30073 and 30075 kWh
SDM630 = {
    0: f32(230.2, 229.5, 231.25),
    6: f32(1.5, 16.25, 0.125),
    12: f32(345.25, -3699.75, 11.75),
    52: f32(-3342.75),
    72: f32(12345.6, 678.9),
}
# SDM120 and SDM230: 30001 volts, 30007 amps, 30013 watts, 30073 and 30075 kWh
SDM120 = {0: f32(230.2), 6: f32(6.543), 12: f32(1506.2), 72: f32(77.25, 0.0)}
# EM24-DIN: 0000h V*10, 000Ch A*1000, 0012h W*10, 0028h W*10, 003Eh kWh*10, 005Ch kWh*10
EM24 = {
    0x00: low_first(2302, 2295, 2313),
    0x0C: low_first(1500, 16250, 125),
    0x12: low_first(3452, -36998, 118),
    0x28: low_first(-33428),
    0x3E: low_first(123456),
    0x5C: low_first(6789),
}
# EM24 E1: the energies at 0034h and 004Eh
EM24_E1 = {**{at: EM24[at] for at in (0x00, 0x0C, 0x12, 0x28)}, 0x34: low_first(123456), 0x4E: low_first(6789)}
# iEM3155, DOCA0005EN-04: 3000.. A, 3028.. V, 3054.. kW, 3060 kW, 3204 and 3208 Wh (Int64); one less on the wire
IEM3155 = {
    2999: f32(1.5, 16.25, 0.125),
    3027: f32(230.2, 229.5, 231.25),
    3053: f32(0.34525, -3.69975, 0.01175, -3.34275),
    3203: [0, 0, *u32(12345600), 0, 0, *u32(678900)],
}
# 203: AphA.. 3, A_SF 6, PhVphA.. 8, V_SF 15, W 18, WphA.. 19, W_SF 22, TotWhExp 38, TotWhImp 46, TotWh_SF 54
METER_203 = image(
    105,
    _3=[150, 1625, 12],
    _6=s16(-2),
    _8=[23020, 22950, 23125],
    _15=s16(-2),
    _18=s16(-3343, 345, -3700, 12, 0),
    _38=u32(6789),
    _46=u32(123456),
    _54=[2],
)
SUNSPEC_METER = {**METER_3, "grid.current_l3": (120, "mA")}
# 103: W 14, W_SF 15, WH 24, WH_SF 26
INVERTER_103 = image(50, _14=s16(4321, -1), _24=u32(70000), _26=[1])
# 103: 1500 W out of the grid; 124: ChaState 8, its scale 22; 802: SoC 11, its scale 56
BATTERY_103 = image(50, _14=s16(-1500, 0))
# P30: 1000 state, 1004 cable, 1008.. mA, 1020 mW, 1036 0.1 Wh, 1040.. V, 1100 mA
KEBA = {
    1000: u32(3),
    1004: u32(7),
    1008: u32(15999, 15987, 16010),
    1016: u32(304111),
    1020: u32(11034501),
    1036: u32(45678905),
    1040: u32(231, 229, 230),
    1100: u32(16000),
    1602: u32(240),
}
KEBA_POINTS = {
    "ev.state": (2, "1"),
    "ev.power": (11035, "W"),
    "ev.energy": (4567891, "Wh"),
    "ev.current": (16000, "mA"),
    "ev.current_l1": (15999, "mA"),
    "ev.current_l2": (15987, "mA"),
    "ev.current_l3": (16010, "mA"),
    "ev.voltage_l1": (231000, "mV"),
    "ev.voltage_l2": (229000, "mV"),
    "ev.voltage_l3": (230000, "mV"),
}
ALFEN = {
    344: f32(3680.4),
    374: list(struct.unpack(">4H", struct.pack(">d", 12345678.9))),
    1201: list(struct.unpack(">5H", b"C2".ljust(10, b"\0"))),
    1206: f32(16.0),
}
# profile: role, input registers, holding registers, coils, {point: (value, unit)}
KNOWN = {
    "eastron_sdm630": ("grid", SDM630, None, None, METER_3),
    "eastron_sdm120": ("heat_pump", SDM120, None, None, METER_1),
    "eastron_sdm230": ("heat_pump", SDM120, None, None, METER_1),
    "carlo_gavazzi_em24": (
        "grid",
        EM24,
        None,
        None,
        {**METER_3, "grid.voltage_l2": (229500, "mV"), "grid.voltage_l3": (231300, "mV")},
    ),
    "carlo_gavazzi_em24_e1": ("grid", EM24_E1, None, None, {**METER_3, "grid.voltage_l3": (231300, "mV")}),
    "schneider_iem3155": ("grid", None, IEM3155, None, METER_3),
    "sunspec_meter": ("grid", None, sunspec(_203=METER_203), None, SUNSPEC_METER),
    "sunspec_inverter": (
        "pv",
        None,
        sunspec(_103=INVERTER_103, _123=image(24)),
        None,
        {"pv.power": (-432, "W"), "pv.export": (700000, "Wh")},
    ),
    "sunspec_battery": (
        "battery",
        None,
        sunspec(_103=BATTERY_103, _124=image(24, _8=[6512], _22=s16(-2)), _203=METER_203),
        None,
        {
            "battery.power": (1500, "W"),
            "battery.soc": (651, "pm"),
            "battery.import": (12345600, "Wh"),
            "battery.export": (678900, "Wh"),
        },
    ),
    "sunspec_battery_802": (
        "battery",
        None,
        sunspec(_103=BATTERY_103, _802=image(62, _11=[873], _56=s16(-1))),
        None,
        {"battery.power": (1500, "W"), "battery.soc": (873, "pm")},
    ),
    # vebus: 12 AC input L1 [10 W], 30 SoC [0.1 %], 76 AcIn1ToInverter, 86 InverterToAcIn1 [0.01 kWh]
    "victron_multi": (
        "battery",
        None,
        {12: s16(-123), 30: [655], 37: [0], 76: u32(123456), 86: u32(99887)},
        None,
        {
            "battery.power": (-1230, "W"),
            "battery.soc": (655, "pm"),
            "battery.import": (1234560, "Wh"),
            "battery.export": (998870, "Wh"),
        },
    ),
    "alfen_ng9xx": (
        "ev",
        None,
        ALFEN,
        None,
        {
            "ev.power": (3680, "W"),
            "ev.energy": (12345679, "Wh"),
            "ev.state": (2, "1"),
            "ev.current": (16000, "mA"),
        },
    ),
    "keba_p30": ("ev", None, KEBA, None, KEBA_POINTS),
    # HomeHub: input 44 outdoor, 50 room [0.01 K], 51 power [10 W]; holding 56 smart grid
    "daikin_homehub": (
        "heat_pump",
        {43: s16(-350), 49: [2012], 50: [142]},
        {55: [2]},
        None,
        {
            "outdoor.temp": (-3500, "mC"),
            "room.temp": (20120, "mC"),
            "heat_pump.power": (1420, "W"),
            "heat_pump.mode": (2, "1"),
        },
    ),
    # ISG: 503 room FEK, 507 outside [0.1 K], 5001 SG Ready state 1..4
    "stiebel_isg": (
        "heat_pump",
        {502: [213], 506: s16(-47), 5000: [3]},
        None,
        None,
        {"room.temp": (21300, "mC"), "outdoor.temp": (-4700, "mC"), "heat_pump.mode": (2, "1")},
    ),
    # S-series: input 1 BT1, 116 BT50 [0.1 K], 1048 W; holding 30 offset
    "nibe_s": (
        "heat_pump",
        {1: s16(-83), 116: [206], 1048: [1874]},
        {30: s16(-10), 206: [205]},
        None,
        {
            "outdoor.temp": (-8300, "mC"),
            "room.temp": (20600, "mC"),
            "heat_pump.power": (1874, "W"),
            "heat_pump.mode": (-10, "1"),
        },
    ),
    "r4dcb08": ("tank", None, {0: [513]}, None, {"tank.temp": (51300, "mC")}),
    "waveshare_relay": ("tank", None, None, {0: [1] + [0] * 7}, {"tank.on": (1, "1")}),
    "waveshare_sg_ready": ("heat_pump", None, None, {0: [0, 1] + [0] * 6}, {"heat_pump.mode": (1, "1")}),
}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json") if path.stem not in ELSEWHERE))
def test_every_point_is_read_to_the_digit(name):
    role, inputs, holding, coils, expected = KNOWN[name]
    slave = field.Slave(7, inputs=inputs, holding=holding, coils=coils)
    device = {"role": role, "profile": name, "bus": "a", "unit": 7, "phases": 1}
    with field.tcp_slaves(slave) as bus, field.Field({"a": bus}, [device]) as box:
        rows = box.sweep(1000)
        assert rows == {point: [value, unit, "good", 0] for point, (value, unit) in expected.items()}
        assert [error["error"] for error in box.errors().values()] == [None]
    profile = json.loads((FOLDER / f"{name}.json").read_text())
    names = profile["roles"][role]
    told = {names.get(row["point"], row["point"]) for row in profile["read"]} - {None}
    assert {point if "." in point else f"{role}.{point}" for point in told} == set(expected)  # nothing is left untested
    assert all(request[0] in (1, 3, 4) for request in slave.requests)


def test_single_phases_are_read_only_where_they_are_asked_for():
    slave = field.Slave(1, inputs=SDM630)
    device = {"role": "grid", "profile": "eastron_sdm630", "bus": "a", "unit": 1}
    with field.tcp_slaves(slave) as bus, field.Field({"a": bus}, [device]) as box:
        assert sorted(box.sweep(1000)) == ["grid.export", "grid.import", "grid.power"]
    assert slave.requests == [(4, 52, 2), (4, 72, 4)]


def test_an_em24_is_asked_for_ten_words_at_most():
    slave = field.Slave(1, inputs=EM24)
    device = {"role": "grid", "profile": "carlo_gavazzi_em24", "bus": "a", "unit": 1, "phases": 1}
    with field.tcp_slaves(slave) as bus, field.Field({"a": bus}, [device]) as box:
        box.sweep(1000)
    assert max(count for _, _, count in slave.requests) <= 10
