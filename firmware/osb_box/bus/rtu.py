"""Modbus RTU master (Modbus over Serial Line V1.02): one question at a time on a shared line."""

import asyncio
import time

from osb_box.bus.crc import crc16
from osb_box.bus.pdu import BusError, Modbus, answer_form, refusal

_SETTLE_MS = 50  # after a frame with a wrong CRC, nothing more for so long means that was the answer


def find_answer(buf, n, unit, head, length):
    """Look in buf[:n] for the answer of `unit` that starts with `head`, or its exception, with a right CRC.

    Returns (start, end, damaged): the answer is buf[start:end]; while end is 0 it is incomplete, and what is before
    `start` cannot belong to it. Echoes, noise and answers of others do not fit and are stepped over.
    """
    first = n
    damaged = False
    for i in range(n):
        if buf[i] != unit:
            continue
        size = length + 3
        if i + 1 < n and buf[i + 1] == head[0] | 0x80:
            size = 5
        else:
            for k in range(min(len(head), n - i - 1)):
                if buf[i + 1 + k] != head[k]:
                    size = 0
                    break
        if size and i + size > n:
            first = min(first, i)
        elif size:
            end = i + size
            if crc16(buf, i, end - 2) == buf[end - 2] | buf[end - 1] << 8:
                return i, end, False
            damaged = True
    return first, 0, damaged


class RtuBus(Modbus):
    """`port` is an open serial line (see hal), `baud` its speed; `timeout_ms` is wall time for one answer."""

    def __init__(self, port, baud, timeout_ms=1000):
        self.timeout_ms = timeout_ms
        self._port = port
        self._silence_ms = 2 if baud > 19200 else (38500 + baud - 1) // baud  # t3.5: 3.5 characters of 11 bits
        self._used_at = time.ticks_ms()
        self._lock = asyncio.Lock()
        self._buf = bytearray(512)

    async def _ask(self, unit, request):
        head, length = answer_form(request)
        frame = bytes((unit,)) + request
        crc = crc16(frame, 0, len(frame))
        frame += bytes((crc & 0xFF, crc >> 8))
        async with self._lock:
            try:
                quiet = time.ticks_diff(time.ticks_ms(), self._used_at)
                if 0 <= quiet < self._silence_ms:
                    await asyncio.sleep_ms(self._silence_ms - quiet)
                self._port.discard_input()
                self._port.write(frame)
                await self._port.drain()
                start, end = await self._answer(unit, head, length)
            except OSError as e:
                self._port.close()
                raise BusError("closed", "the serial line cannot be used: %s" % e)
            finally:
                self._used_at = time.ticks_ms()
            if self._buf[start + 1] & 0x80:
                raise refusal(request[0], self._buf[start + 2])
            return bytes(memoryview(self._buf)[start + 1 : end - 2])

    async def _answer(self, unit, head, length):
        """Collect bytes until the answer is in the buffer; returns where."""
        buf = self._buf
        n = heard = 0
        damaged = False
        deadline = time.ticks_add(time.ticks_ms(), self.timeout_ms)
        while True:
            left = time.ticks_diff(deadline, time.ticks_ms())
            if damaged:
                left = min(left, _SETTLE_MS)
            try:
                chunk = await asyncio.wait_for_ms(self._port.read_some(), max(left, 1))
            except asyncio.TimeoutError:
                raise _silence(unit, self.timeout_ms, heard, damaged)
            heard += len(chunk)
            if n + len(chunk) > len(buf):
                n = 0
            buf[n : n + len(chunk)] = chunk
            n += len(chunk)
            start, end, bad = find_answer(buf, n, unit, head, length)
            if end:
                return start, end
            damaged = damaged or bad
            if start and start < n:
                buf[: n - start] = buf[start:n]
            n -= start
            if left <= 0:  # a line that babbles has its time-out too
                raise _silence(unit, self.timeout_ms, heard, damaged)


def _silence(unit, timeout_ms, heard, damaged):
    if damaged:
        return BusError("crc", "the answer of unit %d was damaged on the line" % unit)
    if heard:
        return BusError("frame", "%d bytes came, but no answer of unit %d among them" % (heard, unit))
    return BusError("timeout", "unit %d did not answer within %d ms" % (unit, timeout_ms))
