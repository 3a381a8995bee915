"""Keeps the tasks alive: restart with back-off, a restart budget each, a watchdog fed only while all are well."""

import asyncio
import sys
import time

from micropython import const

_CHECK_MS = const(1000)  # the watchdog bites after 8 s
_BUDGET = const(5)  # restarts of one task within _BUDGET_S; one more resets the board
_BUDGET_S = const(3600)
_BACKOFF_S = (1, 5, 15, 60, 300)


class Pulse:
    """One task's heartbeat: fresh while it sleeps or rests, or if it beat within `max_age_s` of wall time."""

    def __init__(self, name, start, clock, max_age_s):
        self.name = name
        self.start = start
        self.last_error = None
        self.restarts = []  # clock times within the budget's hour
        self._clock = clock
        self._max_age_ms = max_age_s * 1000
        self.beat()

    def beat(self):
        """The task is alive and at work."""
        self._idle = False
        self._seen_ms = time.ticks_ms()

    def let_time_pass(self):
        """Lockstep time no longer waits for this task, which goes on beating."""
        self._clock.release(self.name)

    def rest(self):
        """The task waits for something to happen; nobody expects a sign of life."""
        self._idle = True
        self._clock.release(self.name)

    async def sleep_until(self, t):
        """Sleep by the clock. From then on lockstep time waits for this task, until it sleeps or rests again."""
        self._idle = True
        try:
            await self._clock.sleep_until(t, self.name)
        finally:
            self.beat()

    def fresh(self):
        """Is there reason to believe that the task lives?"""
        return self._idle or time.ticks_diff(time.ticks_ms(), self._seen_ms) <= self._max_age_ms


class Supervisor:
    """Runs coroutines `start(pulse)` for ever. Each holds the clock from its start until it sleeps or rests."""

    def __init__(self, clock, watchdog, reset):
        self._clock = clock
        self._watchdog = watchdog
        self._reset = reset
        self.pulses = []

    def add(self, name, start, max_age_s):
        """Supervise `start(pulse)`, which must beat, rest or sleep at least every `max_age_s`."""
        self.pulses.append(Pulse(name, start, self._clock, max_age_s))

    def errors(self):
        """{task: its last error} of the tasks that have failed since the start."""
        return {p.name: p.last_error for p in self.pulses if p.last_error}

    async def run(self):
        """Start everything, then feed the watchdog while all heartbeats are fresh."""
        for pulse in self.pulses:
            self._clock.hold(pulse.name)
        tasks = [asyncio.create_task(self._keep(pulse)) for pulse in self.pulses]
        self._clock.release("boot")
        try:
            while True:
                stale = [p for p in self.pulses if not p.fresh()]
                if not stale:
                    self._watchdog.feed()
                for pulse in stale:
                    pulse.last_error = "no sign of life"
                await asyncio.sleep_ms(_CHECK_MS)
        finally:
            for task in tasks:
                task.cancel()

    async def _keep(self, pulse):
        """Run one task, again and again."""
        try:
            while True:
                self._clock.hold(pulse.name)
                pulse.beat()
                try:
                    await pulse.start(pulse)
                    pulse.last_error = "ended"
                except Exception as e:  # a cancellation is none: it ends this task for good
                    sys.print_exception(e)
                    pulse.last_error = "%s: %s" % (type(e).__name__, e)
                await pulse.sleep_until(self._next_start(pulse))
        finally:
            self._clock.release(pulse.name)

    def _next_start(self, pulse):
        """When a task that has just failed may start again; resets the board if it has failed too often."""
        now = self._clock.now()
        pulse.restarts = [t for t in pulse.restarts if now - _BUDGET_S < t <= now]
        if len(pulse.restarts) == _BUDGET:
            print("supervisor: %s failed %d times within an hour: %s" % (pulse.name, _BUDGET + 1, pulse.last_error))
            self._reset()
        pulse.restarts.append(now)
        return now + _BACKOFF_S[len(pulse.restarts) - 1]
