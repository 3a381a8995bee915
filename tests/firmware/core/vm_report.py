"""What a pass records, whatever fails beside it: no reading may be lost to an offer or to a flash that refuses."""

import asyncio
import json

from osb_box.cycle import Cycle
from osb_box.points import Points

NOW = 1768431600  # a slot begins


class Controller:
    weathers = ()
    making = most = 0  # offers at once

    def offering(self, now, points, number):
        before = len(self.weathers)
        self.making += 1
        self.most = max(self.most, self.making)
        yield
        yield
        self.making -= 1
        return {"id": number, "weathers": (before, len(self.weathers))}

    def hear(self, kind, message, now, points):
        yield
        self.weathers += (message,)

    def snapshot(self):
        return {}


class Outbox:
    def __init__(self, full=False):
        self.rows, self.full = [], full

    def append(self, t, rows):
        self.rows.append((t, rows))
        if self.full:
            raise OSError(28)


class Link:
    connected = True

    def __init__(self, room):
        self.room, self.offers, self.told = room, 0, 0

    def offer(self, message):
        if not self.room:
            raise MemoryError("memory allocation failed, allocating 3248 bytes")
        self.offers += 1

    def telemetry_ready(self):
        self.told += 1


class Clock:
    def now(self):
        return NOW


def passed(room, full=False):
    points = Points(180)
    points.set("grid.power", 1500, "W", NOW)
    outbox, link = Outbox(full), Link(room)
    cycle = Cycle(Clock(), points, None, Controller(), outbox, "/nowhere/state.json", {}, 60)
    cycle.link = link
    for name, work in (("offer", cycle._offering), ("report", cycle._report)):
        asyncio.run(cycle._stage(name, work(NOW)))
    return cycle, outbox, link


def test_a_reading_is_recorded_although_the_offer_does_not_fit_into_memory():
    cycle, outbox, link = passed(room=False)
    assert [t for t, _ in outbox.rows] == [NOW]
    assert link.told == 1
    assert "MemoryError" in cycle.errors["offer"]


def test_the_link_hears_of_a_reading_that_the_flash_has_refused():
    cycle, _, link = passed(room=True, full=True)
    assert link.offers == 1
    assert link.told == 1
    assert "OSError" in cycle.errors["report"]


def made(meanwhile):
    """An offer whose making is interrupted after its first piece."""
    cycle = Cycle(Clock(), Points(180), None, Controller(), Outbox(), "/nowhere/state.json", {}, 60)
    cycle._slot = NOW

    async def run():
        making = asyncio.create_task(cycle.offer(NOW))
        await asyncio.sleep_ms(0)
        again = await meanwhile(cycle)
        return message(await making), again

    return (cycle,) + asyncio.run(run())


def message(parts):
    return parts and json.loads(b"".join(parts))


def test_two_offers_are_made_one_after_the_other():
    cycle, first, second = made(lambda cycle: cycle.offer(NOW))
    assert (first["id"], message(second)["id"]) == (NOW // 60, NOW // 60 + 1)
    assert cycle.controller.most == 1


def test_an_offer_knows_nothing_of_what_the_hub_says_while_it_is_made():
    cycle, offer, _ = made(lambda cycle: cycle.hear("weather", {"t": NOW}))
    assert offer["weathers"] == [0, 0]
    assert cycle.controller.weathers == ({"t": NOW},)


def test_the_page_is_answered_again_when_all_has_ended_that_was_at_work_at_once():
    async def keep(cycle):  # begins within the offer and ends after it
        await cycle._stage("state", cycle._keep())
        return cycle.thinking

    cycle, offer, _ = made(keep)
    assert offer
    assert "OSError" in cycle.errors["state"]  # there is no such folder
    assert not cycle.thinking


def test_what_the_hub_says_is_heard_although_the_offer_being_made_fails():
    def offering(self, now, points, number):
        yield
        raise MemoryError

    before, Controller.offering = Controller.offering, offering
    try:
        cycle, offer, _ = made(lambda cycle: cycle.hear("weather", {"t": NOW}))
    finally:
        Controller.offering = before
    assert offer is None
    assert cycle.controller.weathers == ({"t": NOW},)
    assert "MemoryError" in cycle.errors["offer"]


class Times:
    """A clock that says one time after the other, for each pass one."""

    def __init__(self, *times):
        self.left = list(times)
        self.t = times[0]

    def now(self):
        return self.t

    def release(self, name):
        pass

    async def sleep_until(self, t):
        self.left.pop(0)
        if not self.left:
            raise EOFError  # the end of the test
        self.t = self.left[0]

    def beat(self):
        pass


class Silent:
    async def sweep(self, now, beat):
        pass


def test_what_was_measured_before_the_clock_was_set_back_does_not_look_live():
    clock = Times(NOW, NOW, NOW - 3600 + 60, NOW - 3600 + 120, NOW - 3600 + 240)
    points = Points(180)
    points.set("grid.power", 1500, "W", NOW)
    outbox = Outbox()
    cycle = Cycle(clock, points, Silent(), Controller(), outbox, "/nowhere/state.json", {}, 60)
    try:
        asyncio.run(cycle.run(clock))
    except EOFError:
        pass
    ages = [(t, rows[0][3], rows[0][4]) for t, rows in outbox.rows]
    assert ages == [
        (NOW, "good", 0),
        (NOW - 3600 + 60, "good", 60),
        (NOW - 3600 + 120, "good", 120),
        (NOW - 3600 + 240, "stale", 240),
    ], ages
