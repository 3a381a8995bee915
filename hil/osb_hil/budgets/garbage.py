"""What a collection of garbage costs: where the box lets it begin, against one that begins anywhere (decision 22)."""

import asyncio
import re
from statistics import median

from osb_hil.box import HEAP
from osb_hil.budgets.busy_home import lived, put_over
from osb_hil.budgets.steps import hooked
from osb_hil.budgets.ticking import CLOCK
from osb_hil.firmware import build

_PROGRAM = """
import asyncio
import gc
from osb_box.supervisor import Supervisor
async def weigh():
    from osb_box.app import first
    while True:
        await asyncio.sleep_ms(20)
        gc.collect()  # the garbage of others, and the heap into the processor's cache
        us = timed(gc.collect)
        kept = first.pop(0)
        print("collected %d %d" % (us, timed(gc.collect)))
        first[0] = kept
_run = Supervisor.run
async def run(self, reset):
    asyncio.create_task(weigh())
    await _run(self, reset)
Supervisor.run = run
"""
_LINE = re.compile(r"^collected (\d+) (\d+)\r?$", re.MULTILINE)
WHAT = "a collection of garbage, of one that begins anywhere"


def collected() -> dict[str, float]:
    """The ratio of two collections on the VM, one right after the other, throughout the life of the fullest home."""
    with put_over(hooked(build("core"), "osb_weigh", CLOCK + _PROGRAM)) as firmware:
        log = asyncio.run(lived(firmware, HEAP))[1]
    pairs = [(int(ours), int(anywhere)) for ours, anywhere in _LINE.findall(log)]
    return {WHAT: round(median(ours / anywhere for ours, anywhere in pairs), 2)}
