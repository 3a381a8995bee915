"""Runs on MicroPython: reads one register `count` times and prints its value or the kind of error."""

import asyncio
import sys

from osb_box.bus.pdu import BusError
from osb_box.bus.tcp import TcpBus


async def main(port, count, first, timeout_ms):
    bus = TcpBus("127.0.0.1", port, timeout_ms)
    bus.transaction = first
    for _ in range(count):
        try:
            data = await bus.read(1, 3, 0, 1)
            print(data[0] << 8 | data[1])
        except BusError as e:
            print(e.kind)


asyncio.run(main(*(int(argument) for argument in sys.argv[1:])))
