"""Sensors by the bytes of their datasheets: what they say is read to the digit, what they cannot mean is refused."""

import binascii

from osb_box.bus import BusError
from osb_box.sense import analogue, ds18b20, sht3x
from osb_box.sense.motion import Motion
from osb_box.sense.plausible import Plausible


def refusal(call, *given):
    try:
        call(*given)
    except BusError as e:
        return e.kind, str(e)
    raise AssertionError("accepted")


def pad(low, high, config=0x7F):
    """A scratchpad of twelve bits' resolution, with alarms as delivered and a right CRC."""
    body = bytes((low, high, 0x4B, 0x46, config, 0xFF, 0x0C, 0x10))
    return body + bytes((ds18b20.crc8(body),))


def test_the_crc_of_maxims_application_note_27():
    assert ds18b20.crc8(binascii.unhexlify("021cb801000000")) == 0xA2
    assert ds18b20.crc8(binascii.unhexlify("021cb801000000a2")) == 0


def test_a_scratchpad_seen_on_a_real_line():
    """50 05 4B 46 7F FF 0C 10 1C is what a DS18B20 holds at power-on: 85 degrees."""
    assert ds18b20.temperature(binascii.unhexlify("50054b467fff0c101c")) == 85000


def test_temperatures_of_the_datasheets_table_1():
    table = {
        (0xD0, 0x07): 125000,
        (0x50, 0x05): 85000,
        (0x91, 0x01): 25063,  # 25.0625
        (0xA2, 0x00): 10125,
        (0x08, 0x00): 500,
        (0x00, 0x00): 0,
        (0xF8, 0xFF): -500,
        (0x5E, 0xFF): -10125,
        (0x6F, 0xFE): -25062,  # -25.0625
        (0x90, 0xFC): -55000,
    }
    for (low, high), mc in table.items():
        assert abs(ds18b20.temperature(pad(low, high)) - mc) <= 1, (low, high)


def test_bits_below_the_resolution_are_no_temperature():
    """Nine bits (config 1F): the lowest three are undefined."""
    assert ds18b20.temperature(pad(0x97, 0x01, 0x1F)) == 25000


def test_what_no_ds18b20_in_order_says():
    damaged = bytearray(pad(0x91, 0x01))
    damaged[0] ^= 4
    assert refusal(ds18b20.temperature, bytes(damaged))[0] == "crc"
    assert refusal(ds18b20.temperature, b"\xff" * 9)[0] == "timeout"
    assert refusal(ds18b20.temperature, b"\x00" * 9) == (
        "frame",
        "the 1-Wire line reads zero: is it short-circuited?",
    )
    assert refusal(ds18b20.temperature, pad(0, 0, 0x00)) == ("frame", "this is not a DS18B20")


def test_the_code_of_a_sensor_is_checked_before_it_is_used():
    code = "28ff641e8216030d"
    rom = binascii.unhexlify(code[:14])
    good = code[:14] + "%02x" % ds18b20.crc8(rom)
    assert ds18b20.address(good) == rom + bytes((ds18b20.crc8(rom),))
    for wrong in ("28ff", "10" + good[2:], good[:14] + "%02x" % (ds18b20.crc8(rom) ^ 1), "garden"):
        try:
            ds18b20.address(wrong)
            raise AssertionError(wrong)
        except ValueError as e:
            assert str(e).startswith("at: %s is not the code of a DS18B20" % wrong)


def test_the_crc_of_the_sht3x_datasheet():
    assert sht3x.crc8(b"\xbe\xef") == 0x92


def test_an_sht3x_by_its_formulas():
    """T = -45 + 175 S/65535, RH = 100 S/65535 (SHT3x-DIS, 4.13), worked by hand."""

    def answer(heat, damp):
        body = b""
        for raw in (heat, damp):
            two = bytes((raw >> 8, raw & 255))
            body += two + bytes((sht3x.crc8(two),))
        return body

    assert sht3x.values(answer(0, 0)) == (-45000, 0)
    assert sht3x.values(answer(65535, 65535)) == (130000, 1000)
    assert sht3x.values(answer(0x6666, 0x8000)) == (25000, 500)  # 26214/65535 is 0.4
    broken = bytearray(answer(0x6666, 0x8000))
    broken[4] ^= 1
    assert refusal(sht3x.values, bytes(broken))[0] == "crc"
    assert refusal(sht3x.values, b"\xff" * 6)[0] == "crc"


def test_a_transmitter_has_its_own_scale_and_no_more():
    """0-10 V for -30..70 degrees, divided by 11 k to 3.3 k: 0..2307 mV."""
    scale = (0, -30000, 2307, 70000)
    assert analogue.linear(0, *scale) == -30000
    assert analogue.linear(2307, *scale) == 70000
    assert analogue.linear(1154, *scale) == 20022
    assert refusal(analogue.linear, 2500, *scale) == ("frame", "2500 mV at the input are outside 0..2307")
    assert refusal(analogue.linear, 200, 462, -30000, 2307, 70000)[0] == "frame"  # 2-10 V: the wire is broken


def test_a_thermistor_by_its_table():
    """The usual curve of 10 k sensors with B 3977 (10K3A1): the two-point form is within 0.8 K of it in a house."""
    for ohm, mc in ((32650, 0), (19900, 10000), (12490, 20000), (8057, 30000), (5327, 40000), (3603, 50000)):
        mv = 3300 * ohm / (ohm + 10000)
        assert abs(analogue.thermistor(int(mv + 0.5), 10000, 3977, 10000) - mc) < 800, ohm
    assert analogue.thermistor(1650, 10000, 3977, 10000) == 25000
    for mv in (0, 39, 3280, 3300):
        assert refusal(analogue.thermistor, mv, 10000, 3977, 10000)[0] == "frame"


def test_one_wild_value_is_not_told_and_a_lasting_change_is():
    seen = Plausible(10000)
    assert [seen.take(v, t) for t, v in ((0, 20000), (10, 20100), (20, 20200))] == [20000, 20100, 20100]
    assert seen.take(60000, 30) == 20200  # the middle of 20100, 20200, 60000
    assert [seen.take(20300, t) for t in (40, 50)] == [20300, 20300]
    # a tank that is filled with hot water: 30 K within one poll, believed after three minutes at 10 K a minute
    told = [seen.take(50300, t) for t in range(60, 260, 10)]
    assert told == [20300] + [None] * 17 + [50300, 50300]


def test_after_a_long_silence_a_value_is_believed_as_if_it_were_the_first():
    seen = Plausible(10000)
    seen.take(20000, 0)
    assert seen.take(5000, 10) is None
    assert seen.take(5000, 920) == 5000


def test_somebody_is_there_while_motion_was_seen_within_the_hold_time():
    motion = Motion(300)
    motion.look(0, 1000)
    assert motion.present(1200) is None  # it has not been watched for long enough to say that nobody is there
    assert motion.present(1301) == 0
    motion.look(1, 1400)
    assert (motion.present(1400), motion.present(1700), motion.present(1701)) == (1, 1, 0)
    motion.look(0, 500)  # the clock was set back
    assert motion.present(500) is None
