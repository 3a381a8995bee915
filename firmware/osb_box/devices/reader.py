"""All devices of a home: polls them into points if they can be believed, and carries commands to them."""

import asyncio

from micropython import const

from osb_box import forget
from osb_box.bus import BusError
from osb_box.devices.registers import decode
from osb_wire import SLOT_S

_FASTEST_W = const(100000)  # no home's counter runs faster
_ROUNDING_WH = const(10)  # a float32 counter may step back so far
_JUMP = const(5000)  # [mC] a sensor that shows its power-on value within this of the last one really measures it
_SLOTS = const(96)  # a day
_PERSISTENT = const(3)  # a counter that is elsewhere in so many polls was exchanged or reset
_ASLEEP_S = const(86400)  # inverters and chargers show 0 while they sleep or start: longer, and it is a new counter


def judge(item, value, last, time, odd, now):
    """The value to report, or None; `last` was believed at `time`.

    `odd`: {point: (value, how often)} of counters, {point: time} of those that one of several registers did not tell.
    """
    point, _, low, high, rule = item[:5]
    if value is None or (low is not None and value < low) or (high is not None and value > high):
        return None
    if rule == "highest":
        if odd.get(point) == now:
            return None
        return value if last is None or time != now else max(value, last)
    if rule != "counter":  # it is what the sensor shows before its first measurement, or None
        return None if value == rule and (last is None or abs(last - value) > _JUMP) else value
    before = odd.pop(point, None)
    if last is None or last <= value <= last + _FASTEST_W * max(0, now - time) // 3600 + 1000:
        return value
    if last - _ROUNDING_WH <= value < last:
        return last
    times = before[1] + 1 if before and before[0] <= value <= before[0] + 100000 else 1
    if times >= _PERSISTENT and (value or now - time >= _ASLEEP_S):
        return value
    odd[point] = (value, times)
    return None


class Devices:
    """`config` is the configuration's list of devices, `buses` {name: bus}, `spare` names points that nobody needs.

    ProfileError names what cannot be.
    """

    def __init__(self, config, buses, points, poll_s, spare=()):
        from osb_box.devices.profile import devices

        self._devices = devices(config, buses, poll_s, spare)
        forget("osb_box.devices.profile")  # its tables are large
        self._points = points
        self._odd = {}
        self._slot = 0  # in which something was written last

    def __iter__(self):
        return iter(self._devices)

    async def sweep(self, now, beat=None):
        """Read all devices that are due into the points: buses at the same time, devices of one bus in turn.

        `beat()` is called after each. MemoryError, once all others have been read.
        """
        lines = [self._line(bus, now, beat) for bus in {device.bus for device in self._devices}]
        for failed in await asyncio.gather(*lines, return_exceptions=True):
            if failed:
                raise failed

    async def _line(self, bus, now, beat):
        failed = None
        for device in self._devices:
            if device.bus is bus and device.ready(now):
                if beat:
                    beat()
                try:
                    for request in device.plan:
                        await self._ask(device, request, now)
                except BusError as e:
                    device.failed(e, now)
                    if e.kind in ("crc", "frame", "exception", "busy"):  # it says something, but nothing of use
                        for request in device.plan:
                            self._spoil(request, now)
                except MemoryError as e:
                    failed = e
                else:
                    device.answered()
        if failed:
            raise failed

    async def _ask(self, device, request, now):
        fc, addr, count, models, optional = request[:5]
        if models:
            base = await device.first(models, optional)
            if base is None:
                return
            addr += base
        try:
            data = await device.read(fc, addr, count)
        except BusError as e:
            if e.kind != "exception":
                raise
            device.error = str(e)  # it is there and refuses these registers: the others may still be had
            device.failures += 1
            self._spoil(request, now)
            return
        for item in request[5:]:
            point, unit = item[:2]
            value = decode(item, data)
            if value is None and item[4] == "optional":
                self._bad(item, now)
                continue
            last, time = self._points.last(point)
            believed = judge(item, value, last, time, self._odd, now)
            if believed is None:
                device.error = "%s: %s is not to be believed" % (point, value)
                self._bad(item, now)
            else:
                self._points.set(point, believed, unit, now)

    def _spoil(self, request, now):
        for item in request[5:]:
            self._bad(item, now)

    def _bad(self, item, now):
        if item[4] != "optional" or self._points.last(item[0])[1]:  # not every meter tells it
            self._points.mark_bad(item[0], item[1], now)
        if item[4] == "highest":
            self._odd[item[0]] = now

    async def apply(self, commands, now, urgent=None):
        """Carry {role: command} to the devices, writing what changed; what fails is tried again next time.

        heat_pump (mode "auto", "off", "rest" or "run", power_w, setpoint_mc or None); tank 0 or 1; ev mA per phase, 0
        or 6000..32000; battery W (+ charges) or None for its own control; pv W or None for no limit.
        `urgent`: a person asks for what the heat pump shall do, or frost.
        Returns those that the devices have confirmed and still hold as far as is known.
        """
        held, slot = {}, now // SLOT_S
        if slot != self._slot:
            for device in self._devices:
                device.renew(slot // _SLOTS != self._slot // _SLOTS)
            self._slot = slot
        for device in self._devices:
            role = device.role
            if device.act and role in commands and device.seen and device.ready(now):
                if device.spared:
                    device.spared = False
                if role == "heat_pump":
                    device.urgent = urgent
                try:
                    await device.act(device, commands[role], now)
                    if not device.spared:
                        held[role] = commands[role]
                except (BusError, ValueError, MemoryError) as e:
                    device.failures += 1
                    device.error = str(e)
        return held

    def errors(self):
        """{role and profile: {state, error, requests, failures, writes}} for the status page."""
        found = {}
        for device in self._devices:
            found["%s %s %d" % (device.role, device.name, device.unit)] = {
                "state": "never seen" if not device.seen else "backing off" if device.fails else "ok",
                "error": device.error,
                "requests": device.requests,
                "failures": device.failures,
                "writes": device.writes,
            }
        return found
