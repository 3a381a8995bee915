"""Collections of garbage that nobody asked for, counted on the emulated Pico while something is known to waste."""

import asyncio
import json

import pytest

from osb_hil.budgets.unasked import COUNTED
from osb_hil.targets import MissingTarget
from osb_hil.targets.pico import EmulatedTarget

PROGRAM = """
import gc as theirs
gc.threshold(16384)
def waste(bytes):
    for _ in range(0, bytes, 512):
        bytearray(500)
def frugal():
    waste(8192)
def asks():
    waste(8192)
    theirs.collect()
    waste(8192)
def wastes():
    waste(20480)
def wastes_and_asks():
    waste(20480)
    theirs.collect()
    waste(8192)
told = []
for work in frugal, asks, wastes, wastes_and_asks:
    gc.collect()
    count_unasked()
    work()
    told.append(unasked())
print(told)
"""


def test_only_what_an_allocation_sets_off_is_counted():
    async def run():
        try:
            target = EmulatedTarget("pico")
        except MissingTarget as missing:
            pytest.skip(str(missing))
        try:
            return await target.run(COUNTED + PROGRAM, 20)
        finally:
            await target.stop()

    assert json.loads(asyncio.run(run()).splitlines()[-1]) == [0, 0, 1, 1]
