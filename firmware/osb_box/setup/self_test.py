"""Does everything that is configured work? Looks only: no relay moves."""

import os

from micropython import const

_EARLIEST = const(1735689600)  # 2025-01-01: no box of ours has seen a time before it
_LATEST = const(2524608000)  # 2050-01-01
_FLASH_BYTES = const(65536)


def self_test(cycle, buses, now, folder):
    """[{"what", "ok", "says"}] in the order an installer would look. `buses`: {name: type}."""
    out = []
    devices = list(cycle.devices)
    for name in sorted(buses):
        mine = [device for device in devices if device.bus is cycle.buses[name]]
        well = [device for device in mine if device.seen and not device.fails]
        says = "%s: %d of %d devices answer" % (name, len(well), len(mine))
        _row(out, "bus", len(well) == len(mine), says if mine else "%s: nothing is configured on it" % name)
    for device in devices:
        _row(out, "device", *_device(cycle.points, device, now))
    link = cycle.link
    if link is None:
        _row(out, "hub", True, "no hub is configured: the box works alone")
    else:
        _row(out, "hub", link.connected, "connected" if link.connected else "not reached: %s" % link.last_error)
    _row(out, "clock", _EARLIEST < now < _LATEST, _utc(now))
    stat = os.statvfs(folder or "/")
    free = stat[0] * stat[3]
    _row(out, "flash", free >= _FLASH_BYTES, "%d kB are free" % (free // 1024))
    for device in devices:
        if device.targets and device.role in ("tank", "heat_pump") and any([_switch(t) for t in _each(device)]):
            says = "%s switches the %s; it was not moved" % (device.name, device.role.replace("_", " "))
            _row(out, "relay", device.seen and not device.fails, says)
    return out


def _row(out, what, ok, says):
    out.append({"what": what, "ok": bool(ok), "says": says})


def _each(device):
    return device.targets.values() if isinstance(device.targets, dict) else ()


def _switch(target):
    return len(target) > 2 and target[2] == "bit"


def _device(points, device, now):
    """(ok, sentence): every point of it has a good value."""
    name = "%s %s" % (device.role.replace("_", " "), device.name)
    if not device.seen or device.fails:
        return False, "%s does not answer: %s" % (name, device.error or "it was not asked yet")
    told, missing = [], []
    for request in device.plan:
        for item in request[5:]:
            value = points.value(item[0], now)
            if value is None:
                if item[0] in points.names():  # an optional one may be absent
                    missing.append(item[0])
            else:
                told.append("%s %d %s" % (item[0], value, item[1]))
    if missing:
        return False, "%s: no good value of %s: %s" % (name, ", ".join(missing), device.error or "it is old")
    return bool(told), "%s: %s" % (name, ", ".join(told) or "no value")


def _utc(now):
    import time

    year, month, day, hour, minute = time.gmtime(now - _epoch_s(time))[:5]
    return "%04d-%02d-%02d %02d:%02d UTC" % (year, month, day, hour, minute)


def _epoch_s(time):
    return 946684800 if time.gmtime(0)[0] == 2000 else 0
