"""Modbus RTU master (Modbus over Serial Line V1.02): one question at a time on a shared line."""

import asyncio
import time

from micropython import const

from osb_box.bus import crc16
from osb_box.bus.pdu import Modbus, answer_form

_SETTLE_MS = const(50)  # after a frame with a wrong CRC, nothing more for so long means that was the answer
_MOST = const(512)  # bytes looked through for an answer, which has 256 at most


def find_answer(got, head, length):
    """Look in `got` for an answer that starts with `head` (unit first), or for its exception, with a right CRC.

    Returns (start, end, damaged): the answer is got[start:end]; while end is 0 it is incomplete, and what is before
    `start` cannot belong to it. Echoes, noise and answers of others do not fit and are stepped over.
    """
    first = len(got)
    damaged = False
    for i in range(len(got)):
        part = got[i : i + len(head)]
        if part == head[: len(part)]:
            end = i + length + 2
        elif part[0] == head[0] and part[1] == head[1] | 0x80:
            end = i + 5
        else:
            continue
        if end > len(got):
            first = min(first, i)
        elif crc16(got[i:end]) == 0:
            return i, end, False
        else:
            damaged = True
    return first, 0, damaged


class RtuBus(Modbus):
    """`port` is an open serial line (see hal), `baud` its speed."""

    _where = "the serial line"

    def __init__(self, port, baud, timeout_ms=None):
        super().__init__(timeout_ms)
        self._port = port
        self._silence_ms = 2 if baud > 19200 else (38500 + baud - 1) // baud  # t3.5: 3.5 characters of 11 bits
        self._used_at = time.ticks_ms()

    async def _exchange(self, asked):
        quiet = time.ticks_diff(time.ticks_ms(), self._used_at)
        if 0 <= quiet < self._silence_ms:
            await asyncio.sleep_ms(self._silence_ms - quiet)
        for _ in range(64):  # forget what came unasked; a line that never falls silent must not hold the box
            if not self._port.read_ready():
                break
        crc = crc16(asked)
        self._port.write(asked + bytes((crc & 0xFF, crc >> 8)))
        head, length = answer_form(asked)
        got = b""
        while True:
            more = self._port.read_some()
            got += await (asyncio.wait_for_ms(more, _SETTLE_MS) if self._trouble[0] == "crc" else more)
            self._used_at = time.ticks_ms()
            start, end, damaged = find_answer(got, head, length)
            if end:
                return got[start : end - 2]
            got = got[start:][-_MOST:]
            if damaged:
                self._trouble = "crc", "the answer of unit %d was damaged on the line" % asked[0]
            elif self._trouble[0] == "timeout":
                self._trouble = "frame", "bytes came, but no answer of unit %d among them" % asked[0]

    def close(self):
        """Give the line back; the next request opens it again."""
        self._port.close()
