"""Runs on MicroPython: a day's work on flash, recorded write by write, and the same day cut short at each of them.

Arguments: folder with signed releases, seed, step (1: every write). Prints one line of JSON.
"""

# ruff: noqa: ASYNC230, UP031

import asyncio
import gc
import json
import os
import random
import sys

import vfs
from nor import BLOCK, PROGRAM, Cut, Nor, torn, whole

from osb_boot import slots
from osb_boot.files import sound
from osb_boot.install import Install
from osb_box import config as config_module
from osb_box import journal, keep, state
from osb_box.control import Controller
from osb_box.cycle import Cycle
from osb_box.outbox import Outbox
from osb_box.points import Points

RELEASES, SEED, STEP = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
HOME = "/flash"
BLOCKS = 112
START = 1768431600
POLL_S = 60
ZONE = {"utc_offset_s": 3600, "dst": "eu"}


class Hub:
    """Stores each record once, by epoch and number, and refuses to be told two things about one."""

    def __init__(self):
        self.stored = {}

    def take(self, epoch, seq, payload):
        wh = json.loads(payload)["points"][0][1]
        known = self.stored.get((epoch, seq))
        assert known is None or known == wh, "one number, two readings"
        self.stored[(epoch, seq)] = wh


class Clock:
    t = START

    def now(self):
        return self.t


class Meter:
    """The only device of this home: its counter rises by 7 Wh a poll and never stands still or goes back."""

    def __init__(self, points, wh):
        self.points, self.wh = points, wh

    async def sweep(self, now):
        self.wh += 7
        self.points.set("grid.import", self.wh, "Wh", now)

    async def apply(self, orders, now):
        pass


class Box:
    """What a start builds from flash; `wh` is where the meter stands."""

    def __init__(self, wh, now=0):
        self.record, self.slot = slots.begin(HOME, True)
        keep.finish(HOME)
        self.config = config_module.load(HOME + "/config.json")
        try:
            os.mkdir(HOME + "/outbox")
        except OSError:
            pass
        self.floor, segments = journal.scan(HOME + "/outbox")
        self.clock = Clock()
        self.clock.t = max(now, self.floor)
        self.epoch = journal.begin(HOME + "/outbox", max(self.clock.now(), self.floor + 1))
        self.outbox = Outbox(HOME + "/outbox", 65536, 0, self.epoch, segments)
        controller = Controller(self.config["home"], ZONE)
        self.kept = state.load(HOME + "/state.json")
        if self.kept:
            controller.restore(self.kept)
        points = Points(3 * POLL_S)
        self.meter = Meter(points, wh)
        self.cycle = Cycle(self.clock, points, self.meter, controller, self.outbox, HOME + "/state.json", {}, POLL_S)

    async def one_pass(self):
        self.clock.t += POLL_S
        await self.meter.sweep(self.clock.t)
        await self.cycle._stage("control", self.cycle._control(self.clock.t))
        await self.cycle._stage("report", self.cycle._report(self.clock.t))

    def deliver(self, hub, stored=None):
        """All that is pending goes to the hub; it tells the box of each that it has `stored`, if that is given."""
        while True:
            message = self.outbox.next_message()
            if message is None:
                return
            hub.take(*message)
            if stored:
                stored(message[:2], hub.stored[message[:2]])
                self.outbox.ack(*message[:2])


def mount(image, **how):
    nor = Nor(image, **how)
    vfs.mount(vfs.VfsLfs2(nor, readsize=PROGRAM, progsize=PROGRAM, lookahead=32), HOME)
    return nor


async def update(number):
    """What osb_box.update does, from a folder instead of a server."""
    job = Install(HOME, "linux")
    place = "%s/%d/" % (RELEASES, number)
    with open(place + "manifest.sig", "rb") as f:
        signed = f.read()
    with open(place + "manifest", "rb") as source:

        async def read(most):
            return source.read(most)

        await job.manifest(read, signed)

    async def fetch(_path, size, digest, put):
        with open(place + "files/" + digest, "rb") as f:
            while size:
                data = f.read(min(size, 512))
                size -= len(data)
                put(data)

    slot = await job.files(fetch)
    job.activate(slot)


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
        vfs.umount(HOME)
        self.first = bytes(self.image)
        self.hub = Hub()

    def promise(self, kind, value):
        """From the next write on, and if the power goes now, this must hold."""
        self.promised.append((len(self.writes), kind, value))

    async def run(self):
        mount(self.image, record=self.writes)
        box = Box(1000)
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
        vfs.umount(HOME)

    def deliver(self, box):
        """The hub stores all that is pending, and the box hears of it one by one."""
        box.deliver(self.hub, stored=lambda key, wh: self.promise("stored", (key, wh)))

    async def events(self, i, box):
        """Once each in the day: a backup restored, crashes, two updates, resets on purpose."""
        if i == 200:
            copy = keep.backup(HOME)
            copy["config"]["home"]["fuse_w"] = 5750
            keep.restore(HOME, copy)
            self.promise("fuse", 5750)
        elif i in (300, 301):
            slots.note(HOME, True, "TypeError: a fault")
            return self.again(box)
        elif i == 320:
            slots.healthy(HOME)
        elif i in (500, 900):
            await update(7 if i == 500 else 8)
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
        self.held = {"release": 0, "state": False, "fuse": 9200}
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
        assert box.slot is not None
        assert box.record["floor"] >= self.held["release"]
        if box.slot:
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

    async def sound(self, slot):
        folder = slots.folder(HOME, slot)
        with open(folder + "/manifest") as f:
            f.readline()
            for line in f:
                path, size, digest = json.loads(line)
                assert await sound(folder + "/" + path, size, digest), path


async def main():
    with open(RELEASES + "/config.json") as f:
        settings = f.read()
    with open(RELEASES + "/first.key") as f:
        key = f.read().strip()
    day = Day(settings, key)
    await day.run()
    total, promised_t = len(day.writes), [p for p in day.promised if p[1] == "reading"]
    assert len(day.hub.stored) == 1440 == len(promised_t)
    image, check, cuts, again = bytearray(day.first), Check(day), 0, 0
    rng = random
    rng.seed(SEED)
    offset = rng.randrange(STEP)
    for n in range(total):
        block, at, data = day.writes[n]
        if n % STEP == offset:
            check.advance(n)
            cuts += 1
            copy = bytearray(image)
            torn(copy, block, at, data, rng.randrange(256))
            try:
                mount(copy)
                await check.boot(check.readings, check.stored)
                again += await second_cut(check, copy, rng)
            except BaseException:
                print("cut at write %d of %d: block %d" % (n, total, block))
                raise
            finally:
                try:
                    vfs.umount(HOME)
                except OSError:
                    pass
            del copy
            if cuts % 16 == 0:
                gc.collect()
        whole(image, block, at, data)
    print(json.dumps({"writes": total, "cuts": cuts, "second_cuts": again, "readings": 1440}))


async def second_cut(check, image, rng):
    """Go on, and lose the power again within the next writes; then start once more."""
    vfs.umount(HOME)
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
    vfs.umount(HOME)
    mount(image)
    await check.boot(readings, check.stored)
    return cut


asyncio.run(main())
