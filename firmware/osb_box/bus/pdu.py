"""Modbus questions and the shape of a right answer (MODBUS Application Protocol V1.1b3)."""

import asyncio

from osb_box.bus import BusError

# exceptions 1 to 6
_REFUSALS = "illegal function,illegal data address,illegal data value,device failure,still busy,device busy"


def question(unit, fc, addr, rest):
    """Unit and request. `rest`: how many to read, in two bytes (fc 1 to 4), or what to write (fc 5, 6, 16)."""
    if fc == 16:
        rest = bytes((0, len(rest) // 2, len(rest))) + rest
    return bytes((unit, fc, addr >> 8, addr & 0xFF)) + rest


def answer_form(asked):
    """(first bytes, length) of the right answer; everything else is an exception or no answer to it."""
    if asked[1] > 4:
        return asked[:6], 6
    size = asked[4] << 8 | asked[5]
    size = 2 * size if asked[1] >= 3 else (size + 7) // 8
    return asked[:2] + bytes((size,)), 3 + size


def refusal(fc, code):
    """The BusError for exception `code`."""
    name = _REFUSALS.split(",")[code - 1] if 1 <= code <= 6 else "unknown cause"
    return BusError("exception", "the device refused function %d: %s (%d)" % (fc, name, code))


class Modbus:
    """What RTU and TCP have in common. `timeout_ms` is wall time for one request, opening the line included.

    They have `close()` and `_exchange(asked)`, which returns unit and answer, and may tell in `_trouble` what came
    instead, (kind, text), should time run out.
    """

    def __init__(self, timeout_ms):
        self.timeout_ms = timeout_ms or 1000
        self._lock = asyncio.Lock()
        self._trouble = None

    async def read(self, unit, fc, addr, count):
        """2 * count register bytes (fc 3, 4), or packed bits (fc 1, 2)."""
        return (await self._ask(question(unit, fc, addr, bytes((count >> 8, count & 0xFF)))))[3:]

    async def write(self, unit, fc, addr, data):
        """Write two bytes (fc 5, 6) or whole registers (fc 16); returns when the device has confirmed."""
        await self._ask(question(unit, fc, addr, data))

    async def _ask(self, asked):
        unit = asked[0]
        async with self._lock:
            self._trouble = "timeout", "unit %d did not answer within %d ms" % (unit, self.timeout_ms)
            try:
                answer = await asyncio.wait_for_ms(self._exchange(asked), self.timeout_ms)
            except asyncio.TimeoutError:
                raise BusError(*self._trouble)
            except OSError as e:
                self.close()
                raise BusError("closed", "%s cannot be used: %s" % (self._where, e))
        head, length = answer_form(asked)
        if len(answer) == 3 and answer[0] == unit and answer[1] == asked[1] | 0x80:
            raise refusal(asked[1], answer[2])
        if len(answer) != length or answer[: len(head)] != head:
            raise BusError("frame", "unit %d answered something else" % unit)
        return answer
