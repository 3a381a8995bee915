"""The time from a server over real UDP; answers are literal packets in the form of RFC 4330, figure 1."""

import asyncio
import socket

from osb_box.net import dns, sntp
from osb_box.web import log

NOW = 1768432500  # 2026-01-14T23:15:00Z: 3,977,421,300 s after 1900
# leap, version, mode 0x24; stratum 2; poll 6; precision -20; root delay 15.6 ms, root dispersion 31.3 ms; GPS
HEAD = b"\x24\x02\x06\xec" + b"\x00\x00\x04\x00" + b"\x00\x00\x08\x00" + b"\x0a\x00\x00\x01"
REFERENCE = b"\xed\x12\xa1\x00" + bytes(4)
SENT = b"\xed\x12\xa1\xf4" + b"\x40\x00\x00\x00"  # NOW, and a quarter of a second


def packet(asked, head=HEAD, sent=SENT):
    return head + REFERENCE + asked[40:48] + sent + sent


class Clock:
    def __init__(self, now, known=False, floor=0):
        self._now = now
        self.known = known
        self.floor = floor
        self.told = []

    def now(self):
        return self._now

    def set(self, t):
        self.told.append(t)
        if t < self.floor:
            return False
        self._now = t
        self.known = True
        return True


def server(answers):
    """A time server on loopback that gives one answer after the other, the last one for ever; (task, "host:port")."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    port = 21000
    while True:
        try:
            sock.bind(socket.getaddrinfo("127.0.0.1", port)[0][-1])
            break
        except OSError:
            port += 1
    left = list(answers)

    async def serve():
        try:
            while True:
                await dns.readable(sock)
                asked, asker = sock.recvfrom(128)
                assert len(asked) == 48
                assert asked[:1] == b"\x23"  # version 4, client
                assert asked[1:40] == bytes(39)  # nothing of us is told
                for data in left.pop(0)(asked) if len(left) > 1 else left[0](asked):
                    sock.sendto(data, asker)
        finally:
            sock.close()

    return asyncio.create_task(serve()), "127.0.0.1:%d" % port


async def looked(clock, *servers):
    started = [server(answers) for answers in servers]
    try:
        return await sntp.look(clock, [], [host for _, host in started])
    finally:
        for task, _ in started:
            task.cancel()
        await asyncio.sleep_ms(0)


async def test_an_answer_sets_a_clock_that_nobody_has_set():
    clock = Clock(NOW - 30000000)
    assert await looked(clock, [lambda asked: [packet(asked)]])
    assert clock.told == [NOW]  # a quarter of a second later, and back in no time


async def test_half_a_second_and_more_is_the_next_second():
    clock = Clock(NOW - 100)
    late = SENT[:4] + b"\xc0\x00\x00\x00"
    assert await looked(clock, [lambda asked: [packet(asked, sent=late)]])
    assert clock.told == [NOW + 1]


async def test_what_answers_something_else_is_not_heard():
    clock = Clock(NOW - 100)
    forged = b"\x24" + HEAD[1:] + REFERENCE + b"guessed!" + b"\xff" * 16
    assert await looked(clock, [lambda asked: [forged, packet(asked)]])
    assert clock.told == [NOW]


async def test_servers_that_are_no_good_are_named_and_the_next_one_is_asked():
    for head, sent, why in (
        (b"\x24\x00" + HEAD[2:12] + b"RATE", SENT, "wants to be left alone"),
        (b"\xe4" + HEAD[1:], SENT, "does not know the time itself"),
        (HEAD[:1] + b"\x10" + HEAD[2:], SENT, "does not know the time itself"),
        (HEAD[:8] + b"\x00\x10\x00\x00" + HEAD[12:], SENT, "does not know the time itself"),  # dispersion 16 s
        (HEAD, bytes(8), "does not know the time itself"),
        (b"\x23" + HEAD[1:], SENT, "is no time server"),
        (b"\x14" + HEAD[1:], SENT, "is no time server"),  # version 2
    ):
        clock = Clock(NOW)
        bad = lambda asked, head=head, sent=sent: [packet(asked, head, sent)]  # noqa: E731
        assert not await looked(clock, [bad])
        assert clock.told == []
        assert log.lines()[-1][1].endswith(why), (log.lines()[-1], why)
        assert await looked(clock, [bad], [lambda asked: [packet(asked)]])


async def test_one_server_alone_does_not_move_a_box_by_years():
    clock = Clock(NOW - 40000000)
    wrong = b"\xff\xff\xff\x00" + bytes(4)  # 2036: from then on no right time would be believed
    assert not await looked(clock, [lambda asked: [packet(asked, sent=wrong)]])
    assert await looked(clock, *[[lambda asked, s=s: [packet(asked, sent=s)]] for s in (wrong, SENT, SENT)])
    assert clock.told == [NOW]


async def test_after_2036_seconds_begin_anew():
    clock = Clock(2085978000)
    assert await looked(clock, [lambda asked: [packet(asked, sent=b"\x00\x00\x00\x10" + bytes(4))]])
    assert clock.told == [2085978512]  # 2036-02-07T06:28:32Z, 16 s into era 1 (RFC 4330, 3)


async def test_time_never_goes_below_what_was_known_before():
    clock = Clock(NOW, floor=NOW + 1)
    assert not await looked(clock, [lambda asked: [packet(asked)]])
    assert not clock.known
    assert log.lines()[-1][1].endswith("and it was later before")


async def test_one_server_alone_does_not_move_a_clock_that_is_set_by_hours():
    clock = Clock(NOW - 8000, known=True)
    wrong = b"\xed\x14\x00\x00" + bytes(4)
    assert not await looked(clock, [lambda asked: [packet(asked, sent=wrong)]])
    assert clock.told == []
    assert await looked(clock, [lambda asked: [packet(asked)]], [lambda asked: [packet(asked)]])  # two that agree do
    assert clock.told == [NOW]


async def test_a_clock_that_is_right_is_left_alone():
    clock = Clock(NOW - 1, known=True)
    assert await looked(clock, [lambda asked: [packet(asked)]])
    assert clock.told == []


async def test_cut_short_it_is_no_answer():
    clock = Clock(NOW)
    assert not await looked(clock, [lambda asked: [packet(asked)[:44]]])
    assert "44 bytes" in log.lines()[-1][1]
