"""The one scheduled pipeline: sweep the buses, decide, act, record. Nothing else moves devices or records telemetry."""

import asyncio
import gc
import sys

from micropython import const

from osb_box.clock import next_multiple, slot_start

_MAX_ROWS = const(64)  # of one telemetry message


def stays_home(name):
    """Temperatures and what they tell of habits do not leave the home."""
    return name.startswith("room.") or name.startswith("outdoor.") or name == "tank.temp"


class Cycle:
    """`link` is the hub session, or None for a box that works alone."""

    def __init__(self, clock, points, devices, controller, outbox, state_file, identity, poll_s):
        self.link = None
        self.errors = {}  # stage -> what went wrong in the last pass
        self._clock = clock
        self._points = points
        self._devices = devices
        self._controller = controller
        self._outbox = outbox
        self._state_file = state_file
        self._identity = identity
        self._poll_s = poll_s
        self._lock = asyncio.Lock()
        self._kicked = asyncio.Event()
        self._slot = self._offered_slot = 0
        self._offer_id = 0

    async def run(self, pulse):
        """A pass at each multiple of poll_s."""
        due = next_multiple(self._clock.now(), self._poll_s)
        while True:
            await pulse.sleep_until(due)
            now = self._clock.now()
            async with self._lock:
                await self._stage("sweep", self._devices.sweep(now))
                pulse.beat()
                await self._control(now)
                await self._stage("report", self._report(now))
            gc.collect()
            due = next_multiple(now + 1, self._poll_s)

    async def run_kicks(self, pulse):
        """A control pass without a sweep whenever somebody asked for it."""
        while True:
            pulse.rest()
            await self._kicked.wait()
            self._kicked.clear()
            pulse.beat()
            async with self._lock:
                await self._control(self._clock.now())
            self._clock.release("kick")

    def kick(self):
        """Decide and act at once: the household or the hub has said something. Lockstep time waits until it is done."""
        self._clock.hold("kick")
        self._kicked.set()

    def hello(self, now):
        """The wire message with which the box introduces itself."""
        message = {
            "t": now,
            "epoch": self._outbox.epoch,
            "interpreter": sys.version[:120],
            "actuators": self._controller.actuators(),
        }
        message.update(self._identity)
        return message

    def offer(self, now):
        """The wire message of what the home can shift from now on; None before the first pass, or without anything."""
        if not self._slot:
            return None
        gc.collect()  # an offer is the largest thing a box ever holds
        self._offer_id = max(self._offer_id + 1, now // 60)
        self._offered_slot = slot_start(now)
        try:
            return self._controller.offer(now, self._points, self._offer_id)
        except Exception as e:  # the link must outlive a fault in what it carries
            self._failed("offer", e)
            return None

    def receive(self, kind, message):
        """Act on a checked message of the hub; returns the reply to a plan."""
        now = self._clock.now()
        try:
            if kind == "plan":
                answer = self._controller.accept(message, now, self._points)
                self.kick()
                return answer
            if kind == "weather":
                self._controller.weather(message)
            elif kind == "event":
                self._controller.event(message)
        except Exception as e:
            self._failed(kind, e)
        return None

    async def _control(self, now):
        await self._stage("control", self._step(now))
        if self.link:
            for notice in self._controller.take_notices(now):
                self.link.reply(notice)

    async def _step(self, now):
        await self._devices.apply(self._controller.step(now, self._points), now)

    async def _report(self, now):
        slot, self._slot = self._slot, slot_start(now)
        if self.link and self.link.connected and self._offered_slot != self._slot:
            offer = self.offer(now)
            if offer:
                self.link.offer(offer)
        rows = [self._points.row(name, now) for name in self._points.names() if not stays_home(name)]
        if rows:
            self._outbox.append(now, rows[:_MAX_ROWS])
            if self.link:
                self.link.telemetry_ready()
        if slot != self._slot:
            self._state_file.save(self._controller.snapshot())

    async def _stage(self, name, work):
        """One stage of a pass; its failure is recorded and leaves the other stages alone."""
        try:
            await work
            self.errors.pop(name, None)
        except Exception as e:
            self._failed(name, e)

    def _failed(self, name, error):
        sys.print_exception(error)
        self.errors[name] = "%s: %s" % (type(error).__name__, error)
