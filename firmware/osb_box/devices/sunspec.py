"""SunSpec device information model: find which models a device has, and where (SunSpec Technical Overview)."""

from osb_box.bus.pdu import BusError

_BASES = (40000, 50000, 0)
_MARK = b"SunS"
_END = 0xFFFF
_MOST_MODELS = 40


async def discover(read):
    """{model id: address of its id register}, the first of each id. `read(fc, addr, count)` reads registers."""
    for base in _BASES:
        try:
            mark = await read(3, base, 2)
        except BusError as e:
            if e.kind != "exception":
                raise
            continue
        if mark == _MARK:
            return await _walk(read, base + 2)
    raise BusError("frame", "no SunSpec mark at 40000, 50000 or 0")


async def _walk(read, addr):
    models = {}
    for _ in range(_MOST_MODELS):
        head = await read(3, addr, 2)
        model = head[0] << 8 | head[1]
        if model == _END:
            return models
        models.setdefault(model, addr)
        addr += 2 + (head[2] << 8 | head[3])
    raise BusError("frame", "the chain of SunSpec models has no end")
