"""Runs on MicroPython: a box that has promised a restart, and whose memory is taken up `before` that or `after`."""

import asyncio
import os
import sys

from osb_box import hal
from osb_box.setup.reboot import reboot

_LEFT_BYTES = 3000


class Outbox:
    parting = ()

    def flush(self):
        print("saved")


def crowd():
    """Take whatever is there, and give back a little of it, in scraps."""
    chain, size, scraps = None, 4096, []
    for _ in range(_LEFT_BYTES // 300):
        scraps.append(bytearray(300))
    while size >= 16:
        try:
            chain = chain, bytearray(size)
        except MemoryError:
            size //= 2
    scraps = None
    return chain


async def main(when):
    if when == "last resort":
        taken = crowd()
        hal.reset()
    if when == "before":
        taken = crowd()
    task = asyncio.create_task(reboot("settings were changed", Outbox()))
    await asyncio.sleep_ms(700)
    if when == "after":
        taken = crowd()
    await asyncio.sleep(10)
    return taken, task


os.mkdir(hal.port().state_dir() + "/slots")
hal.leave()
asyncio.run(main(sys.argv[1]))
