"""All devices of a home: polls them into points, carries commands to them, and says how they are."""

import asyncio
import sys

import osb_box.devices
from osb_box.bus.pdu import BusError, Modbus
from osb_box.devices import actuators
from osb_box.devices.device import Device
from osb_box.devices.judge import judge
from osb_box.devices.registers import exponent, raw, scale, text, unknown


class Devices:
    """`config` is the configuration's list of devices, `buses` {name: bus}. ProfileError names what cannot be."""

    def __init__(self, config, buses, points, poll_s):
        self._points = points
        self._lines = {}
        self._devices = []
        taken = set()
        from osb_box.devices.profile import ProfileError, load

        for entry in config:
            profile = load(entry["profile"], entry["role"])
            bus = buses[entry["bus"]]
            if isinstance(bus, Modbus) == (profile.bus == "p1"):
                raise ProfileError("%s.json: the bus %s is of another type" % (profile.name, entry["bus"]))
            unit = entry.get("unit")  # a P1 meter has none
            device = Device(profile, entry["role"], bus, 1 if unit is None else unit, poll_s)
            device.items = [item for item in profile.items if item.point not in taken]
            taken.update(item.point for item in device.items)  # the device listed first measures a point
            self._devices.append(device)
            self._lines.setdefault(entry["bus"], []).append(device)
        del sys.modules["osb_box.devices.profile"]  # its tables are large, and all profiles are loaded
        del osb_box.devices.profile
        self._actuators = actuators.of(self._devices)
        self._written = {}

    async def sweep(self, now):
        """Read all devices that are due into the points: buses at the same time, devices of one bus in turn."""
        await asyncio.gather(*[self._line(devices, now) for devices in self._lines.values()])

    async def _line(self, devices, now):
        for device in devices:
            if device.ready(now):
                await self._poll(device, now)

    async def _poll(self, device, now):
        try:
            if device.profile.bus == "p1":
                device.requests += 1
                values = await device.bus.telegram()
                for item in device.items:
                    self._take(device, item, _sum(item, values), now)
            else:
                await self._registers(device, now)
        except BusError as e:
            device.failed(e, now)
            if e.kind in ("crc", "frame", "exception"):  # it says something, but nothing of use
                for item in device.items:
                    self._points.mark_bad(item.point, item.unit, now)
        else:
            device.answered()

    async def _registers(self, device, now):
        if device.plan is None:
            await device.prepare()
        for fc, first, end, places in device.plan:
            try:
                data = await device.read(fc, first, end - first)
            except BusError as e:
                if e.kind != "exception":
                    raise
                device.error = str(e)  # it is there and refuses these registers: the others may still be had
                device.failures += 1
                for item, _ in places:
                    self._points.mark_bad(item.point, item.unit, now)
                continue
            for item, at in places:
                self._take(device, item, _decode(item, data, at - first), now)

    def _take(self, device, item, value, now):
        believed = judge(item, value, device.memory, now)
        if believed is None:
            device.error = "%s: %s is not to be believed" % (item.point, value)
            self._points.mark_bad(item.point, item.unit, now)
        else:
            self._points.set(item.point, believed, item.unit, now)

    async def apply(self, commands, now):
        """Carry {role: command} to the devices, writing what changed; what fails is tried again next time.

        heat_pump (mode "auto", "off" or "run", power_w, setpoint_mc or None); tank 0 or 1; ev mA per phase, 0 or
        6000..32000; battery W (+ charges) or None for its own control; pv W or None for no limit.
        """
        for actuator in self._actuators:
            device = actuator.device
            if device.role not in commands or not device.ready(now) or not device.seen:
                continue
            try:
                await actuator.apply(commands[device.role], now)
                self._written[device.role] = commands[device.role]
            except (BusError, ValueError) as e:
                self._written.pop(device.role, None)
                device.failures += 1
                device.error = str(e)

    def written(self):
        """{role: command} that the devices have confirmed and still hold as far as is known."""
        holding = [a.device.role for a in self._actuators if a.device.state() == "ok"]
        return {role: command for role, command in self._written.items() if role in holding}

    def errors(self):
        """{role and profile: {state, error, requests, failures, writes}} for the status page."""
        found = {}
        for device in self._devices:
            label = "%s %s %d" % (device.role, device.profile.name, device.unit)
            found[label] = {
                "state": device.state(),
                "error": device.error,
                "requests": device.requests,
                "failures": device.failures,
                "writes": device.writes,
            }
        return found


def _sum(item, values):
    """A point of a P1 telegram; None if the meter sends none of its codes."""
    plus = [values[code] for code in item.plus if code in values]
    return sum(plus) - sum(values.get(code, 0) for code in item.minus) if plus else None


def _decode(item, data, at):
    """A point from its registers at `at` in the answer; None if the device says that it has no value."""
    if item.type == "bit":
        return data[at >> 3] >> (at & 7) & 1
    if item.type == "text":
        return item.map.get(text(data, 2 * at, item.size))
    value = raw(item.type, data, 2 * at, item.low_word_first)
    if value == item.bad or (item.model and unknown(item.type, value)):
        return None
    ten = 0
    if item.sf is not None:
        ten = exponent(data, 2 * (at - item.addr + item.sf))
        if ten is None:
            return None
    return scale(item.type, value, item.scale, ten)
