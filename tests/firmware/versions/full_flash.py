"""Runs on MicroPython: a flash of so many blocks holds all a box ever puts there, and takes an update all the same.

Arguments: folder with a flashed version and signed releases, blocks, bound of the outbox. Prints one line of JSON:
blocks taken by a version as it is flashed, by two with settings, with history, with the outbox, and the fewest free.
"""

# ruff: noqa: ASYNC230

import asyncio
import json
import os
import sys

import vfs
from nor import BLOCK, PROGRAM, Nor
from power_box import HOME, mount, update

from osb_boot import slots
from osb_box import journal
from osb_box.history import append, files
from osb_box.outbox import Outbox

FOLDER, BLOCKS, OUTBOX = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
T = 1768431600
SMALL = {  # bytes of what else there is at most
    "config.json": 4000,
    "config.old": 4000,
    "config.try": 200,
    "state.json": 4000,
    "ledger.json": 4000,
    "hub.der": 1500,
    "since.json": 200,
    "pulses": 200,
    "wifi.json": 200,
    "board.json": 700,
    "pins.json": 40,
}
ROWS = [["heat_pump.energy", 1000000 + i, "Wh", 0] for i in range(15)]  # of nine devices: some 600 bytes


def free():
    return os.statvfs(HOME)[3]


def copy(source, target):
    for entry in os.ilistdir(source):
        path = source + "/" + entry[0]
        if entry[1] & 0x4000:
            os.mkdir(target + "/" + entry[0])
            copy(path, target + "/" + entry[0])
        else:
            with open(path, "rb") as one, open(target + "/" + entry[0], "wb") as other:
                other.write(one.read())


def history():
    os.mkdir(HOME + "/history")
    begin = 0
    for i in range(1200):  # four slots each: more than the ring holds
        begin = append.slots(HOME + "/history", begin, T + 3600 * i, 1, bytes(80))
    begin = 0
    for day in range(20000, 21000):
        begin = append.day(HOME + "/history", begin, day, files.DAY_UNKNOWN)
    with open(HOME + "/history/base.json", "w") as f:
        f.write("x" * 120)


def outbox(starts, records):
    """A hub that is away; each record in a slot of its own, so that none is spared. Returns the fewest free blocks."""
    folder, least, t = HOME + "/outbox", BLOCKS, T
    for _ in range(starts):
        floor, segments = journal.scan(folder)
        box = Outbox(folder, OUTBOX, 0, journal.begin(folder, max(t, floor + 1)), segments)
        for _ in range(records):
            t += 900
            box.append(t, ROWS)
            least = min(least, free())
        box._file.close()  # as the loss of power does
    assert box.dropped, "it is not full"
    return least


async def main():
    image = bytearray(b"\xff" * (BLOCKS * BLOCK))
    vfs.VfsLfs2.mkfs(Nor(image), readsize=PROGRAM, progsize=PROGRAM, lookahead=32)
    mount(image)
    copy(FOLDER + "/flashed", HOME)
    told = {"flashed": BLOCKS - free()}
    for name in SMALL:
        with open(HOME + "/" + name, "wb") as f:
            f.write(b"x" * SMALL[name])
    with open(FOLDER + "/first.key", "rb") as key, open(HOME + "/update.key", "wb") as f:
        f.write(key.read())
    await update(FOLDER, 7)
    slots.healthy(HOME)
    told["versions"] = BLOCKS - free()
    history()
    told["history"] = BLOCKS - free()
    os.mkdir(HOME + "/outbox")
    least = outbox(1, 2 * OUTBOX // 600)
    told["outbox"] = BLOCKS - least
    least = min(least, outbox(60, 4))  # a home with a bad supply: each start begins a file
    await update(FOLDER, 8)
    least = min(least, free())
    slots.healthy(HOME)
    state = slots.state(HOME)
    print(json.dumps(dict(told, least=least, release=state["release"], previous=state["previous"])))


asyncio.run(main())
