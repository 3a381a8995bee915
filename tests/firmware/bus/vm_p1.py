"""P1 telegrams: published ones to the digit; cut, glued, damaged and longer than anything."""

import gc

from telegrams import BELGIAN, DUTCH, LUXEMBOURG, SWEDISH

from osb_box.bus import crc16
from osb_box.bus.meter_time import MeterTime
from osb_box.bus.p1 import P1Bus, milli

CODES = (
    "1-0:1.8.0 1-0:1.8.1 1-0:1.8.2 1-0:2.8.0 1-0:2.8.1 1-0:2.8.2 1-0:1.7.0 1-0:2.7.0 1-0:1.4.0 1-0:1.6.0 "
    "1-0:21.7.0 1-0:41.7.0 1-0:61.7.0 1-0:22.7.0 1-0:42.7.0 1-0:62.7.0 "
    "1-0:32.7.0 1-0:52.7.0 1-0:72.7.0 1-0:31.7.0 1-0:51.7.0 1-0:71.7.0 gas water"
).split(" ")


def listening():
    bus = P1Bus(None)
    bus.codes = tuple(CODES)
    return bus


def fed(*chunks):
    telegrams = listening()
    for chunk in chunks:
        telegrams.feed(chunk)
    return telegrams


def framed(body):
    """A telegram of these lines with the checksum they have."""
    body = b"/X\r\n\r\n" + body + b"!"
    return body + b"%04X\r\n" % crc16(body, 0)


def numbers(telegram):
    """The values of all codes in the order of CODES, None for those that it does not tell."""
    values = fed(telegram).latest
    return [values.get(code) for code in CODES]


def test_dutch_example():
    energy = [None, 123456789, 123456789, None, 123456789, 123456789]  # Wh
    powers = [1193, 0, None, None, 1111, 2222, 3333, 4444, 5555, 6666]  # W
    phases = [220100, 220200, 220300, 1000, 2000, 3000]  # mV, mA
    assert numbers(DUTCH) == energy + powers + phases + [12785123, None]  # l


def test_belgian_example():
    energy = [None, 34, 15758, None, 0, 11]
    powers = [0, 0, 2351, 2589] + [0] * 6
    assert numbers(BELGIAN) == energy + powers + [234700] * 3 + [0] * 3 + [112384, 872234]


def test_swedish_example():
    energy = [6678394, None, None, 0, None, None]
    powers = [1727, 0, None, None, 1023, 350, 353, 0, 0, 0]
    assert numbers(SWEDISH) == energy + powers + [240300, 240100, 241300, 4200, 1600, 1700, None, None]


def test_luxembourgish_example():
    energy = [273764, None, None, 112743030, None, None]
    powers = [0, 897, None, None, 0, 0, 0, 319, 300, 277]
    assert numbers(LUXEMBOURG) == energy + powers + [231000, 229000, 230000, 1000, 1000, 1000, 14239771, None]


def test_nothing_is_read_that_was_not_asked_for():
    bus = P1Bus(None)
    bus.codes = ("1-0:1.7.0",)
    bus.feed(DUTCH)
    assert bus.latest == {"1-0:1.7.0": 1193}


def test_thirteen_months_of_peaks_are_one_line_longer_than_any_buffer():
    months = b"".join(
        [b"(25%02d01000000W)(24%02d15124500W)(%02d.500*kW)" % (1 + i % 12, 1 + i % 12, i + 1) for i in range(13)]
    )
    line = b"0-0:98.1.0(13)(1-0:1.6.0)(1-0:1.6.0)" + months + b"\r\n"
    assert len(line) > 500
    for size in (1, 3, 64, 1000):
        telegrams = listening()
        telegram = framed(line + b"1-0:1.4.0(00.100*kW)\r\n")
        for at in range(0, len(telegram), size):
            telegrams.feed(telegram[at : at + size])
        assert telegrams.latest == {"1-0:1.4.0": 100}, size  # they are paid for


def test_a_peak_counts_in_the_month_of_the_meter_it_was_reached_in():
    def peak(at, now=b"260301001530W"):
        clock = b"0-0:1.0.0(%s)\r\n" % now if now else b""
        return fed(framed(clock + b"1-0:1.6.0(%s)(04.321*kW)\r\n" % at)).latest.get("1-0:1.6.0")

    assert peak(b"260301001500W") == 4321  # the first quarter of an hour of March
    assert peak(b"260228194500W") is None  # the meter has yet to begin the new month
    assert peak(b"260301000000W") is None  # where February's last one ended
    assert peak(b"260301000003W") is None
    assert peak(b"250315120000W") is None
    assert peak(b"260301000000W", b"260331235959S") is None
    assert peak(b"260331234500S", b"260331235959S") == 4321
    assert peak(b"260331234500S", b"260401000000S") is None
    assert peak(b"251215120000W", b"260101120000W") is None
    assert peak(b"632525252525W") is None  # no date
    assert peak(b"260301001500W", b"") is None  # nobody knows which month it is


