"""The power goes at each flash write of a counter's day: at most what came since the last write is lost, none twice."""

import gc
import sys
import time

import vfs

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/versions")

from nor import BLOCK, PROGRAM, Cut, Nor

from osb_box.sense.counts import Counts
from osb_box.sense.pulse import Pulses

HOME = "/flash"
BLOCKS = 10


def mount(image, **how):
    nor = Nor(image, **how)
    vfs.mount(vfs.VfsLfs2(nor, readsize=PROGRAM, progsize=PROGRAM, lookahead=32), HOME)
    return nor


def start():
    """What a start makes of what it finds: (Counts, Pulses)."""
    counts = Counts(HOME)
    pulses = Pulses(1000, counts.kept.get("s0"))
    counts.add("s0", pulses)
    return counts, pulses


def day(saved):
    """48 half hours of a meter that gives 37 pulses each; `saved` is told what a finished write holds."""
    counts, pulses = start()
    for i in range(1, 49):
        pulses.look(37 * i, 1800000 * i)
        counts.save()
        saved(pulses.energy_wh())


def test_a_day_cut_at_each_of_its_writes():
    blank = bytearray(b"\xff" * (BLOCKS * BLOCK))
    vfs.VfsLfs2.mkfs(Nor(blank), readsize=PROGRAM, progsize=PROGRAM, lookahead=32)
    image = bytearray(blank)
    nor = mount(image, left=100000)
    day(lambda wh: None)
    vfs.umount(HOME)
    writes = 100000 - nor.left
    print("%d flash writes for 48 saves" % writes)
    assert writes >= 48
    for n in range(writes):
        gc.collect()
        image[:] = blank
        held = [0]
        mount(image, left=n, tear=(n * 37) & 255)
        try:
            day(held.append)
        except Cut:
            pass
        vfs.umount(HOME)
        mount(image)
        _, pulses = start()
        # of the write that was cut, either all or nothing
        assert pulses.energy_wh() in (held[-1], held[-1] + 37), (n, held[-1], pulses.energy_wh())
        vfs.umount(HOME)


def test_writes_are_five_minutes_apart():
    """The stated budget: 105,120 writes a year at most."""
    saves = []

    class Clock:
        ms = 0

        def ticks_ms(self):
            return self.ms

        def ticks_diff(self, a, b):
            return time.ticks_diff(a, b)

    from osb_box.sense import counts as module

    clock, real, write = Clock(), module.time, module.save
    module.time = clock
    module.save = lambda path, value, written: saves.append(clock.ms)
    try:
        counts = Counts("/nowhere")
        counts.add("s0", Pulses(1000))
        for ms in range(0, 3600000, 200):
            clock.ms = ms
            counts.keep()
    finally:
        module.time, module.save = real, write
    assert saves == [300000 * i for i in range(1, 12)]
