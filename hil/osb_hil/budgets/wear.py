"""How long the flash of a Pico W lasts: days of a box's own writing on a littlefs in RAM, erasures counted by block."""

from pathlib import Path

from osb_hil import boards
from osb_hil.budgets import on_vm
from osb_hil.flash import settings

ERASURES = 100_000  # that a sector of a W25Q16JV takes (datasheet, "Features")
_DAYS = 30  # littlefs moves what is written most after a hundred erasures, which is days: fewer say nothing of years
# On the VM, against the compiled firmware, with the settings of a box that flash.sh has just made; points of nine
# devices, a hub that acknowledges every reading or none, what was learned kept each slot, the history written.
_PROGRAM = """
import asyncio, gc, json, os, vfs
class Nor:
    def __init__(self, image, counts):
        self.image, self.counts = image, counts
    def readblocks(self, block, buf, offset=0):
        at = block * 4096 + offset
        buf[:] = self.image[at : at + len(buf)]
    def writeblocks(self, block, buf, offset=0):
        at = block * 4096 + offset
        self.image[at : at + len(buf)] = buf
    def ioctl(self, what, block):
        if what == 4:
            return len(self.image) // 4096
        if what == 5:
            return 4096
        if what == 6:
            self.counts[block] += 1
            self.image[block * 4096 : (block + 1) * 4096] = b"\\xff" * 4096
        return 0
BLOCKS = 212
FILES = (216000, 216000) + (3000,) * 14  # about what a box with two versions holds, and never writes
counts = [0] * BLOCKS
image = bytearray(b"\\xff" * (BLOCKS * 4096))
nor = Nor(image, counts)
vfs.VfsLfs2.mkfs(nor, readsize=256, progsize=256, lookahead=32)
vfs.mount(vfs.VfsLfs2(nor, readsize=256, progsize=256, lookahead=32), "/flash")
for i, size in enumerate(FILES):
    with open("/flash/file%d" % i, "wb") as f:
        f.write(b"x" * size)
from osb_boot import atomic
from osb_box.ahead import Outlook
from osb_box.history.recorder import Recorder
from osb_box.outbox import Outbox
from osb_box.points import Points
class Band:
    summer_mc = 26000
    def at(self, now):
        return 19500, 22500
class Box:
    outlook = Outlook(())
    band, zone, home = Band(), {"utc_offset_s": 3600, "dst": "eu"}, {"fuse_w": 17000}
os.mkdir("/flash/outbox")
os.mkdir("/flash/history")
START = 1768431600
outbox = Outbox("/flash/outbox", OUTBOX_BYTES, FLUSH_S, START, [])
points = Points(3 * POLL_S)
recorder = Recorder("/flash/history", Box)
NAMES = ("grid.power", "grid.import", "grid.export", "pv.power", "pv.export", "heat_pump.power", "heat_pump.energy",
         "tank.power", "tank.energy", "ev.power", "ev.energy", "ev.state", "battery.power", "battery.import",
         "battery.export", "battery.soc", "room.temp", "tank.temp")
for i in range(BLOCKS):
    counts[i] = 0
saved = None
async def main():
    global saved
    for t in range(START, START + DAYS * 86400, POLL_S):
        n = (t - START) // POLL_S
        for i, name in enumerate(NAMES):
            energy = name.split(".")[1] in ("import", "export", "energy")
            points.set(name, 1000000 + n * (i + 1) if energy else 1500 + (n * 7919 + i * 31) % 900,
                       "Wh" if energy else "W", t)
        outbox.append(t, [points.row(name, t) for name in points.names() if name[:5] != "room."])
        if HUB:
            outbox.ack(START, outbox.messages)
        if t % 900 == 0:
            learned = {"loads": [(n * k) % 4000 for k in range(96)], "t": t}
            saved = atomic.save("/flash/state.json", learned, saved)
        await recorder.look(t, points)
        if n % 50 == 0:
            gc.collect()
asyncio.run(main())
print(json.dumps({"erases": sum(counts), "hottest": max(counts), "blocks": BLOCKS}))
"""


def measure(firmware: Path, hub: bool) -> dict[str, float]:
    """Erasures a day, in all and of the hottest block, and the years that lasts; without a hub all is journaled."""
    first = settings.first("pico_w", boards.load("pico_w"))
    given = {"DAYS": _DAYS, "HUB": hub, "POLL_S": first["poll_s"]}
    given |= {"FLUSH_S": first["journal_flush_s"], "OUTBOX_BYTES": first["outbox_max_bytes"]}
    program = "".join(f"{name} = {value!r}\n" for name, value in given.items()) + _PROGRAM
    told = on_vm.told(firmware, program, "4M", "the flash of the bench")
    a_day = told["hottest"] / _DAYS
    return {
        "erases a day": told["erases"] / _DAYS,
        "erases a day of the hottest block": a_day,
        "years of the hottest block": ERASURES / a_day / 365,
    }
