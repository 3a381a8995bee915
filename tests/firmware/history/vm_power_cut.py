"""The power is cut at every single write to the flash: no Wh is lost and none is counted twice."""

import gc

import vfs

from osb_box.ahead import Outlook
from osb_box.comfort.band import Band
from osb_box.history import days, files, recorder
from osb_box.history.recorder import Recorder
from osb_box.points import Points

recorder.forget = lambda *names: None  # from its source each module would be compiled once a slot
BLOCK = 4096
EIO = -5
NIGHT = 1768510800  # 2026-01-15 22:00 in Brussels
ZONE = {"utc_offset_s": 3600, "dst": "eu"}
BAND = Band(
    {"min_mc": 19500, "max_mc": 22500, "night_min_mc": 17500, "night": ["23:00", "06:00"], "setpoint_mc": 20500}, ZONE
)


class Box:
    outlook = Outlook(())
    band, zone, home = BAND, ZONE, {"fuse_w": 9200}


class Flash:
    """Blocks in memory. With the last of `left` writes and erases the power goes: that one is done in half."""

    def __init__(self, blocks):
        self.data = bytearray(blocks * BLOCK)
        self.left = None
        self.gone = self.erases = 0

    def _spend(self):
        """How much of this write or erase is done: nothing (0), half (1) or all of it (2)."""
        if self.left is None:
            return 2
        self.left -= self.left > 0
        self.gone += self.left == 0
        return 2 if self.left else self.gone == 1

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        try:
            buffer[:] = memoryview(self.data)[at : at + len(buffer)]
        except MemoryError:
            return EIO  # a file that could not be closed, collected as garbage
        return 0

    def writeblocks(self, block, buffer, offset=0):
        done = self._spend()
        if done:
            at = block * BLOCK + offset
            size = len(buffer) * done // 2
            self.data[at : at + size] = memoryview(buffer)[:size]
        return 0 if done == 2 else EIO

    def ioctl(self, what, block):
        if what == 4:
            return len(self.data) // BLOCK
        if what == 5:
            return BLOCK
        if what == 6:
            done = self._spend()
            if done:
                self.erases += 1
                at = block * BLOCK
                size = BLOCK * done // 2
                self.data[at : at + size] = b"\xff" * size
            return 0 if done == 2 else EIO
        return 0


async def passes(flash, counter, t, end):
    """Passes every quarter of an hour with 100 Wh each until `end` or the cut; returns (counter, t, was it cut?)."""
    vfs.mount(vfs.VfsLfs2(flash, progsize=256, readsize=256, lookahead=32), "/flash")
    try:
        log = Recorder("/flash", Box)
        points = Points(180)
        while t <= end:
            counter += 100
            points.set("grid.import", counter, "Wh", t)
            await log.look(t, points)
            t += 900
    except OSError:
        assert flash.left == 0
    finally:
        gc.collect()  # files that the cut left open
        cut, flash.left, flash.gone = flash.gone, None, 0
        vfs.umount("/flash")
    return counter, t + 900, cut


def recorded(flash, first):
    """(sum of the slots' import, seconds they cover without a hole, {day: import}) on flash."""
    vfs.mount(vfs.VfsLfs2(flash, progsize=256, readsize=256, lookahead=32), "/flash")
    wh, end, by_day = 0, first, {}
    for begin in files.names("/flash", ".slt"):
        for start, each, rows in files.batches("/flash", begin):
            assert start == end, (start, end)
            for row in files.unpack(rows):
                wh += row[0] if row[0] != 0xFFFF else 0
                end += each
    for begin in files.names("/flash", ".day"):
        for day, values in files.days("/flash", begin):
            assert day not in by_day
            by_day[day] = values[0]
    vfs.umount("/flash")
    return wh, end - first, by_day


async def test_a_cut_at_every_write_of_a_day():
    flash = Flash(10)
    vfs.VfsLfs2.mkfs(flash, progsize=256, readsize=256, lookahead=32)
    counter, t, _ = await passes(flash, 1000, NIGHT, NIGHT + 2 * 3600 - 900)
    begun = bytes(flash.data)
    cuts = 0
    while True:
        flash.data[:] = begun
        flash.left = cuts + 1
        cut_counter, cut_t, cut = await passes(flash, counter, t - 900, NIGHT + 24 * 3600)
        if not cut:
            break
        cuts += 1
        # the power comes back, and the box runs to a full hour beyond the next midnight
        await passes(flash, cut_counter, cut_t, NIGHT + 27 * 3600)
        wh, span, by_day = recorded(flash, NIGHT)
        assert span > 26 * 3600, (cuts, span)
        assert wh == span // 9, (cuts, wh, span)  # 100 Wh in each slot
        day = days.day_of(NIGHT, ZONE)
        assert sorted(by_day) == [day, day + 1], (cuts, by_day)
        gc.collect()
    assert cuts > 50, cuts


async def test_an_append_an_hour_costs_few_erases():
    flash = Flash(10)
    vfs.VfsLfs2.mkfs(flash, progsize=256, readsize=256, lookahead=32)
    await passes(flash, 0, NIGHT, NIGHT + 86400)
    before = flash.erases
    await passes(flash, 9600, NIGHT + 86400 + 900, NIGHT + 3 * 86400 + 900)
    assert flash.erases - before <= 2 * 40
