"""What takes thought: a control tick, a plan of the box's own, a signature, on the VM and on the emulated chip.

The same program runs on both against the compiled firmware. The chip counts emulated milliseconds; the VM counts its
processor time and divides it by that of a CRC whose time on an RP2040 is known.
"""

import json
from pathlib import Path
from typing import Any

from osb_hil.budgets import on_vm
from osb_hil.budgets.fullest import HOME
from osb_hil.budgets.ticking import CLOCK
from osb_hil.firmware import spelled
from osb_hil.targets.pico import EmulatedTarget

CRC_MS = 4.0  # the box's CRC-16 of 255 B on the emulated Pico (MicroPython 1.28, 125 MHz)
_MIDNIGHT = 1768431600  # 2026-01-15 00:00 in Brussels
_NOT_NEEDED = ("boot.py", "main.py", "osb_box/web/", "osb_box/setup/", "osb_box/devices/profiles/")  # or it is full
_RUNS_VM = 5  # the machine has others to serve: the least of some runs is what it takes
_PEAK = {"peak_eur_kw_year": 48}  # as Flanders has it
_MEASURED = {
    "grid.power": 500,
    "room.temp": 20500,
    "tank.temp": 50000,
    "battery.soc": 420,
    "ev.state": 1,
    "ev.energy": 90000,
    "outdoor.temp": 2000,
}
_PROGRAM = """
import gc, json, sys
from osb_box.bus import crc16
from osb_box.control import Controller
from osb_box.points import Points
told = {"MHz": 0}
if sys.platform == "rp2":
    import machine
    told["MHz"] = machine.freq() // 1000000
told["crc"] = [timed(crc16, bytes(range(255))) for _ in range(RUNS)]
ZONE = {"utc_offset_s": 3600, "dst": "eu"}
def plan(box, points):
    took = []
    work = box.ahead(MIDNIGHT, points)
    try:
        while True:
            took.append(timed(next, work))
    except StopIteration:
        return took
for name, home in HOMES:
    box = Controller(home, ZONE)
    points = Points(180)
    for point, value in MEASURED:
        points.set(point, value, "1", MIDNIGHT)
    box.step(MIDNIGHT, points)
    gc.collect()
    told["tick " + name] = [timed(box.step, MIDNIGHT, points) for _ in range(RUNS)]
    told[name] = []
    for _ in range(RUNS):
        box.outlook.anew = True
        gc.collect()
        told[name].append(plan(box, points))
    assert box.desk.own
    if "end" not in told:
        for point, value in MEASURED:
            points.set(point, value, "1", MIDNIGHT + 900)
        box.step(MIDNIGHT + 840, points)
        gc.collect()
        told["end"] = [timed(box.step, MIDNIGHT + 900, points)]
    del box
    gc.collect()
from osb_boot import signature
n = (1 << 3071) | 987654321 << 2000 | 1
check = signature.check(n, bytes(32), b"\\x7f" * 384)
took = []
try:
    while True:
        took.append(timed(next, check))
except StopIteration:
    told["signature"] = took
print(json.dumps(told))
"""


def program(runs: int) -> str:
    """The program with its homes and numbers before it."""
    homes = [("plan", HOME), ("plan with a peak price", {**HOME, "tariff": HOME["tariff"] | _PEAK})]
    given = {"MIDNIGHT": _MIDNIGHT, "RUNS": runs, "HOMES": homes, "MEASURED": list(_MEASURED.items())}
    return "".join(f"{name} = {value!r}\n" for name, value in given.items()) + CLOCK + _PROGRAM


def by_crc(firmware: Path) -> dict[str, float]:
    """Milliseconds of an RP2040, reckoned from this machine's processor time by the CRC of the same run."""
    return figures(on_vm.told(firmware, program(_RUNS_VM), "1M", "the work of a box"), CRC_MS)


async def on_chip(target: EmulatedTarget, firmware: Path) -> dict[str, float]:
    """Emulated milliseconds, from the prompt of a board that runs no box."""
    target.write(_modules(firmware))
    try:
        said = await target.run(spelled(program(1), firmware), 60)
    finally:
        await target.stop()
    try:
        told = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        raise RuntimeError(f"the work of a box: {said}") from None
    return figures(told, None)


def _modules(firmware: Path) -> dict[str, bytes]:
    """What a prompt can import."""
    found = {str(path.relative_to(firmware)): path for path in firmware.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(_NOT_NEEDED)}


def figures(told: dict[str, Any], crc_ms: float | None) -> dict[str, float]:
    """Times [ms] of what the program told [us]; by the CRC where its time in ms is given, else as they are."""
    scale = crc_ms / min(told["crc"]) if crc_ms else 0.001
    found = {} if crc_ms else {"CRC-16 of 255 B [ms]": told["crc"][0] / 1000, "clock [MHz]": told["MHz"]}
    found["control tick [ms]"] = min(told["tick plan"]) * scale
    found["control tick at the end of a slot [ms]"] = min(told["end"]) * scale
    for plan in ("plan", "plan with a peak price"):
        slices = [min(same) for same in zip(*told[plan], strict=True)]
        found[f"24-hour {plan}: all of it [ms]"] = sum(slices) * scale
        found[f"24-hour {plan}: longest slice [ms]"] = max(slices) * scale
    found["update verification: longest slice of a signature [ms]"] = max(told["signature"]) * scale
    return {what: round(value, 1) for what, value in found.items()}
