"""Runs on MicroPython: so many reads by one Modbus master. See bench_modbus.py.

Arguments: ours or umodbus, tcp or rtu, where (host:port or a line), unit, registers, reads. Prints one line of JSON.
"""

import asyncio
import json
import sys
import time

WHO, KIND, WHERE = sys.argv[1:4]
UNIT, COUNT, READS = [int(word) for word in sys.argv[4:7]]
_TICK_MS = 2


class Uart:
    """A serial line as `machine.UART` has it, for a library that knows no other."""

    def __init__(self, number, **options):
        from osb_box.hal.unix_serial import Serial

        self._line = Serial(WHERE, options["baudrate"])
        self._got = b""

    def any(self):
        self._got += self._line.read_ready() or b""
        return len(self._got)

    def read(self):
        self.any()
        got, self._got = self._got, b""
        return got or None

    def write(self, data):
        self._line.write(bytes(data))

    def flush(self):
        pass


class _Module:
    UART, Pin = Uart, None


def theirs():
    sys.modules["machine"] = _Module
    if KIND == "tcp":
        from umodbus.tcp import TCP

        host, port = WHERE.split(":")
        master = TCP(host, int(port), 1.0)
    else:
        from umodbus.serial import ModbusRTU

        master = ModbusRTU(addr=1, baudrate=9600, pins=[0, 1])._itf

    async def read():
        pdu = bytes((4, 0, 0, COUNT >> 8, COUNT & 255))
        if KIND == "tcp":
            return master._send_receive(slave_addr=UNIT, modbus_pdu=pdu, count=True)
        return master._send_receive(modbus_pdu=pdu, slave_addr=UNIT, count=True)

    return read


def ours():
    if KIND == "tcp":
        from osb_box.bus.tcp import TcpBus

        host, port = WHERE.split(":")
        bus = TcpBus(host, int(port), 1000)
    else:
        from osb_box.bus.rtu import RtuBus
        from osb_box.hal.unix_serial import Serial

        bus = RtuBus(Serial(WHERE, 9600), 9600, 500)

    async def read():
        return await bus.read(UNIT, 4, 0, COUNT)

    return read


async def main():
    read = ours() if WHO == "ours" else theirs()
    held = 0

    async def tick():
        nonlocal held
        at = time.ticks_ms()
        while True:
            await asyncio.sleep_ms(_TICK_MS)
            now = time.ticks_ms()
            held = max(held, time.ticks_diff(now, at) - _TICK_MS)
            at = now

    ticking = asyncio.create_task(tick()) if UNIT == 9 else None  # nobody has this address
    await asyncio.sleep_ms(20)
    held = good = 0
    began = time.ticks_us()
    for _ in range(READS):
        try:
            data = await read()
            good += len(data) == 2 * COUNT
        except Exception:
            pass
        if ticking:
            await asyncio.sleep_ms(0)
    took_us = time.ticks_diff(time.ticks_us(), began)
    await asyncio.sleep_ms(5)
    print(json.dumps({"good": good, "us": took_us, "held_ms": held}))


asyncio.run(main())
