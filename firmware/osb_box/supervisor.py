"""Keeps the tasks alive: restart with back-off, a restart budget each, a watchdog fed only while all are well."""

import asyncio
import sys
import time

from micropython import const

from osb_box import said

_CHECK_MS = const(1000)  # the watchdog bites after 8 s
_BUDGET = const(5)  # restarts of one task within _BUDGET_S; one more resets the board
_BUDGET_S = const(3600)
_BACKOFF_S = (1, 5, 15, 60, 300)


class Pulse:
    """One task's heartbeat: fresh while it sleeps or rests, or if it beat within `max_age_s` of wall time."""

    def __init__(self, name, start, clock, max_age_s):
        self.name = name
        self.start = start
        self.error = None
        self.restarts = []  # clock times within the budget's hour
        self._clock = clock
        self._max_age_ms = max_age_s * 1000
        self.beat()

    def beat(self):
        """The task is alive and at work."""
        self._seen_ms = time.ticks_ms()

    def rest(self):
        """The task waits for something to happen; nobody expects a sign of life, and lockstep time goes on."""
        self._seen_ms = None
        self._clock.release(self.name)

    async def sleep_until(self, t):
        """Sleep by the clock. From then on lockstep time waits for this task, until it sleeps or rests again."""
        self._seen_ms = None
        try:
            await self._clock.sleep_until(t, self.name)
        finally:
            self.beat()

    def fresh(self):
        """Is there reason to believe that the task lives?"""
        return self._seen_ms is None or time.ticks_diff(time.ticks_ms(), self._seen_ms) <= self._max_age_ms


class Supervisor:
    """Runs coroutines `start(pulse)` for ever. Each holds the clock from its start until it sleeps or rests.

    One whose work is done sets `pulse.start` to who goes on, or to None, and returns: nothing of it stays in memory.
    """

    def __init__(self, clock, watchdog):
        self._clock = clock
        self._watchdog = watchdog
        self._pulses = []

    def add(self, name, start, max_age_s):
        """Supervise `start(pulse)`, which must beat, rest or sleep at least every `max_age_s`."""
        self._pulses.append(Pulse(name, start, self._clock, max_age_s))

    def errors(self):
        """{task: its last error} of the tasks that have failed since the start."""
        return {p.name: p.error for p in self._pulses if p.error}

    def failures(self):
        """How often tasks have failed within their budget's hour."""
        return sum(len(p.restarts) for p in self._pulses)

    async def run(self, reset):
        """Start everything, then feed the watchdog while all heartbeats are fresh. `reset()` is the last resort."""
        tasks = []
        for pulse in self._pulses:
            self._clock.hold(pulse.name)
            tasks.append(asyncio.create_task(self._keep(pulse, reset)))
        self._clock.release("boot")
        try:
            while True:
                well = True
                for pulse in self._pulses:
                    if not pulse.fresh():
                        pulse.error = "no sign of life"
                        well = False
                if well:
                    self._watchdog.feed()
                await asyncio.sleep_ms(_CHECK_MS)
        finally:
            for task in tasks:
                task.cancel()

    async def _keep(self, pulse, reset):
        """Run one task, again and again; reset the board if it fails too often."""
        clock = self._clock
        try:
            while pulse.start:
                clock.hold(pulse.name)
                pulse.beat()
                try:
                    start = pulse.start
                    await start(pulse)
                    if start is not pulse.start:
                        continue
                    pulse.error = "ended"
                except Exception as e:  # a cancellation is none: it ends this task for good
                    sys.print_exception(e)
                    pulse.error = "%s: %s" % (type(e).__name__, e)
                    said.say("%s: %s" % (pulse.name, pulse.error))
                now = clock.now()
                pulse.restarts = [t for t in pulse.restarts if now - _BUDGET_S < t <= now]
                failed = len(pulse.restarts)
                if failed == _BUDGET:
                    said.say("supervisor: %s failed too often: %s" % (pulse.name, pulse.error))
                    reset()
                pulse.restarts.append(now)
                try:
                    await pulse.sleep_until(now + _BACKOFF_S[failed])
                except MemoryError:
                    pass  # whatever the task has failed of, it is started again
        finally:
            pulse.rest()
