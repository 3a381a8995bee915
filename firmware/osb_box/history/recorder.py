"""Looks on at every pass, and lets `record` write down what a slot brought. Little stays in memory."""

import asyncio
import gc

from osb_box import forget, loaded, rested
from osb_box.clock import slot_start

_NEEDED = ("files", "append", "days", "record")


class Recorder:
    """`folder` is where the files are; `box` is the Controller."""

    end = None  # of what is recorded [Unix s]; None before the first look
    counted = None  # counters [Wh] as far as they are in the rows, None where they were never seen
    silent = None  # for how many slots before `end` nobody has known each counter
    rows = b""  # of the slots before `end` that are not on flash yet
    slots_file = days_file = closed = 0  # files that may grow, and the day closed last
    room = seen = outside_s = 0  # sum of temperatures [mC], how many, and time outside the band, of this slot
    _looked = 0

    def __init__(self, folder, box):
        self.folder = folder
        self.box = box
        self.zone = box.zone

    async def look(self, now, points):
        """Once a pass. OSError if the flash refuses."""
        self._feel(now, points.value("room.temp", now), self.box.band)
        slot = slot_start(now)
        if self.end is None or slot > self.end:
            try:
                await rested(loaded("osb_boot.", "atomic"))
                tariff = await rested(loaded("osb_box.ahead.", "tariff"))
                record = await rested(loaded("osb_box.history.", *_NEEDED))
                gc.collect()  # and not in the midst of what follows, which takes its time, too
                await asyncio.sleep_ms(0)
                await record.close(self, slot, now, points, tariff)
            finally:
                record = tariff = None
                forget("osb_boot.atomic", "osb_box.ahead.tariff", *["osb_box.history." + name for name in _NEEDED])
            self.room = self.seen = self.outside_s = 0

    def _feel(self, now, mc, band):
        if mc is not None:
            low, high = band.at(now)
            if self._looked and not low <= mc <= max(high, band.summer_mc):
                self.outside_s += min(900, max(0, now - self._looked))
            self.room += mc
            self.seen += 1
        self._looked = now
