"""One device on a bus: whether it answers, and what was written to it and confirmed."""

from micropython import const

from osb_box.bus import BusError
from osb_box.devices.registers import encode

_LONGEST_PAUSE = const(15)  # polls between two attempts at a device that does not answer


class Device:
    """All `now` are Unix seconds of the schedule. What profile.py gives it:

    name       of its profile; `role`: what it is for; `unit`: its Modbus address; `poll_s`: the schedule's period
    plan       its requests, as profile.py describes them
    targets    {what: how to write it}, or None if nothing can be
    act        coroutine function (device, command, now) that carries a command out; None without targets
    """

    targets = act = None
    models = None  # SunSpec model -> its first register, once they are known
    accepted = None  # register -> bytes written and confirmed
    kept = None  # what `act` remembers
    seen = False
    error = None
    requests = failures = writes = 0
    fails = _due = 0

    def __init__(self, name, role, bus, unit, poll_s, plan):
        self.name = name
        self.role = role
        self.bus = bus
        self.unit = unit
        self.poll_s = poll_s
        self.plan = plan

    def ready(self, now):
        """Whether it may be asked now, or is left alone because it did not answer."""
        return self.fails == 0 or now >= self._due

    def failed(self, error, now):
        """It does not answer: the next attempt is in 1, 2, 4, 8, then every 15 polls."""
        self.error = str(error)
        self.failures += 1
        self._due = now + self.poll_s * min(1 << min(self.fails, 4), _LONGEST_PAUSE)
        self.fails += 1
        self.models = None

    def answered(self):
        if self.fails:
            self.accepted = None  # it may have started anew: what was written may be gone
            self.fails = 0
        self.seen = True

    async def read(self, fc, addr, count):
        """Registers, asked for once more if a device that answered before does not; BusError."""
        self.requests += 1
        try:
            return await self.bus.read(self.unit, fc, addr, count)
        except BusError as e:
            if not fc or e.kind == "exception" or self.fails or not self.seen:  # fc 0: a meter that sends by itself
                raise
        self.requests += 1
        return await self.bus.read(self.unit, fc, addr, count)

    async def put(self, fc, addr, data, again=False):
        """Write unless these bytes were written there and confirmed before; True if it wrote."""
        if self.accepted is None:
            self.accepted = {}
        if not again and self.accepted.get(addr) == data:
            return False
        self.accepted.pop(addr, None)
        self.requests += 1
        await self.bus.write(self.unit, fc, addr, data)
        self.accepted[addr] = data
        self.writes += 1
        return True

    async def set(self, what, value, again=False):
        """Write a value (or a word of its map) to the profile's target `what`, kept within its limits."""
        fc, addr, kind, ratio, low, high, words = self.targets[what]
        if words:
            value = words[value]
        if low is not None:
            value = max(low, value)
        if high is not None:
            value = min(high, value)
        return await self.put(fc, addr, encode(kind, value, ratio[0], ratio[1]), again)

    async def first(self, models, optional=False):
        """First register of the first SunSpec model of `models` that the device has; None only if `optional`."""
        if self.models is None:
            from osb_box.devices.sunspec import discover

            self.models = await discover(self.read)
        for model in models:
            if model in self.models:
                return self.models[model]
        if not optional:
            raise BusError("frame", "the device has no SunSpec model %s" % " or ".join([str(m) for m in models]))
