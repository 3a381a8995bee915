"""New settings show that the box works with them, or are taken back. Runs only where some are on trial."""

import asyncio
import time

from micropython import const

from osb_box import forget, hal
from osb_box.health import Health

_LIMIT_MS = const(600000)
_LOOK_MS = const(500)


class SettingsTrial:
    """A meter that is silent is no fault of the box; a stage of the cycle that fails is."""

    limit_ms = _LIMIT_MS

    def __init__(self, cycle, supervisor):
        self._cycle = cycle
        self._health = Health(cycle, supervisor)

    async def run(self, pulse):
        pulse.rest()
        start = time.ticks_ms()
        while True:
            await asyncio.sleep_ms(_LOOK_MS)
            ill = self._health.ill()
            if not ill:
                break
            if time.ticks_diff(time.ticks_ms(), start) > self.limit_ms:
                self._give_up(ill)
        from osb_box.setup import settings

        settings.settled(hal.port().state_dir())
        pulse.start = None
        forget("osb_box.setup.settings", "osb_box.setup.trial", "osb_box.health", "osb_boot.atomic")

    def _give_up(self, ill):
        from osb_box.setup import settings

        settings.take_back(hal.port().state_dir(), "within %d s it did not work: %s" % (self.limit_ms // 1000, ill))
        from osb_box.restart import restart

        restart(self._cycle.outbox, "settings were taken back")
