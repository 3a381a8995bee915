"""A version that is new, or has just crashed, shows that it is well, or is taken back. Runs only where that is open."""

import asyncio
import time

from micropython import const

from osb_box import forget, hal
from osb_box.health import Health

_LIMIT_MS = const(900000)
_HUB_LIMIT_MS = const(86400000)  # a hub may be down for a while, which is not the version's fault
_LOOK_MS = const(1000)


def _slots():
    """The module of the two slots, for one use, and where they are."""
    from osb_boot import slots

    forget("osb_boot.slots", "osb_boot.atomic")
    return slots, hal.port().state_dir()


class Trial:
    """A new version must reach the hub, too, where there is one: else it could never be replaced from there."""

    limit_ms = _LIMIT_MS
    hub_limit_ms = _HUB_LIMIT_MS

    def __init__(self, cycle, supervisor):
        self._cycle = cycle
        self._health = Health(cycle, supervisor)

    async def run(self, pulse):
        """Watch until the version is well, or its time is over."""
        pulse.rest()
        start = time.ticks_ms()
        slots, home = _slots()
        new = slots.load(home)["trial"]
        slots = None
        while True:
            await asyncio.sleep_ms(_LOOK_MS)
            ill, limit_ms = self._health.ill(), self.limit_ms
            if not ill and new:
                ill, limit_ms = self._no_hub(), self.hub_limit_ms
            if not ill:
                break
            if time.ticks_diff(time.ticks_ms(), start) > limit_ms:
                if new:
                    self._give_up("within %d s it was not healthy: %s" % (limit_ms // 1000, ill))
                start = time.ticks_ms()  # it was no trial: there is nothing to go back to
        slots, home = _slots()
        slots.healthy(home)
        updates = self._cycle.updates
        pulse.start = updates.run if updates else None
        forget("osb_box.trial", "osb_box.health")

    def _no_hub(self):
        link = self._cycle.link
        return "the hub was not reached (%s)" % link.last_error if link and not link.connected else None

    def _give_up(self, why):
        slots, home = _slots()
        record = slots.load(home)
        slots.take_back(record, why)
        slots.save(home, record)
        from osb_box.restart import restart

        restart(self._cycle.outbox, "a version was taken back")
