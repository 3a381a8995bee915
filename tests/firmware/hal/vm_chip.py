"""What the chips' hal asks of the silicon, with the wiring of the Pico W's and the ESP32's own board.json."""

import asyncio

import stand_ins
from stand_ins import RTC, WLAN, Timer, told

stand_ins.put()

from osb_box.hal import chip, esp32, real, rp2  # noqa: E402

BOARDS = __file__.rsplit("/tests/", 1)[0] + "/boards/"
WINTER = 1768432500  # 2026-01-14T23:15:00Z


def on(board):
    chip.FILE = BOARDS + board + "/board.json"
    del told[:]


def test_p1_is_heard_the_right_way_round_and_in_a_large_buffer():
    on("pico_w")
    rp2.serial("p1", 115200).read_ready()
    assert told == [
        ("uart", 1, 115200, dict(rx=5, rxbuf=8192, txbuf=512, invert="inverted", bits=8, parity=None, stop=1))
    ]
    rp2.serial("p1", 9600, plain=True).read_ready()  # a reading head in its place
    assert told[1] == ("uart", 1, 9600, dict(rx=5, rxbuf=8192, txbuf=512, bits=8, parity=None, stop=1))
    on("esp32")
    esp32.serial("p1", 115200).read_ready()
    assert told[0][3]["tx"] == -1  # its default for UART 1 is a pin of the flash


def test_the_transceiver_sends_for_as_long_as_the_frame_lasts():
    on("pico_w")
    line = rp2.serial("rs485", 9600, "E")
    line.write(b"\x01\x04\x00\x00\x00\x02\x71\xcb")
    assert told[0][3]["parity"] == 0
    assert told[1:] == [
        ("pin", 2, "out", None, 0),
        ("pin", 2, 1),
        ("write", b"\x01\x04\x00\x00\x00\x02\x71\xcb"),
        ("timer", -1, 9),  # 8 characters of 11 bits at 9600 baud are 9.17 ms
    ]
    Timer.last.fire(Timer.last)
    assert told[-1] == ("pin", 2, 0)


def test_nothing_is_read_that_has_not_come():
    on("pico_w")
    line = rp2.serial("rs485", 9600)
    assert line.read_ready() == b""
    assert ("read", 256) not in told
    line._open().waiting = b"abc"
    assert line.read_ready() == b"abc"  # asking for more would wait for it
    assert told[-1] == ("read", 3)


def test_a_line_that_is_not_there_is_told_with_those_that_are():
    on("pico_w")
    try:
        rp2.serial("rs232", 9600)
        raise AssertionError
    except ValueError as e:
        assert str(e) == "rs232 is not wired to this board; there are: rs485, p1"


def test_the_clock_of_a_chip_without_power_begins_at_the_last_time_known():
    RTC.at = 1609459200  # 2021, as an RP2040 starts
    real.RealClock._raw = lambda self: RTC.at
    clock = asyncio.run(rp2.clock("box-01", WINTER))
    assert told[-1] == ("rtc", (2026, 1, 14, 2, 23, 15, 0, 0))  # a Wednesday: certificates are judged by it
    assert clock.now() == WINTER
    assert not clock.known
    assert not clock.set(WINTER - 1)
    assert not clock.known
    assert clock.set(WINTER + 86400)
    assert clock.known
    assert clock.now() == WINTER + 86400


def test_a_hint_moves_an_unset_clock_forward_only_and_sets_none():
    real.RealClock._raw = lambda self: RTC.at
    RTC.at = WINTER
    clock = asyncio.run(rp2.clock("box-01", WINTER))
    clock.hint(WINTER - 10)
    assert clock.now() == WINTER
    clock.hint(WINTER + 7200)
    assert clock.now() == WINTER + 7200
    assert not clock.known  # a server is still to be asked
    clock.set(WINTER + 7300)
    clock.hint(WINTER + 90000)
    assert clock.now() == WINTER + 7300


def test_time_stands_still_rather_than_go_back_a_little():
    real.RealClock._raw = lambda self: RTC.at
    RTC.at = WINTER
    clock = asyncio.run(rp2.clock("box-01", WINTER - 1000))
    assert clock.now() == WINTER
    clock.set(WINTER - 5)
    assert clock.now() == WINTER
    RTC.at += 6
    assert clock.now() == WINTER + 1
    clock.set(WINTER - 500)
    assert clock.now() == WINTER - 500


def test_the_watchdog_bites_within_what_an_rp2040_can_count():
    rp2.watchdog()
    assert told[-1] == ("watchdog", 8000)


def test_the_radio_says_in_our_words_what_the_driver_believes():
    radio = rp2.radio()
    said = {}
    for status in (0, 1, 2, 3, -1, -2, -3):  # CYW43_LINK_*
        WLAN.status_now = status
        said[status] = radio.state()
    assert said == {0: "idle", 1: "joining", 2: "joining", 3: "up", -1: "failed", -2: "absent", -3: "refused"}
    assert radio.address() is None
    WLAN.address = ("192.168.1.17", "255.255.255.0", "192.168.1.1", "192.168.1.1")
    assert radio.address() == ("192.168.1.17", "192.168.1.1")
    assert rp2.name_servers() == ["192.168.1.1"]
    assert radio.guests() == 1
    assert radio.scan() == [("home", -50), ("attic", -80)]


def test_no_access_point_is_ever_open_to_all():
    for port, security in ((rp2, "wpa/wpa2"), (esp32, "wpa2")):
        del told[:]
        port.radio().open("box-01", "abcd-efgh-jkmn")
        named = next(entry[3] for entry in told if entry[1] == "config")
        assert named == {"ssid": "box-01", "key": "abcd-efgh-jkmn", "security": security}


def test_a_relay_keeps_its_level_when_it_is_taken_over():
    on("pico_w")
    rp2.pin_out("relay2")
    assert told == [("pin", 17, "out", None, 0)]
