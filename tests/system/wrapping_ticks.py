"""Runs on MicroPython in place of `-m main`: a box whose `ticks_ms` counts 30 bits, like a board's, and soon wraps.

asyncio keeps the machine's own clock: its queue is C and knows that clock's period. OSB_TICKS says where it begins.
"""

import asyncio  # noqa: F401
import os
import sys
import time as machine

PERIOD = 1 << 30  # 12.4 days, as on a board (MICROPY_PY_TIME_TICKS_PERIOD)
FIRST = int(os.getenv("OSB_TICKS"))
began = machine.ticks_ms()
seen = FIRST


class Time:
    pass


def ticks_ms():
    global seen
    ticks = (FIRST + machine.ticks_diff(machine.ticks_ms(), began)) & (PERIOD - 1)
    if ticks < seen:
        print("ticks wrapped")
    seen = ticks
    return ticks


def ticks_add(ticks, ms):
    return (ticks + ms) & (PERIOD - 1)


def ticks_diff(a, b):
    return ((a - b + PERIOD // 2) & (PERIOD - 1)) - PERIOD // 2


time = Time()
for name in dir(machine):
    setattr(time, name, getattr(machine, name))
time.ticks_ms, time.ticks_add, time.ticks_diff = ticks_ms, ticks_add, ticks_diff
sys.modules["time"] = time
sys.path[0] = ""  # where the firmware is
import main  # noqa: E402, F401
