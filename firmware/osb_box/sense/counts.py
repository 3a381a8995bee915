"""Pulse counts that outlive the power: one file, replaced as a whole, at most every five minutes and at a restart.

A cut loses what came since; nothing is counted twice. 105,000 rewrites of some 60 bytes a year are about 40,000 erased
blocks of a littlefs (0.38 each), which it spreads over its 200: decades on flash that stands 100,000 a block.
"""

import time

from micropython import const

from osb_boot.atomic import load, save

_EVERY_MS = const(300000)


class Counts:
    """`folder` is where `pulses` lies; each counter has a name."""

    def __init__(self, folder):
        self._path = folder + "/pulses"
        self._counters = {}
        kept = load(self._path)
        self.kept = kept if isinstance(kept, dict) else {}
        self._written = None
        self._at = time.ticks_ms()

    def add(self, name, pulses):
        self._counters[name] = pulses

    def keep(self):
        """Write if it is time, or the clock of the processor has wrapped."""
        if not 0 <= time.ticks_diff(time.ticks_ms(), self._at) < _EVERY_MS:
            self.save()

    def save(self):
        """Write now what has changed. OSError where the flash refuses: the next attempt is in five minutes."""
        self._at = time.ticks_ms()
        for name in self._counters:
            self.kept[name] = self._counters[name].total()
        self._written = save(self._path, self.kept, self._written)
