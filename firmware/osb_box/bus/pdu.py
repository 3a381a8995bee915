"""Modbus protocol data units (MODBUS Application Protocol V1.1b3): requests, and the shape of a right answer."""

_REFUSALS = (
    "illegal function",
    "illegal data address",
    "illegal data value",
    "device failure",
    "acknowledged, still busy",
    "device busy",
)


class BusError(Exception):
    """A bus gave no usable answer. `kind` is timeout, crc, frame, exception or closed; the text is one sentence."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


def read_request(fc, addr, count):
    """Request for `count` registers (fc 3, 4: 1..125) or bits (fc 1, 2: 1..2000) from `addr`."""
    most = {1: 2000, 2: 2000, 3: 125, 4: 125}.get(fc)
    if most is None:
        raise ValueError("function %s does not read; 1, 2, 3 and 4 do" % fc)
    if not 1 <= count <= most:
        raise ValueError("function %d reads 1..%d at once, not %d" % (fc, most, count))
    return bytes((fc, addr >> 8, addr & 0xFF, count >> 8, count & 0xFF))


def write_request(fc, addr, data):
    """Request to write: fc 5 and 6 take two bytes, fc 16 two a register, fc 15 packed coils in whole bytes."""
    head = bytes((fc, addr >> 8, addr & 0xFF))
    if fc in (5, 6):
        if len(data) != 2:
            raise ValueError("function %d writes 2 bytes, not %d" % (fc, len(data)))
        return head + data
    if fc == 16:
        if not 2 <= len(data) <= 246 or len(data) % 2:
            raise ValueError("function 16 writes 1..123 registers, not %d bytes" % len(data))
        return head + bytes((0, len(data) // 2, len(data))) + data
    if fc == 15:
        if not 1 <= len(data) <= 246:
            raise ValueError("function 15 writes 1..246 bytes of coils, not %d" % len(data))
        return head + bytes((len(data) >> 5, len(data) << 3 & 0xFF, len(data))) + data
    raise ValueError("function %s does not write; 5, 6, 15 and 16 do" % fc)


def answer_form(request):
    """(first bytes, length) of the right answer to `request`; everything else is an exception or no answer to it."""
    fc = request[0]
    count = request[3] << 8 | request[4]
    if fc <= 4:
        size = 2 * count if fc >= 3 else (count + 7) // 8
        return bytes((fc, size)), 2 + size
    return request[:5], 5


def refusal(fc, code):
    """The BusError for exception `code`."""
    name = _REFUSALS[code - 1] if 1 <= code <= len(_REFUSALS) else "gateway or unknown cause"
    return BusError("exception", "the device refused function %d: %s (%d)" % (fc & 0x7F, name, code))


class Modbus:
    """What RTU and TCP have in common; `_ask(unit, request)` returns the answer's PDU, checked, or raises BusError."""

    async def read(self, unit, fc, addr, count):
        """2 * count register bytes, or packed bits for fc 1 and 2."""
        return (await self._ask(unit, read_request(fc, addr, count)))[2:]

    async def write(self, unit, fc, addr, data):
        """Write `data` as write_request() takes it; returns when the device has confirmed."""
        await self._ask(unit, write_request(fc, addr, data))
