"""Writing to registers that wear out, so often a day and no oftener. Needed where one is to hold something else."""

from micropython import const

from osb_box.bus import BusError
from osb_box.devices.registers import encode

_RESERVE = const(8)  # writes a day which plans may not use up


async def write(device, what, data, value):
    """Write `data`, the value `value` of the target `what`; True if it wrote. See Device.set."""
    fc, addr, kind, ratio, _, _, _, free, per_day, _ = device.targets[what]
    spent = device.spent = device.spent or {}
    if not device.accepted or addr not in device.accepted:
        await _recall(device, addr, len(data) // 2, per_day)
    if device.urgent:
        per_day += _RESERVE
    elif device.lent == addr:
        per_day += _RESERVE + 1
    if spent.get(addr, 0) >= per_day and device.accepted.get(addr) != data and value != free:
        device.spared = True
        device.error = "%s was written %d times today and rests until tomorrow" % (what, spent[addr])
        if free is None:
            return False
        data = encode(kind, free, ratio[0], ratio[1])
    wrote = await device.put(fc, addr, data)
    if wrote:
        spent[addr] = spent.get(addr, 0) + 1
        if device.urgent:
            device.lent = addr
        elif device.lent == addr:
            device.lent = None
    return wrote


async def _recall(device, addr, count, per_day):
    """See what a register holds. One that cannot be read back is written once; so is one that always shows something
    else than it was told, when that has cost half of the day's writes.
    """
    if device.accepted is None:
        device.accepted = {}
    told = device.doubted and device.doubted.get(addr)
    try:
        holds = await device.read(3, addr, count)
    except BusError as e:
        if e.kind != "exception":
            raise
        holds = told
    if told and holds != told:
        lost = device.spent.get(~addr, 0)
        if lost * 2 >= per_day:
            holds = told
        device.spent[~addr] = lost + 1
    if holds:
        device.accepted[addr] = holds
