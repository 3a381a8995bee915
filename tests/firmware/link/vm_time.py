"""Over TLS the hub is not asked before the time is known, unless nobody tells it; and the time of the hub is a hint."""

from osb_box.link.session import Session

HUB = {"host": "127.0.0.1", "port": 1, "user": None, "password": None, "name": None, "keepalive_s": 5, "retry_s": 60}
RECEIPT = b'{"epoch": 1768432500, "seq": 1}'
EVENT = b'{"id": 1, "t": 1768432600, "kind": "feeder_limit", "start": 1768433400, "end": 1768434300, "reason": "cold"}'


class Clock:
    def __init__(self, known):
        self.known = known
        self.hints = []

    def now(self):
        return 1768432500

    def hint(self, t):
        self.hints.append(t)

    def hold(self, name):
        pass

    release = hold


class Outbox:
    def rewind(self):
        pass

    def ack(self, epoch, seq):
        return False


class Desk:
    outbox = Outbox()

    async def hear(self, kind, message):
        return None


def session(known, ca):
    hub = dict(HUB)
    hub["ca"] = ca
    clock = Clock(known)
    return Session(hub, "box-01", clock, Outbox(), Desk()), clock


async def attempt(link):
    """What becomes of an attempt to connect: nobody listens at port 1."""
    try:
        await link._connect()
    except OSError as e:
        return str(e)


async def test_tls_waits_three_attempts_for_the_time_and_then_tries_with_the_last_one_known():
    link, _ = session(known=False, ca="ca.der")
    for _ in range(3):
        assert await attempt(link) == "the time is not known yet"
    assert await attempt(link) != "the time is not known yet"


async def test_with_the_time_or_without_tls_nothing_waits():
    for known, ca in ((True, "ca.der"), (False, None)):
        assert await attempt(session(known, ca)[0]) != "the time is not known yet"


async def test_what_the_hub_wrote_over_tls_was_not_written_in_the_future():
    link, clock = session(known=False, ca="ca.der")
    await link._receive("osb/v1/box-01/event", EVENT, len(EVENT))
    await link._receive("osb/v1/box-01/receipt", RECEIPT, len(RECEIPT))
    assert link.refused == 0, link.last_refused
    assert clock.hints == [1768432600, 0]


async def test_a_hub_that_has_not_proved_who_it_is_hints_nothing():
    link, clock = session(known=False, ca=None)
    await link._receive("osb/v1/box-01/event", EVENT, len(EVENT))
    assert link.refused == 0, link.last_refused
    assert clock.hints == []
