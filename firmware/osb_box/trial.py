"""A version that is new, or has just crashed, shows that it is well, or is taken back. Runs only where that is open."""

import asyncio
import time

from micropython import const

from osb_box import forget, hal

_PASSES = const(3)  # of the cycle without an error
_LIMIT_MS = const(900000)
_LOOK_MS = const(1000)


class Trial:
    """With a hub it must be reached, too: a version that cannot could never be replaced from there."""

    limit_ms = _LIMIT_MS

    def __init__(self, cycle, supervisor):
        self._cycle = cycle
        self._supervisor = supervisor
        self._since = self._failures = 0

    async def run(self, pulse):
        """Watch until the version is well, or its time is over."""
        pulse.rest()
        start = time.ticks_ms()
        while True:
            await asyncio.sleep_ms(_LOOK_MS)
            ill = self._ill()
            if not ill:
                break
            if time.ticks_diff(time.ticks_ms(), start) > self.limit_ms:
                self._give_up(ill)
                start = time.ticks_ms()  # it was no trial: there is nothing to go back to
        self._keep()
        if self._cycle.updates:
            await self._cycle.updates.run(pulse)
        await asyncio.Event().wait()

    def _ill(self):
        """What is still amiss, or None: passes count from the last fault on."""
        cycle, failures = self._cycle, self._supervisor.failures()
        if cycle.errors or failures != self._failures:
            self._since, self._failures = cycle.passes, failures
        if cycle.passes < self._since + _PASSES:
            faults = dict(self._supervisor.errors())
            faults.update(cycle.errors)
            for name in faults:
                return "%s: %s" % (name, faults[name])
            return "the cycle made %d passes" % cycle.passes
        if cycle.link and not cycle.link.connected:
            return "the hub was not reached (%s)" % cycle.link.last_error
        return None

    def _keep(self):
        from osb_boot import slots

        slots.healthy(hal.port().state_dir())
        forget("osb_boot.slots", "osb_boot.atomic")

    def _give_up(self, ill):
        from osb_boot import slots

        home = hal.port().state_dir()
        record = slots.load(home)
        if record["trial"]:
            slots.take_back(record, "within %d s it was not healthy: %s" % (self.limit_ms // 1000, ill))
            record["note"] = [False, "a version was taken back"]
            slots.save(home, record)
            from osb_box.restart import restart

            restart(self._cycle.outbox)
        forget("osb_boot.slots", "osb_boot.atomic")
