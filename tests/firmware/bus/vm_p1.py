"""P1 telegrams: the documents' examples, cut, glued and damaged."""

import gc

from osb_box.bus import crc16
from osb_box.bus.p1 import Telegrams, milli

# P1 Companion Standard 5.0.2, example telegram; E47C is its CRC as open implementations publish it
DSMR = (
    b"/ISk5\\2MT382-1000\r\n\r\n1-3:0.2.8(50)\r\n0-0:1.0.0(101209113020W)\r\n"
    b"0-0:96.1.1(4B384547303034303436333935353037)\r\n1-0:1.8.1(123456.789*kWh)\r\n1-0:1.8.2(123456.789*kWh)\r\n"
    b"1-0:2.8.1(123456.789*kWh)\r\n1-0:2.8.2(123456.789*kWh)\r\n0-0:96.14.0(0002)\r\n1-0:1.7.0(01.193*kW)\r\n"
    b"1-0:2.7.0(00.000*kW)\r\n0-0:96.7.21(00004)\r\n0-0:96.7.9(00002)\r\n"
    b"1-0:99.97.0(2)(0-0:96.7.19)(101208152415W)(0000000240*s)(101208151004W)(0000000301*s)\r\n"
    b"1-0:32.32.0(00002)\r\n1-0:52.32.0(00001)\r\n1-0:72.32.0(00000)\r\n1-0:32.36.0(00000)\r\n1-0:52.36.0(00003)\r\n"
    b"1-0:72.36.0(00000)\r\n0-0:96.13.0(303132333435363738393A3B3C3D3E3F303132333435363738393A3B3C3D3E3F3031323334353637"
    b"38393A3B3C3D3E3F303132333435363738393A3B3C3D3E3F303132333435363738393A3B3C3D3E3F)\r\n"
    b"1-0:32.7.0(220.1*V)\r\n1-0:52.7.0(220.2*V)\r\n1-0:72.7.0(220.3*V)\r\n"
    b"1-0:31.7.0(001*A)\r\n1-0:51.7.0(002*A)\r\n1-0:71.7.0(003*A)\r\n"
    b"1-0:21.7.0(01.111*kW)\r\n1-0:41.7.0(02.222*kW)\r\n1-0:61.7.0(03.333*kW)\r\n"
    b"1-0:22.7.0(04.444*kW)\r\n1-0:42.7.0(05.555*kW)\r\n1-0:62.7.0(06.666*kW)\r\n"
    b"0-1:24.1.0(003)\r\n0-1:96.1.0(3232323241424344313233343536373839)\r\n0-1:24.2.1(101209112500W)(12785.123*m3)\r\n"
    b"!E47C\r\n"
)
# e-MUCS P1 edition 1.7.1, example of a three-phase meter with gas and water; its CRC as in the tests of dsmr_parser
EMUCS = (
    b"/FLU5\\253769484_A\r\n\r\n0-0:96.1.4(50217)\r\n0-0:96.1.1(3153414733313031303231363035)\r\n0-0:1.0.0(200512135409S)\r\n"
    b"1-0:1.8.1(000000.034*kWh)\r\n1-0:1.8.2(000015.758*kWh)\r\n1-0:2.8.1(000000.000*kWh)\r\n1-0:2.8.2(000000.011*kWh)\r\n"
    b"1-0:1.4.0(02.351*kW)\r\n1-0:1.6.0(200509134558S)(02.589*kW)\r\n"
    b"0-0:98.1.0(3)(1-0:1.6.0)(1-0:1.6.0)(200501000000S)(200423192538S)(03.695*kW)"
    b"(200401000000S)(200305122139S)(05.980*kW)(200301000000S)(200210035421W)(04.318*kW)\r\n"
    b"0-0:96.14.0(0001)\r\n1-0:1.7.0(00.000*kW)\r\n1-0:2.7.0(00.000*kW)\r\n"
    b"1-0:21.7.0(00.000*kW)\r\n1-0:41.7.0(00.000*kW)\r\n1-0:61.7.0(00.000*kW)\r\n"
    b"1-0:22.7.0(00.000*kW)\r\n1-0:42.7.0(00.000*kW)\r\n1-0:62.7.0(00.000*kW)\r\n"
    b"1-0:32.7.0(234.7*V)\r\n1-0:52.7.0(234.7*V)\r\n1-0:72.7.0(234.7*V)\r\n"
    b"1-0:31.7.0(000.00*A)\r\n1-0:51.7.0(000.00*A)\r\n1-0:71.7.0(000.00*A)\r\n"
    b"0-0:96.3.10(1)\r\n0-0:17.0.0(999.9*kW)\r\n1-0:31.4.0(999*A)\r\n0-0:96.13.0()\r\n"
    b"0-1:24.1.0(003)\r\n0-1:96.1.1(37464C4F32313139303333373333)\r\n0-1:24.4.0(1)\r\n0-1:24.2.3(200512134558S)(00112.384*m3)\r\n"
    b"0-2:24.1.0(007)\r\n0-2:96.1.1(3853414731323334353637383930)\r\n0-2:24.2.1(200512134558S)(00872.234*m3)\r\n!3AD7\r\n"
)


