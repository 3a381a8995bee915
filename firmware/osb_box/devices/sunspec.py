"""SunSpec: commands that are a share of a device's maximum power.

A command holds for some minutes and is told again before half of them are over: without the box an inverter goes back
to its own control, where it knows such a time. These registers are volatile and may be written as often as one likes.
"""

from micropython import const

from osb_box import forget
from osb_box.devices.registers import divide

# offsets from the id register; model 124 (storage)
_STOR_CTL = const(5)
_OUT_RATE = const(12)
_RATE_HELD = const(15)  # InOutWRte_RvrtTms
_CHARGE_AND_DISCHARGE = const(3)  # StorCtl_Mod: both limits hold
# model 123 (immediate controls)
_LIMIT = const(5)
_LIMIT_HELD = const(7)  # WMaxLimPct_RvrtTms
_ENABLED = const(9)


def _word(value):
    return bytes((value >> 8 & 0xFF, value & 0xFF))


async def _share(device, power_w, at):
    """`power_w` in units of the share's register, within plus or minus 100 %."""
    if device.kept is None:
        from osb_box.devices.models import plate

        device.kept = await plate(device, at)
        forget("osb_box.devices.models")
    full_w, full = device.kept[:2]
    return divide(max(-full_w, min(full_w, power_w)) * full, full_w)


async def _tell(device, now, at, share, held_at, on_at, on):
    """Write a share, how long it holds, and that it does."""
    held_s, due = device.kept[2:]
    again = held_s > 0 and not now + device.poll_s <= due <= now + held_s
    await device.put(16, at, share, again)
    if held_s:
        await device.put(16, held_at, _word(held_s), again)
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
    rate = await _share(device, power_w, at)
    rates = _word(-rate) + _word(rate)  # OutWRte, InWRte
    await _tell(device, now, at + _OUT_RATE, rates, at + _RATE_HELD, at + _STOR_CTL, _word(_CHARGE_AND_DISCHARGE))


async def pv(device, limit_w, now):
    """A limit [W] of the output, or None for none."""
    at = await device.first((123,))
    if limit_w is None:
        await device.put(16, at + _ENABLED, _word(0))
        return
    share = await _share(device, max(0, limit_w), at)
    await _tell(device, now, at + _LIMIT, _word(share), at + _LIMIT_HELD, at + _ENABLED, _word(1))
