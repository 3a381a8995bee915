"""Modbus questions and the shape of a right answer (MODBUS Application Protocol V1.1b3)."""

import asyncio

from osb_box.bus import BusError

# exceptions 1 to 11
_REFUSALS = (
    "illegal function,illegal data address,illegal data value,device failure,still busy,device busy,"
    "unknown cause,memory damaged,unknown cause,gateway without a path,nobody answers behind the gateway"
)


def question(unit, fc, addr, rest, bits=0):
    """Unit and request. `rest`: how many to read, in two bytes (fc 1 to 4), or what to write (fc 5, 6, 15, 16).

    `bits` is how many coils fc 15 writes, the first in the lowest bit of the first byte.
    """
    if fc >= 15:
        rest = bytes((bits >> 8, bits & 0xFF, len(rest)) if fc == 15 else (0, len(rest) // 2, len(rest))) + rest
    return bytes((unit, fc, addr >> 8, addr & 0xFF)) + rest


def answer_form(asked):
    """(first bytes, length) of the right answer; everything else is an exception or no answer to it."""
    if asked[1] > 4:
        return asked[:6], 6
    size = asked[4] << 8 | asked[5]
    size = 2 * size if asked[1] >= 3 else (size + 7) // 8
    return asked[:2] + bytes((size,)), 3 + size


def refusal(fc, code):
    """The BusError for exception `code`: who is busy may be asked again, and a gateway speaks for one who is silent."""
    name = _REFUSALS.split(",")[code - 1] if 1 <= code <= 11 else "unknown cause"
    kind = "timeout" if code in (10, 11) else "busy" if code in (5, 6) else "exception"
    return BusError(kind, "the device refused function %d: %s (%d)" % (fc, name, code))


class Modbus:
    """What RTU and TCP have in common. `timeout_ms` is how long to wait for an answer, opening the line included.

    They have `close()` and `_exchange(asked)`, which returns unit and answer, and may tell in `_trouble` what came
    instead, (kind, text), should time run out.
    """

    def __init__(self, timeout_ms):
        self.timeout_ms = timeout_ms or 1000
        self._lock = asyncio.Lock()
        self._trouble = None

    async def read(self, unit, fc, addr, count, timeout_ms=None):
        """2 * count register bytes (fc 3, 4), or packed bits (fc 1, 2); `timeout_ms` for this question only."""
        return (await self._ask(question(unit, fc, addr, bytes((count >> 8, count & 0xFF))), timeout_ms))[3:]

    async def write(self, unit, fc, addr, data, bits=1):
        """Write two bytes (fc 5, 6), `bits` coils (fc 15) or whole registers (fc 16); returns when it is confirmed."""
        await self._ask(question(unit, fc, addr, data, bits))

    def _more_ms(self, asked):
        """What the line itself takes, beyond the time-out."""
        return 0

    async def _ask(self, asked, timeout_ms=None):
        unit = asked[0]
        answer = await self.alone(self._exchange(asked), asked, timeout_ms or self.timeout_ms)
        head, length = answer_form(asked)
        if len(answer) == 3 and answer[0] == unit and answer[1] == asked[1] | 0x80:
            raise refusal(asked[1], answer[2])
        if len(answer) != length or answer[: len(head)] != head:
            raise BusError("frame", "unit %d answered something else" % unit)
        return answer

    async def alone(self, work, asked, timeout_ms, more_ms=None):
        """What `work` comes to, which has the line to itself to ask so; `more_ms`, if known, is what the line takes."""
        async with self._lock:
            self._trouble = "timeout", "unit %d did not answer within %d ms" % (asked[0], timeout_ms)
            if more_ms is None:
                more_ms = self._more_ms(asked)
            try:
                return await asyncio.wait_for_ms(work, timeout_ms + more_ms)
            except asyncio.TimeoutError:
                raise BusError(*self._trouble)
            except OSError as e:
                self.close()
                raise BusError("closed", "%s cannot be used: %s" % (self._where, e))
