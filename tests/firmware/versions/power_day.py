"""Runs on MicroPython: a day's work on flash, recorded write by write, and the same day cut short at each of them.

Arguments: folder with signed releases, seed, step (1: every write). Prints one line of JSON.
"""

# ruff: noqa: ASYNC230, UP031

import asyncio
import gc
import json
import random
import sys

import vfs
from nor import BLOCK, PROGRAM, Cut, Nor, torn, whole
from power_box import HOME, Box, Hub, flashed, mount, unmount, update

from osb_boot import atomic, slots
from osb_boot import mount as mounting
from osb_boot.files import sound
from osb_box.web import backup, restore

RELEASES, SEED, STEP = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
BLOCKS = 112
START = 1768431600  # the first pass opens a slot, which is when what was learned is kept


class Day:
    """The day as it would be without a cut, and what was promised after how many writes."""

    def __init__(self, settings, key):
        self.writes, self.promised, self.settings = [], [], [settings]
        self.image = bytearray(b"\xff" * (BLOCKS * BLOCK))
        vfs.VfsLfs2.mkfs(Nor(self.image), readsize=PROGRAM, progsize=PROGRAM, lookahead=32)
        mount(self.image)
        with open(HOME + "/config.json", "w") as f:
            f.write(settings)
        with open(HOME + "/update.key", "w") as f:
            f.write(key)
        flashed(RELEASES)
        unmount()
        self.first = bytes(self.image)
        self.hub = Hub()

    def promise(self, kind, value):
        """From the next write on, and if the power goes now, this must hold."""
        self.promised.append((len(self.writes), kind, value))

    async def run(self):
        mount(self.image, record=self.writes)
        box = Box(1000, START)
        rng = random
        rng.seed(SEED)
        link = True
        for i in range(1, 1441):
            await box.one_pass()
            self.promise("reading", (box.epoch, box.outbox._seq, box.meter.wh))
            if i % 240 == 0:
                link = not link or i % 480 == 0
            if link and (i % 3 == 0 or rng.randrange(4) == 0):
                self.deliver(box)
            if i % 15 == 1:
                self.promise("state", True)
            box = await self.events(i, box)
        self.deliver(box)
        unmount()

    def deliver(self, box):
        """The hub stores all that is pending, and the box hears of it one by one."""
        box.deliver(self.hub, stored=lambda key, wh: self.promise("stored", (key, wh)))

    async def events(self, i, box):
        """Once each in the day: a backup restored, crashes, two updates, resets on purpose."""
        if i == 200:
            copy = json.loads("".join(backup.backup(HOME, atomic.load)))
            copy["config"]["home"]["fuse_w"] = 5750
            restore.restore(HOME, copy)
            self.promise("fuse", 5750)
        elif i in (300, 301):
            slots.note(HOME, True, "TypeError: a fault")
            return self.again(box)
        elif i == 320:
            slots.healthy(HOME)
        elif i in (500, 900):
            number = 7 if i == 500 else 8
            self.promise("updating", number)
            await update(RELEASES, number)
            self.promise("updating", 0)
            return self.again(box)
        elif i in (540, 940):
            slots.healthy(HOME)
            self.promise("release", 7 if i == 540 else 8)
        elif i == 1200:
            return self.again(box)
        return box

    def again(self, box):
        """A restart on purpose."""
        return Box(box.meter.wh, box.clock.t)


class Check:
    def __init__(self, day):
        self.day = day
        self.held = {"release": 0, "state": False, "fuse": 9200, "updating": 0}
        self.readings = {}  # (epoch, seq) -> Wh, whose append had returned
        self.stored = {}  # the same, of those that the hub had
        self.next = 0

    def advance(self, n):
        """What was promised when write `n` was cut."""
        promised = self.day.promised
        while self.next < len(promised) and promised[self.next][0] <= n:
            _, kind, value = promised[self.next]
            self.next += 1
            if kind == "reading":
                self.readings[value[:2]] = value[2]
            elif kind == "stored":
                self.stored[value[0]] = value[1]
            else:
                self.held[kind] = value

    async def boot(self, readings, stored):
        """Start on what the cut has left: everything promised is there."""
        box = Box(9000000)
        assert box.config["home"]["fuse_w"] in (self.held["fuse"], 5750)
        assert box.config["web"]["token"] == "letmein"
        assert box.kept or not self.held["state"], "what was learned is gone"
        assert box.record["floor"] >= self.held["release"]
        await self.sound(box.slot)
        hub = Hub()
        box.deliver(hub)
        for key, wh in hub.stored.items():
            assert stored.get(key, wh) == wh, "one number, two readings"
        for key, wh in readings.items():
            assert wh == stored.get(key, hub.stored.get(key)), "reading %d of %d is lost" % (key[1], key[0])
        assert not [key for key in readings if key[0] == box.epoch], "an epoch is used twice"
        known = {}
        for source in (stored, hub.stored):
            for key, wh in source.items():
                assert known.setdefault(wh, key) == key, "energy is counted twice"

    async def update_again(self):
        """The power is back, and so is the update: what of it was on flash is not fetched again. Bytes that were."""
        if slots.load(HOME)["trial"]:  # it had come to its end
            return None
        fetched = await update(RELEASES, self.held["updating"])
        await self.sound(slots.load(HOME)["trial"]["slot"])
        return fetched

    async def sound(self, slot):
        path = slots.path(HOME, slot, "pack")
        with open(slots.path(HOME, slot, "manifest")) as f:
            head = json.loads(f.readline())
        assert await sound(path, head["bytes"], head["sha256"]), slot
        mounting.checked(path)


async def main():
    with open(RELEASES + "/config.json") as f:
        settings = f.read()
    with open(RELEASES + "/first.key") as f:
        key = f.read().strip()
    day = Day(settings, key)
    await day.run()
    total, promised_t = len(day.writes), [p for p in day.promised if p[1] == "reading"]
    assert len(day.hub.stored) == 1440 == len(promised_t)
    image, check, cuts, again, fetched = bytearray(day.first), Check(day), 0, 0, []
    rng = random
    rng.seed(SEED)
    offset = rng.randrange(STEP)
    for n in range(total):
        block, at, data = day.writes[n]
        check.advance(n)
        step = min(STEP, 5) if check.held["updating"] else STEP  # few writes, and all of them matter
        if n % step == offset % step:
            cuts += 1
            copy = bytearray(image)
            torn(copy, block, at, data, rng.randrange(256))
            try:
                mount(copy)
                await check.boot(check.readings, check.stored)
                again += await second_cut(check, copy, rng)
                if check.held["updating"]:
                    fetched.append(await check.update_again())
            except BaseException:
                print("cut at write %d of %d: block %d" % (n, total, block))
                raise
            finally:
                unmount()
            del copy
            if cuts % 16 == 0:
                gc.collect()
        whole(image, block, at, data)
    print(
        json.dumps(
            {
                "writes": total,
                "cuts": cuts,
                "second_cuts": again,
                "readings": 1440,
                "updates": len(fetched),
                "fetched": sum([n for n in fetched if n]),
            }
        )
    )


async def second_cut(check, image, rng):
    """Go on, and lose the power again within the next writes; then start once more."""
    unmount()
    readings = dict(check.readings)
    mount(image, left=rng.randrange(16), tear=rng.randrange(256))
    cut = 0
    try:
        box = Box(9000000)
        for _ in range(6):
            await box.one_pass()
            readings[(box.epoch, box.outbox._seq)] = box.meter.wh
    except Cut:
        cut = 1
    box = None
    unmount()
    mount(image)
    await check.boot(readings, check.stored)
    return cut


asyncio.run(main())
