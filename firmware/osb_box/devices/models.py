"""SunSpec: which information models a device has, and what they say of commands. Needed when a device is met only."""

import gc

from micropython import const

from osb_box.bus import BusError
from osb_box.devices.registers import exponent, number, scale

_END = const(0xFFFF)  # id of the model behind the last
_MOST_MODELS = const(40)
_UNKNOWN = const(0xFFFF)  # the device has no such register
_HOLD_S = const(300)  # or four polls
# offsets from the id register: how much is all, and what shares of it are; model 124 (storage)
_W_CHA_MAX = const(2)
_W_CHA_MAX_SF = const(18)
_RATE_HELD = const(15)
_RATE_SF = const(25)
# models 123 (immediate controls), 121 (settings), 120 (nameplate)
_LIMIT_HELD = const(7)
_LIMIT_SF = const(23)
_W_MAX = const(2)
_W_MAX_SF = const(22)
_W_RATED = const(3)
_W_RATED_SF = const(4)


async def discover(read):
    """{model id: address of its id register}, the first of each id. `read(fc, addr, count)` reads registers."""
    for base in (40000, 50000, 0):
        try:
            mark = await read(3, base, 2)
        except BusError as e:
            if e.kind != "exception":
                raise
            continue
        if mark == b"SunS":
            break
    else:
        raise BusError("frame", "no SunSpec mark at 40000, 50000 or 0")
    models = {}
    addr = base + 2
    for _ in range(_MOST_MODELS):
        head = await read(3, addr, 2)
        model = number("u16", head, 0)
        if model == _END:
            gc.collect()
            return models.copy()  # what stays shall not lie above the garbage of asking
        models.setdefault(model, addr)
        addr += 2 + number("u16", head, 2)
    raise BusError("frame", "endless chain of SunSpec models")


async def plate(device, at):
    """[W that are all, the share that is all, seconds that a command shall hold, when to tell it again (0: now)].

    `at`: its model 124 or 123. It shall hold 0 s where the device knows no such time or may not be told it.
    """
    if device.role == "battery":
        most_at, most_sf_at, share_sf_at, held_at = at + _W_CHA_MAX, at + _W_CHA_MAX_SF, at + _RATE_SF, at + _RATE_HELD
    else:
        share_sf_at, held_at = at + _LIMIT_SF, at + _LIMIT_HELD
        size = await device.first((121,), True)
        if size is None:
            size = await device.first((120,))
            most_at, most_sf_at = size + _W_RATED, size + _W_RATED_SF
        else:
            most_at, most_sf_at = size + _W_MAX, size + _W_MAX_SF
    most = number("u16", await device.read(3, most_at, 1), 0)
    ten = exponent(await device.read(3, most_sf_at, 1), 0)
    share_ten = exponent(await device.read(3, share_sf_at, 1), 0)
    if most == _UNKNOWN or most == 0 or ten is None or share_ten is None or not -4 <= share_ten <= 2:
        raise BusError("frame", "it does not tell its maximum power or scale")
    held_s = number("u16", await device.read(3, held_at, 1), 0)
    held_s = 0 if held_s == _UNKNOWN else max(_HOLD_S, 4 * device.poll_s)
    if held_s:
        try:
            await device.put(16, held_at, held_s.to_bytes(2, "big"))
        except BusError as e:
            if e.kind != "exception":
                raise
            held_s = 0  # it may not be told
    return [scale("u16", most, 1, 1, ten) or 1, 10 ** (2 - share_ten), held_s, 0]