CODES = ("1-0:1.8.1", "1-0:1.8.2", "1-0:2.8.2", "1-0:1.7.0", "1-0:62.7.0", "1-0:72.7.0", "1-0:31.7.0")
CODES += ("1-0:1.4.0", "1-0:1.6.0")


def fed(*chunks):
    telegrams = Telegrams(CODES)
    for chunk in chunks:
        telegrams.feed(chunk)
    return telegrams


def test_dutch_example():
    values = fed(DSMR).latest
    assert values["1-0:1.8.1"] == 123456789  # Wh
    assert values["1-0:2.8.2"] == 123456789
    assert values["1-0:1.7.0"] == 1193  # W
    assert values["1-0:62.7.0"] == 6666
    assert values["1-0:72.7.0"] == 220300  # mV
    assert values["1-0:31.7.0"] == 1000  # mA
    assert len(values) == 7  # and nothing that was not asked for


def test_belgian_example():
    values = fed(EMUCS).latest
    assert values["1-0:1.8.2"] == 15758
    assert values["1-0:2.8.2"] == 11
    assert values["1-0:1.4.0"] == 2351
    assert values["1-0:1.6.0"] == 2589  # its time comes before it


def test_any_cut_of_the_stream_reads_the_same():
    want = fed(DSMR).latest
    for size in (1, 2, 7, 64, 255):
        telegrams = Telegrams(CODES)
        for at in range(0, len(DSMR), size):
            telegrams.feed(DSMR[at : at + size])
        assert (telegrams.latest, telegrams.damaged) == (want, 0), size


def test_starting_in_the_middle_waits_for_the_next():
    telegrams = fed(DSMR[300:])
    assert (telegrams.latest, telegrams.damaged) == (None, 0)
    telegrams.feed(EMUCS)
    assert telegrams.latest["1-0:1.8.2"] == 15758


def test_a_lost_end_costs_one_telegram_only():
    telegrams = fed(DSMR[:500], b"\r\n", EMUCS)
    assert (telegrams.damaged, telegrams.latest["1-0:1.4.0"]) == (0, 2351)


def test_every_damaged_byte_is_noticed():
    for at in range(1, len(DSMR) - 2, 3):
        bad = bytearray(DSMR)
        bad[at] ^= 1
        assert fed(bytes(bad)).latest is None, at


def test_a_damaged_telegram_keeps_the_last_good_one_and_is_counted():
    telegrams = fed(EMUCS, DSMR.replace(b"01.193", b"01.194"))
    assert telegrams.damaged == 1
    assert telegrams.latest["1-0:1.4.0"] == 2351
    assert fed(DSMR.replace(b"!E47C", b"!XXXX")).damaged == 1


def test_lines_beyond_any_length_need_no_memory():
    telegrams = fed(b"/X\r\n")
    gc.collect()
    before = gc.mem_free()
    for _ in range(3000):
        telegrams.feed(b"0-0:96.13.0(30313233343536373839")
    gc.collect()
    assert before - gc.mem_free() < 500


def test_numbers_keep_every_digit():
    assert milli("999999.999") == 999999999
    assert milli("0.48") == 480
    assert milli("001") == 1000
    assert milli("00409.8291") == 409829
    for text in ("", "12,5", "-1.0", "1.x", "1e3"):
        assert milli(text) is None, text


def test_values_in_watts_lose_no_digit_either():
    body = b"/X\r\n1-0:1.7.0(01193*W)\r\n1-0:1.8.1(0000123456*Wh)\r\n1-0:1.8.2(-5*Wh)\r\n!"
    telegrams = fed(body, b"%04X\r\n" % crc16(body, 0))
    assert telegrams.latest == {"1-0:1.7.0": 1193, "1-0:1.8.1": 123456}
