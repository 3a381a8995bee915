"""A year of counters through the history: what its days add up to must be what the counters went, to the watt-hour."""

from pathlib import Path
from tempfile import TemporaryDirectory

from osb_hil.budgets import on_vm

DAYS = 365
# Eight counters of 1 Wh from values like those of old meters, a look at each end of a slot, a power cut every eleven
# days and some minutes; the year has both changes of summer time. Read back as the page does.
_PROGRAM = """
import asyncio, gc, json, os
from osb_box.history import read
from osb_box.history.days import begin_of
from osb_box.ahead import Outlook
from osb_box.history.recorder import Recorder
from osb_box.points import Points
class Band:
    summer_mc = 26000
    def at(self, now):
        return 19500, 22500
ZONE = {"utc_offset_s": 3600, "dst": "eu"}
class Box:
    outlook = Outlook(())
    band, zone, home = Band(), ZONE, {"fuse_w": 40000}
START = 1767222000  # 2026-01-01 00:00 in Brussels
NAMES = ("grid.import", "grid.export", "pv.export", "battery.import", "battery.export", "ev.energy",
         "heat_pump.energy", "tank.energy")
count = [4_000_000_000, 123_456_789, 99_999_999, 7, 0, 16_777_217, 33_554_433, 1_000_000]
first = count[:]
seed = 1
async def main():
    global seed
    log, points = Recorder(FOLDER, Box), Points(1000)
    END = START + DAYS * 86400
    for t in range(START, END + 1, 900):
        for i in range(8):
            points.set(NAMES[i], count[i], "Wh", t)
        points.set("room.temp", 20500, "mC", t)
        await log.look(t, points)
        for i in range(8):
            seed = (seed * 1103515245 + 12345) & 0x7fffffff
            if t < END:
                count[i] += (seed >> 8) % (1 if seed & 1024 else 9000)
        if t // 900 % 1061 == 0:
            log = Recorder(FOLDER, Box)
        if t // 900 % 16 == 0:
            gc.collect()
    told = [0] * 8
    for piece in (read.by_day(log, 0, log.closed + 1), read.slots(log, begin_of(log.closed + 1, ZONE), END)):
        table = json.loads("".join(piece))
        at = table["columns"].index("import_wh")
        for row in table["rows"]:
            for i in range(8):
                told[i] += row[at + i] or 0
    print(json.dumps([sum(count) - sum(first), max(abs(told[i] - count[i] + first[i]) for i in range(8))]))
asyncio.run(main())
"""


def measure(firmware: Path, days: int = DAYS) -> dict[str, float]:
    """Energy that flowed in a year [Wh], and by how much the worst of eight sums of its days is off [Wh]."""
    with TemporaryDirectory() as folder:
        program = f"DAYS = {days}\nFOLDER = {folder!r}\n{_PROGRAM}"
        flowed, off = on_vm.told(firmware, program, "1M", "the history of the bench")
    return {"energy of a year [Wh]": flowed, "energy of a year: worst counter off by [Wh]": off}
