"""Runs on MicroPython: asks what the arguments say (unit:function:address:count, or =data to write it), one by one.

Prints the answer's bytes in hexadecimal, or the kind of error.
"""

import asyncio
import binascii
import sys

from osb_box.bus import BusError
from osb_box.bus.rtu import RtuBus
from osb_box.hal.unix_serial import Serial


async def main(port, timeout_ms, asked):
    bus = RtuBus(Serial(port, 9600), 9600, timeout_ms)
    for words in asked:
        unit, fc, addr, rest = words.split(":")
        try:
            if rest[0] == "=":
                data = bytes([int(rest[i : i + 2], 16) for i in range(1, len(rest), 2)])
                await bus.write(int(unit), int(fc), int(addr), data, 8 * len(data))
                print("written")
            else:
                print(binascii.hexlify(await bus.read(int(unit), int(fc), int(addr), int(rest))).decode())
        except BusError as e:
            print(e.kind)


asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
