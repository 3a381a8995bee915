"""What the hub says: time waits until it is acted on, and a receipt is read without the tables of the contract."""

import asyncio

from osb_box.link.session import Session

HUB = {"host": "127.0.0.1", "port": 1, "user": None, "password": None, "ca": None, "keepalive_s": 5, "retry_s": 60}
EVENT = b'{"id": 1, "t": 1768432600, "kind": "feeder_limit", "start": 1768433400, "end": 1768434300, "reason": "cold"}'


class Clock:
    def __init__(self):
        self.held = set()

    def now(self):
        return 1768432500

    def hold(self, name):
        self.held.add(name)

    def release(self, name):
        self.held.discard(name)


class Outbox:
    def __init__(self):
        self.acknowledged = []

    def rewind(self):
        pass

    def pending(self):
        return 0

    def ack(self, epoch, seq):
        self.acknowledged.append((epoch, seq))
        return True


class Desk:
    """Thinks before it hears."""

    def __init__(self):
        self.heard = []
        self.ready = asyncio.Event()

    async def hear(self, kind, message):
        await self.ready.wait()
        self.heard.append((kind, message["id"]))


def session():
    desk, outbox = Desk(), Outbox()
    return Session(HUB, "box-01", Clock(), outbox, desk), desk, outbox


async def test_time_in_lockstep_waits_until_what_the_hub_says_is_acted_on():
    link, desk, _ = session()
    hearing = asyncio.create_task(link._receive("osb/v1/box-01/event", EVENT, len(EVENT)))
    await asyncio.sleep_ms(50)
    assert desk.heard == []
    assert link._clock.held == {"heard"}
    desk.ready.set()
    await hearing
    assert link._clock.held == set()
    assert desk.heard == [("event", 1)]
    assert link.refused == 0, link.last_refused


async def test_a_receipt_is_two_numbers_and_does_not_wait():
    link, _, outbox = session()
    for given, good in (
        (b'{"epoch": 1768432500, "seq": 3}', True),
        (b'{"epoch": 1768432500, "seq": 4, "new": 5}', True),
        (b'{"epoch": 1768432500}', False),
        (b"[1768432500, 3]", False),
        (b'{"epoch": 1768432500, "seq": true}', False),
        (b'{"epoch": 1768432500, "seq": -1}', False),
        (b'{"epoch": 1768432500, "seq": 2147483649}', False),
        (b'{"epoch": 3, "seq": 1}', False),
        (b'{"epoch": "3", "seq": 1}', False),
        (b'{"epoch": 1768432500, "seq": 1.5}', False),
        (b'{"epoch": ', False),
        (b"7", False),
        (b"[" * 2000, False),
    ):
        why = None if good else "must have the epoch and seq of a record"
        link.last_refused = None
        await link._receive("osb/v1/box-01/receipt", given, len(given))
        assert link.last_refused == (why and "osb/v1/box-01/receipt: " + why), link.last_refused
    assert outbox.acknowledged == [(1768432500, 3), (1768432500, 4)]
