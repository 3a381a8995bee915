"""Register bytes to integers: IEEE 754 and SunSpec by hand."""

from osb_box.devices.profile import check, load
from osb_box.devices.reader import judge
from osb_box.devices.registers import decode, divide, encode, exponent, number, scale, scale_float, text
from osb_box.points import Points


def test_float32_by_hand():
    assert scale_float(0x43663334, 1000, 1) == 230200  # 230.2000122 V of the Eastron manual, in mV
    assert scale_float(0x3F800000, 1000, 1) == 1000  # 1.0
    assert scale_float(0xC2F6E979, 1, 1) == -123  # -123.456001
    assert (scale_float(0x3F000000, 1, 1), scale_float(0xBF000000, 1, 1)) == (1, -1)  # halves away from zero
    assert (scale_float(0, 1000, 1), scale_float(0x80000000, 1, 1)) == (0, 0)
    assert scale_float(0x00000001, 10**6, 1) == 0  # the smallest denormal


def test_float32_counter_keeps_every_watt_hour():
    # 12345.678 kWh is stored as 0x4640e6b6 = 12641974 / 1024 = 12345.677734375
    assert scale_float(0x4640E6B6, 1000, 1) == 12345678
    # 8388607.5, more than single precision times 1000 could hold
    assert scale_float(0x4AFFFFFF, 1000, 1) == 8388607500


def test_float64_by_hand():
    assert scale_float(0x40C81CD6E631F8A1, 1, 1, True) == 12346  # 12345.679
    assert scale_float(0x3FF0000000000000, 1000, 1, True) == 1000
    assert scale_float(0xC05EDD2F1A9FBE77, 1000, 1, True) == -123456  # -123.456


def test_no_number_is_none():
    for bits in (0x7FC00000, 0xFFC00000, 0x7F800000, 0xFF800000):
        assert scale_float(bits, 1, 1) is None
    assert scale_float(0x7FF8000000000000, 1, 1, True) is None
    assert scale_float(0x7FF0000000000000, 1, 1, True) is None


def test_integers():
    data = b"\xff\x38\x00\x01\x00\x02\x80\x00"
    assert scale("s16", number("s16", data, 0), 100, 1) == -20000  # -20.0 degC in 0.1 degC
    assert number("u32", data, 2) == 0x00010002
    assert scale("s32", 0xFFFFFFFF, 1, 1) == -1
    assert number("u64", data, 0) == 0xFF38000100028000


def test_words_the_other_way_round():
    # Carlo Gavazzi prints INT32 as "LSW first": 0xFFFF2D12 = -53998 travels as 2D12 FFFF
    assert scale("s32<", number("s32<", b"\x2d\x12\xff\xff", 0), 1, 10) == -5400
    assert number("u32<", b"\x00\x02\x00\x01", 0) == 0x00010002
    assert number("u64<", b"\x00\x04\x00\x03\x00\x02\x00\x01", 0) == 0x0001000200030004
    # 1.5 as binary32 is 0x3FC00000, as binary64 0x3FF8000000000000
    assert scale("f32<", number("f32<", b"\x00\x00\x3f\xc0", 0), 1000, 1) == 1500
    assert scale("f64<", number("f64<", b"\x00\x00\x00\x00\x00\x00\x3f\xf8", 0), 1000, 1) == 1500
    assert encode("f32<", 1500, 1, 1000) == b"\x00\x00\x3f\xc0"
    assert encode("u32<", 65538, 1, 1) == b"\x00\x02\x00\x01"


def test_raw_numbers_with_a_meaning_of_their_own():
    row = {"point": "state", "unit": "1", "fc": 4, "addr": 100, "map": {"1": 0, "2": 2}}
    data = {"bus": "modbus", "roles": {"ev": {}}, "read": [row]}
    item = items(check("x", "ev", data))[0]
    assert [decode(item, bytes((0, raw))) for raw in (1, 2, 7)] == [0, 2, None]


def test_scale_factors():
    assert scale("s16", 1234, -1, 1, 1) == -12340
    assert scale("u16", 4567, 10, 1, -2) == 457  # 45.67 % as per mille
    assert scale("u32", 123456, 1, 1, 3) == 123456000
    assert exponent(b"\xff\xfe", 0) == -2
    assert exponent(b"\x80\x00", 0) is None  # not implemented
    assert exponent(b"\x00\x63", 0) is None  # no scale that a device could mean


