"""Modbus RTU master (Modbus over Serial Line V1.02): one question at a time on a shared line."""

import asyncio
import time

from micropython import const

from osb_box.bus import crc16
from osb_box.bus.pdu import Modbus, answer_form

_SETTLE_MS = const(50)  # after a frame with a wrong CRC, nothing more for so long means that was the answer
_MOST_OWED = const(4)
_MOST = const(512)  # bytes looked through for an answer, which has 256 at most


def find_answer(got, head, length):
    """Look in `got` for an answer that starts with `head` (unit first), or for its exception, with a right CRC.

    Returns (start, end, damaged): the answer is got[start:end]; while end is 0 it is incomplete, and what is before
    `start` cannot belong to it. Noise and answers of others do not fit and are stepped over.
    """
    size = len(got)
    first = size
    damaged = False
    i = got.find(head[:1])
    while i >= 0:
        part = got[i : i + len(head)]
        end = 0
        if part == head[: len(part)]:
            end = i + length + 2
        elif part[1] == head[1] | 0x80:
            end = i + 5
        if end > size:
            first = min(first, i)
        elif end:
            if crc16(got[i:end]) == 0:
                return i, end, False
            damaged = True
        i = got.find(head[:1], i + 1)
    return first, 0, damaged


class RtuBus(Modbus):
    """`port` is an open serial line (see hal), `baud` its speed."""

    _where = "the serial line"
    _echoes = False  # this line gives back what is sent

    def __init__(self, port, baud, timeout_ms=None):
        super().__init__(timeout_ms)
        self._port = port
        self._baud = baud
        self._silence_ms = 2 if baud > 19200 else (38500 + baud - 1) // baud  # t3.5: 3.5 characters of 11 bits
        self._used_at = time.ticks_ms()
        self._owed = {}  # head -> (question, since): answers of this form may still come, though nobody waits for them

    def _more_ms(self, asked):
        """Time on the air of question and answer, and of another's late answer that is waited for."""
        head, length = answer_form(asked)
        return 11000 * (len(asked) + length + 4) // self._baud + self._still_owed_ms(head, asked)

    def _still_owed_ms(self, head, asked):
        """How long an answer that could be mistaken for the one to `asked` may still come: twice the time-out.

        An answer tells its unit, function and length, but not its address.
        """
        owed = self._owed.get(head)
        if owed is None:
            return 0
        left = 2 * self.timeout_ms - time.ticks_diff(time.ticks_ms(), owed[1])
        if not 0 < left <= 2 * self.timeout_ms:
            del self._owed[head]
            return 0
        return 0 if owed[0] == asked else left

    async def _listen_out(self, ms):
        """Let late answers pass by."""
        until = time.ticks_add(time.ticks_ms(), ms)
        while True:
            left = time.ticks_diff(until, time.ticks_ms())
            if left <= 0:
                return
            try:
                await asyncio.wait_for_ms(self._port.read_some(), left)
                self._used_at = time.ticks_ms()
            except asyncio.TimeoutError:
                return

    async def _exchange(self, asked):
        head, length = answer_form(asked)
        late_ms = self._still_owed_ms(head, asked)
        if late_ms:
            await self._listen_out(late_ms)
        quiet = time.ticks_diff(time.ticks_ms(), self._used_at)
        if 0 <= quiet < self._silence_ms:
            await asyncio.sleep_ms(self._silence_ms - quiet)
        for _ in range(64):  # forget what came unasked; a line that never falls silent must not hold the box
            if not self._port.read_ready():
                break
        crc = crc16(asked)
        frame = asked + bytes((crc & 0xFF, crc >> 8))
        self._port.write(frame)
        before = head in self._owed  # the same was asked before, and the answer to that may be still to come, too
        now = time.ticks_ms()
        if len(self._owed) == _MOST_OWED:  # the oldest has waited long enough: each of the others took a time-out
            del self._owed[max(self._owed, key=lambda form: time.ticks_diff(now, self._owed[form][1]))]
        self._owed[head] = asked, now
        # fc 5 and 6 are confirmed by the same bytes: on a line that echoes, the first of two is no confirmation
        await self._port.pass_by(len(frame) + length + 2)
        alike = asked[1] in (5, 6)
        echo = frame if self._echoes or not alike else None
        echoed = False
        got = b""
        while True:
            more = self._port.read_some()
            got += await (asyncio.wait_for_ms(more, _SETTLE_MS) if self._trouble[0] == "crc" else more)
            self._used_at = time.ticks_ms()
            if echo and len(got) >= len(echo):
                at = got.find(echo)
                if at >= 0:
                    got = got[at + len(echo) :]
                    echo = None
                    echoed = True
            start, end, damaged = find_answer(got, head, length)
            if end:
                if not alike:
                    self._echoes = echoed
                if not before:
                    del self._owed[head]
                return got[start : end - 2]
            got = got[start:][-_MOST:] if echo is None else got[-_MOST:]
            if damaged:
                self._trouble = "crc", "the answer of unit %d was damaged on the line" % asked[0]
            elif got and self._trouble[0] == "timeout":
                self._trouble = "frame", "bytes came, but no answer of unit %d among them" % asked[0]

    def close(self):
        """Give the line back; the next request opens it again."""
        self._port.close()
