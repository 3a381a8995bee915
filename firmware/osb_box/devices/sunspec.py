"""SunSpec: which information models a device has, and commands that are a share of its maximum power.

A command holds for some minutes and is told again before half of them are over: without the box an inverter goes back
to its own control, where it knows such a time. These registers are volatile and may be written as often as one likes.
"""

from micropython import const

from osb_box.bus import BusError
from osb_box.devices.registers import divide, exponent, number, scale

_END = const(0xFFFF)  # id of the model behind the last
_MOST_MODELS = const(40)
# offsets from the id register; model 124 (storage)
_W_CHA_MAX = const(2)
_STOR_CTL = const(5)
_OUT_RATE = const(12)
_RATE_HELD = const(15)  # InOutWRte_RvrtTms
_W_CHA_MAX_SF = const(18)
_RATE_SF = const(25)
_CHARGE_AND_DISCHARGE = const(3)  # StorCtl_Mod: both limits hold
# models 123 (immediate controls), 121 (settings), 120 (nameplate)
_LIMIT = const(5)
_LIMIT_HELD = const(7)  # WMaxLimPct_RvrtTms
_ENABLED = const(9)
_LIMIT_SF = const(23)
_W_MAX = const(2)
_W_MAX_SF = const(22)
_W_RATED = const(3)
_W_RATED_SF = const(4)
_UNKNOWN = const(0xFFFF)  # the device has no such register
_HOLD_S = const(300)  # or four polls


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
            return models
        models.setdefault(model, addr)
        addr += 2 + number("u16", head, 2)
    raise BusError("frame", "endless chain of SunSpec models")


def _word(value):
    return bytes((value >> 8 & 0xFF, value & 0xFF))


async def _share(device, power_w, most_at, most_sf_at, share_sf_at, held_at):
    """`power_w` in units of the share's register, within plus or minus 100 %."""
    if device.kept is None:
        most = number("u16", await device.read(3, most_at, 1), 0)
        ten = exponent(await device.read(3, most_sf_at, 1), 0)
        share_ten = exponent(await device.read(3, share_sf_at, 1), 0)
        if most == _UNKNOWN or most == 0 or ten is None or share_ten is None or not -4 <= share_ten <= 2:
            raise BusError("frame", "it does not tell its maximum power or scale")
        held_s = number("u16", await device.read(3, held_at, 1), 0)
        held_s = 0 if held_s == _UNKNOWN else max(_HOLD_S, 4 * device.poll_s)
        # W that are all, the share that is all, how long a command holds, when to tell it again
        device.kept = [scale("u16", most, 1, 1, ten) or 1, 10 ** (2 - share_ten), held_s, 0]
    full_w, full = device.kept[:2]
    return divide(max(-full_w, min(full_w, power_w)) * full, full_w)


async def _tell(device, now, at, share, held_at, on_at, on):
    """Write a share, how long it holds, and that it does."""
    held_s, due = device.kept[2:]
    again = held_s > 0 and not now + device.poll_s <= due <= now + held_s
    await device.put(16, at, share, again)
    if held_s:
        try:
            await device.put(16, held_at, _word(held_s), again)
        except BusError as e:
            if e.kind != "exception":
                raise
            device.kept[2] = 0  # it may not be told
    await device.put(16, on_at, on, again)
    if again:
        device.kept[3] = now + held_s // 2


async def battery(device, power_w, now):
    """W, positive charges; None leaves the battery to its own control.

    The window [-OutWRte, InWRte] that the inverter keeps the charging power in is pinned to one point.
    """
    at = await device.first((124,))
    if power_w is None:
        await device.put(16, at + _STOR_CTL, _word(0))
        return
    rate = await _share(device, power_w, at + _W_CHA_MAX, at + _W_CHA_MAX_SF, at + _RATE_SF, at + _RATE_HELD)
    rates = _word(-rate) + _word(rate)  # OutWRte, InWRte
    await _tell(device, now, at + _OUT_RATE, rates, at + _RATE_HELD, at + _STOR_CTL, _word(_CHARGE_AND_DISCHARGE))


async def pv(device, limit_w, now):
    """A limit [W] of the output, or None for none."""
    at = await device.first((123,))
    if limit_w is None:
        await device.put(16, at + _ENABLED, _word(0))
        return
    size = await device.first((121,), True)
    if size is None:
        size = await device.first((120,))
        most, most_sf = size + _W_RATED, size + _W_RATED_SF
    else:
        most, most_sf = size + _W_MAX, size + _W_MAX_SF
    share = await _share(device, max(0, limit_w), most, most_sf, at + _LIMIT_SF, at + _LIMIT_HELD)
    await _tell(device, now, at + _LIMIT, _word(share), at + _LIMIT_HELD, at + _ENABLED, _word(1))
