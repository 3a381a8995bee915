"""New settings show that the box works with them, or are taken back. Runs only where some are on trial."""

import asyncio
import time

from micropython import const

from osb_box import forget, hal

_PASSES = const(3)  # of the cycle without an error
_LIMIT_MS = const(600000)
_LOOK_MS = const(500)


class SettingsTrial:
    """A meter that is silent is no fault of the box; a stage of the cycle that fails is."""

    limit_ms = _LIMIT_MS

    def __init__(self, cycle, supervisor):
        self._cycle = cycle
        self._supervisor = supervisor

    async def run(self, pulse):
        pulse.rest()
        start = time.ticks_ms()
        since = self._cycle.passes
        while self._cycle.passes < since + _PASSES:
            await asyncio.sleep_ms(_LOOK_MS)
            faults = dict(self._supervisor.errors())
            faults.update(self._cycle.errors)
            if faults:
                since = self._cycle.passes
            if time.ticks_diff(time.ticks_ms(), start) > self.limit_ms:
                self._give_up(faults)
        from osb_box.setup import settings

        settings.settled(hal.port().state_dir())
        settings = None
        forget("osb_box.setup.settings", "osb_box.setup.trial", "osb_boot.atomic")
        await asyncio.Event().wait()

    def _give_up(self, faults):
        from osb_box.setup import settings

        why = ", ".join(["%s: %s" % fault for fault in faults.items()]) or "the box was too slow"
        settings.take_back(hal.port().state_dir(), "within %d s it did not work: %s" % (self.limit_ms // 1000, why))
        from osb_box.restart import restart

        restart(self._cycle.outbox)