def test_gas_that_has_not_been_heard_for_days_is_no_news():
    lines = b"0-0:1.0.0(260301120000W)\r\n0-1:24.1.0(003)\r\n0-1:24.2.1(%sW)(00042.000*m3)\r\n"
    assert fed(framed(lines % b"260301110000")).latest == {"gas": 42000}
    assert fed(framed(lines % b"260228230000")).latest == {"gas": 42000}
    assert fed(framed(lines % b"260223110000")).latest == {}
    assert fed(framed(lines % b"632525252525")).latest == {}


def test_what_is_no_value_is_left_out_even_if_an_earlier_line_had_one():
    for line in (b"1-0:1.7.0(01.193", b"1-0:1.7.0(01.193*kvar)", b"1-0:1.7.0(01.193*kW", b"1-0:1.7.0()"):
        assert fed(framed(b"1-0:1.7.0(09.999*kW)\r\n" + line + b"\r\n")).latest == {}, line


def test_a_number_that_does_not_fit_is_read_whole_or_not_at_all():
    telegram = framed(b"1-0:1.7.0(" + b"0" * 200 + b"1.193*kW)\r\n")
    for size in (1, 2, 30, 64, 150, 1000):
        telegrams = listening()
        for at in range(0, len(telegram), size):
            telegrams.feed(telegram[at : at + size])
        assert telegrams.latest in ({}, {"1-0:1.7.0": 1193}), size


def test_any_cut_of_the_stream_reads_the_same():
    want = fed(DUTCH).latest
    for size in (1, 2, 7, 64, 255):
        telegrams = listening()
        for at in range(0, len(DUTCH), size):
            telegrams.feed(DUTCH[at : at + size])
        assert (telegrams.latest, telegrams.damaged) == (want, 0), size


def test_starting_in_the_middle_waits_for_the_next():
    telegrams = fed(DUTCH[300:])
    assert (telegrams.latest, telegrams.damaged) == (None, 0)
    telegrams.feed(BELGIAN)
    assert telegrams.latest["1-0:1.8.2"] == 15758


def test_a_lost_end_costs_one_telegram_only():
    telegrams = fed(DUTCH[:500], b"\r\n", BELGIAN)
    assert (telegrams.damaged, telegrams.latest["1-0:1.4.0"]) == (0, 2351)


def test_every_damaged_byte_is_noticed():
    for at in range(1, len(DUTCH) - 2, 3):
        bad = bytearray(DUTCH)
        bad[at] ^= 1
        assert fed(bytes(bad)).latest is None, at


def test_a_damaged_telegram_keeps_the_last_good_one_and_is_counted():
    telegrams = fed(BELGIAN, DUTCH.replace(b"01.193", b"01.194"))
    assert telegrams.damaged == 1
    assert telegrams.latest["1-0:1.4.0"] == 2351
    assert fed(DUTCH.replace(b"!E47C", b"!XXXX")).damaged == 1


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
    lines = b"1-0:1.7.0(01193*W)\r\n1-0:1.8.1(0000123456*Wh)\r\n1-0:1.8.2(-5*Wh)\r\n"
    assert fed(framed(lines)).latest == {"1-0:1.7.0": 1193, "1-0:1.8.1": 123456}


class Clock:
    known = False

    def __init__(self):
        self.hints = []

    def hint(self, t):
        self.hints.append(t)


def test_a_box_that_nobody_told_the_time_takes_its_meter_s():
    def says(stamp):
        telegrams.feed(framed(b"0-0:1.0.0(%s)\r\n1-0:1.7.0(01.000*kW)\r\n" % stamp))

    clock, telegrams = Clock(), listening()
    telegrams.told = MeterTime(clock, {"utc_offset_s": 3600, "dst": "eu"})
    says(b"260301235959W")
    assert clock.hints == []  # a damaged one in 65,536 looks whole: one alone proves nothing
    says(b"890301235959W")
    assert clock.hints == []
    says(b"260701120000S")
    says(b"260701120000S")  # a clock that stands still
    assert clock.hints == []
    says(b"260701120010S")
    assert clock.hints == [1782900010]  # 2026-07-01 10:00:10 UTC
    says(b"261025025959S")
    says(b"261025020005W")
    assert clock.hints == [1782900010, 1792890005]  # across the end of summer time
    for no_time in (b"", b"261025020006", b"26102502000aW", b"632525252525W", b"261425020007W"):
        says(no_time)
        says(no_time)
    telegrams.feed(framed(b"1-0:1.7.0(01.000*kW)\r\n"))
    assert len(clock.hints) == 2
    assert telegrams.latest == {"1-0:1.7.0": 1000}
    clock.known = True  # a server has told
    says(b"261025030000W")
    says(b"261025030001W")
    assert (len(clock.hints), telegrams.told) == (2, None)