def sunspec(kind, raw):
    """What a point of SunSpec model 1 reads as, without a scale factor."""
    row = {"point": "power", "unit": "W", "model": [1], "addr": 0, "type": kind}
    profile = {"bus": "sunspec", "roles": {"pv": {}}, "read": [row]}
    return decode(items(check("x", "pv", profile))[0], raw.to_bytes(4 if kind[-2:] == "32" else 2, "big"))


def test_not_implemented_values_of_sunspec():
    for kind, raw in (("s16", 0x8000), ("u16", 0xFFFF), ("s32", 0x80000000), ("u32", 0xFFFFFFFF)):
        assert sunspec(kind, raw) is None
        assert sunspec(kind, raw - 1) is not None
    assert sunspec("acc32", 0) == 0  # a new counter starts there
    assert sunspec("s16", 0xFFFF) == -1


def test_division_rounds_to_nearest():
    assert [divide(a, 10) for a in (14, 15, -14, -15, 0)] == [1, 2, -1, -2, 0]
    assert [divide(a, 3) for a in (4, 5, -4, -5)] == [1, 2, -1, -2]


def test_texts():
    assert text(b"C2\x00\x00\x00\x00\x00\x00\x00\x00") == "C2"
    assert text(b"\xff\xfe\x80\x00") == ""


def test_encoding():
    assert encode("f32", 16000, 1, 1000) == b"\x41\x80\x00\x00"  # 16.0 A
    assert encode("s16", -250, 1, 1) == b"\xff\x06"
    assert encode("s16", 1234, 1, 10) == b"\x00\x7b"
    assert (encode("bit", 1, 1, 1), encode("bit", 0, 1, 1)) == (b"\xff\x00", b"\x00\x00")
    assert encode("u32", 65537, 1, 1) == b"\x00\x01\x00\x01"


def items(profile):
    _, plan, _ = profile
    return [item for request in plan for item in request[5:]]


TEMP = items(load("r4dcb08", "tank"))[0]
COUNTER = items(load("eastron_sdm630", "grid"))[1]


class Meter:
    """One item, whose readings are judged one after the other."""

    def __init__(self, item):
        self.item = item
        self.points = Points(180)
        self.odd = {}

    def reads(self, value, now):
        """What is reported of this value."""
        last, time = self.points.last(self.item[0])
        believed = judge(self.item, value, last, time, self.odd, now)
        if believed is not None:
            self.points.set(self.item[0], believed, self.item[1], now)
        return believed


def test_a_sensor_that_just_woke_is_not_believed():
    sensor = Meter(TEMP)
    assert sensor.reads(85000, 0) is None
    assert sensor.reads(50000, 60) == 50000
    assert sensor.reads(85000, 120) is None
    assert sensor.reads(84000, 180) == 84000
    assert sensor.reads(85000, 240) == 85000  # it got there


def test_a_counter_does_not_run_backwards():
    meter = Meter(COUNTER)
    assert meter.reads(5000000, 0) == 5000000
    assert meter.reads(4999999, 60) == 5000000  # rounding of a float
    assert meter.reads(4000000, 120) is None
    assert meter.reads(5000100, 180) == 5000100


def test_a_counter_does_not_leap():
    meter = Meter(COUNTER)
    meter.reads(5000000, 0)
    assert meter.reads(9000000, 60) is None  # 4 MWh in a minute
    assert meter.reads(9000000, 60 + 48 * 3600) == 9000000  # in two days it could


def test_an_exchanged_meter_is_accepted_when_it_persists():
    meter = Meter(COUNTER)
    meter.reads(5000000, 0)
    assert [meter.reads(v, 60) for v in (12, 13, 15)] == [None, None, 15]
    assert meter.reads(16, 120) == 16


def test_a_device_that_sleeps_with_its_counter_at_zero_has_no_other_counter():
    inverter = Meter(COUNTER)
    inverter.reads(5000000, 0)
    assert {inverter.reads(0, t) for t in range(60, 16 * 3600, 60)} == {None}  # a winter's night
    assert inverter.reads(5000100, 16 * 3600) == 5000100
    assert inverter.reads(0, 40 * 3600) is None
    new = [inverter.reads(0, t) for t in range(40 * 3600 + 60, 41 * 3600, 60)]
    assert new[0] is None
    assert new[-1] == 0  # after a day it is a new one


def test_noise_does_not_make_an_exchanged_meter():
    meter = Meter(COUNTER)
    meter.reads(5000000, 0)
    assert [meter.reads(v, 60) for v in (900, 12, 4000, 7)] == [None] * 4
