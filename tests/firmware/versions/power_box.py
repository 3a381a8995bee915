"""Runs on MicroPython: the parts of a box that write to flash, on a littlefs in RAM, with a meter and a hub."""

# ruff: noqa: ASYNC230, UP031

import json
import os

import vfs
from nor import PROGRAM, Nor

from osb_boot import atomic, slots
from osb_boot.install import Install
from osb_box import config as config_module
from osb_box import journal, leave
from osb_box.control import Controller
from osb_box.cycle import Cycle
from osb_box.outbox import Outbox
from osb_box.points import Points

HOME = "/flash"
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
    t = 0

    def now(self):
        return self.t


class Meter:
    """The only device of this home: its counter rises by 7 Wh a poll and never stands still or goes back."""

    def __init__(self, points, wh):
        self.points, self.wh = points, wh

    async def sweep(self, now):
        self.wh += 7
        self.points.set("grid.import", self.wh, "Wh", now)

    async def apply(self, orders, now, urgent):
        return {}


class Box:
    """What a start builds from flash; `wh` is where the meter stands."""

    def __init__(self, wh, now=0):
        self.record, self.slot = slots.begin(HOME, True)
        leave.finish(HOME)
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
        self.kept = atomic.load(HOME + "/state.json")
        if self.kept:
            controller.restore(self.kept)
        points = Points(3 * POLL_S)
        self.meter = Meter(points, wh)
        self.cycle = Cycle(self.clock, points, self.meter, controller, self.outbox, HOME + "/state.json", {}, POLL_S)

    async def one_pass(self):
        self.clock.t += POLL_S
        await self.meter.sweep(self.clock.t)
        await self.cycle._stage("control", self.cycle._control(self.clock.t))
        await self.cycle._stage("offer", self.cycle._offering(self.clock.t))
        await self.cycle._stage("report", self.cycle._report(self.clock.t))
        await self.cycle._stage("learn", self.cycle._learn())

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


_mounted = []


def mount(image, **how):
    nor = Nor(image, **how)
    _mounted.append(nor)
    vfs.mount(vfs.VfsLfs2(nor, readsize=PROGRAM, progsize=PROGRAM, lookahead=32), HOME)


def unmount():
    """What was mounted, if anything is, is there no more, and its flash answers nobody (Nor.gone)."""
    try:
        vfs.umount(HOME)
    except OSError:
        pass
    while _mounted:
        _mounted.pop().gone = True


def flashed(releases):
    """Slot a as flashing leaves it."""
    os.mkdir(HOME + "/slots")
    for name in ("a.pack", "a.manifest"):
        with open(releases + "/flashed/slots/" + name, "rb") as source, open(HOME + "/slots/" + name, "wb") as copy:
            copy.write(source.read())


async def update(releases, number):
    """What osb_box.update does, from a folder instead of a server; returns the bytes that were fetched."""
    job = Install(HOME, "linux")
    place, parts = "%s/%d/" % (releases, number), releases + "/site/parts/"
    with open(place + "manifest.sig", "rb") as f:
        signed = f.read()
    with open(place + "manifest", "rb") as source:

        async def read(most):
            return source.read(most)

        await job.manifest(read, signed)

    async def fetch(size, digest, put):
        with open(parts + digest, "rb") as f:
            while size:
                data = f.read(min(size, 512))
                size -= len(data)
                put(data)

    slot = await job.pack(fetch)
    job.activate(slot)
    return job.fetched
