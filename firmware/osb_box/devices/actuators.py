"""How a command becomes writes, one function a role; those of SunSpec devices are in sunspec.py."""

from osb_box.bus import BusError
from osb_box.devices.registers import number


async def heat_pump(device, command, now):
    """A smart-grid input. Targets: `mode` (words auto, off, run), perhaps `limit` [W] while run and `setpoint` [mC].

    "rest": it does not run and need not be stopped. With a set-point below its room it is left to itself, so that the
    home is kept warm should this box die; a heat pump that takes none is off. One told how much to draw needs none.
    """
    mode, power_w, setpoint_mc = command
    targets = device.targets
    if "setpoint" not in targets:
        setpoint_mc = None
    if mode == "run" and "limit" in targets:
        await device.set("limit", power_w)
        setpoint_mc = None
    if mode == "rest":
        mode = "auto" if setpoint_mc is not None and await _settled(device, setpoint_mc) else "off"
        setpoint_mc = None
    await device.set("mode", mode)
    if setpoint_mc is not None:
        off = mode == "off" and not device.spared
        await device.set("setpoint", setpoint_mc)
        if off:
            device.spared = False  # whatever its set-point is


async def _settled(device, setpoint_mc):
    """Whether it has this set-point now. Rest takes half of what may be written a day: the rest is the household's."""
    if device.half_spent("setpoint"):
        return False
    try:
        await device.set("setpoint", setpoint_mc)
    except BusError as e:
        if e.kind != "exception":
            raise
        device.error = str(e)
        return False
    return not device.spared


async def tank(device, command, now):
    """A heater behind a relay. Target: `on`."""
    await device.set("on", command)


async def ev(device, current_ma, now):
    """A charger that follows a maximum current, and falls back to its own when the box is not heard for some time.

    Targets: `current` [mA]; `enable`, if no current means "not at all" there; and `validity` [s], where the charger
    tells how much longer it will hold what it was told.
    """
    if current_ma != 0 and not 6000 <= current_ma <= 32000:
        raise ValueError("a car charges with 0 or 6000..32000 mA, not %d" % current_ma)
    again = device.kept is not None and now + device.poll_s > device.kept
    wrote = False
    if current_ma or "enable" not in device.targets:
        wrote = await device.set("current", current_ma, again)
    if "enable" in device.targets:
        wrote = await device.set("enable", int(current_ma > 0), again) or wrote
    if not wrote or "validity" not in device.targets:
        return
    device.kept = now  # refresh it then: with the next poll, until the charger has said how long
    fc, addr, kind = device.targets["validity"][:3]
    validity = number(kind, await device.read(fc, addr, int(kind[1:]) // 16), 0)
    device.kept = now + validity // 2
    if validity < 2 * device.poll_s:
        text = "the charger holds a current for %d s only: raise its validity time to %d s"
        device.error = text % (validity, 4 * device.poll_s)


async def battery(device, power_w, now):
    """An inverter that takes a power at its terminals. Target: `power` [W], positive charges.

    None leaves it to itself: it is told nothing, and goes back to its own control when it has forgotten the last.
    """
    if power_w is not None:
        await device.set("power", power_w)
