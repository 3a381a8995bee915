"""SunSpec controls that are a share of a maximum power."""

from osb_box.bus.pdu import BusError
from osb_box.devices.registers import divide, exponent, raw, unknown


def word(value):
    """One register, two's complement."""
    return bytes((value >> 8 & 0xFF, value & 0xFF))


async def full_scale(device, most_at, most_sf_at, share_sf_at):
    """(maximum power [W], 100 % as the share's register counts it), from the registers at these addresses."""
    most = raw("u16", await device.read(3, most_at, 1), 0)
    ten = exponent(await device.read(3, most_sf_at, 1), 0)
    share_ten = exponent(await device.read(3, share_sf_at, 1), 0)
    if unknown("u16", most) or most == 0 or ten is None or share_ten is None or not -4 <= share_ten <= 2:
        raise BusError("frame", "the device does not tell its maximum power and the scale of its control")
    return most * 10**ten if ten >= 0 else divide(most, 10**-ten), 10 ** (2 - share_ten)
