"""One device on a bus: whether it answers, and what was written to it and confirmed."""

from micropython import const

from osb_box import forget, loaded, rested
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
    accepted = None  # register -> bytes written and confirmed in this slot
    doubted = None  # the same of the slot before, where registers wear out: the device may have started anew since
    spent = None  # {register: how often it was written today} of those that wear out; ~register: how often it was lost
    spared = False  # the last command was not carried out, to spare a register or what hangs on it
    urgent = None  # a person asks for the command, or frost
    lent = None  # the register that was written for such a command last: the way back is the person's, too
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
        # a pause longer than the longest: the clock was set back
        return self.fails == 0 or not 0 < self._due - now <= self.poll_s * _LONGEST_PAUSE

    def failed(self, error, now):
        """It does not answer: the next attempt is in 1, 2, 4, 8, then every 15 polls."""
        self.error = str(error)
        self.failures += 1
        self._due = now + self.poll_s * min(1 << min(self.fails, 4), _LONGEST_PAUSE)
        self.fails += 1
        self.models = None

    def renew(self, new_day):
        """Once a slot what was written is doubted; writes are counted anew each day (UTC)."""
        if self.accepted or self.doubted:
            self.doubted = self.accepted if self.spent else None  # that are read back, as they wear out
            self.accepted = None
        if new_day:
            self.spent = None

    def answered(self):
        if self.fails:
            self.accepted = self.doubted = None  # it may have started anew: what was written may be gone
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
        """Write unless these bytes were written there and confirmed in this slot; True if it wrote."""
        if self.accepted is None:
            self.accepted = {}
        if not again and self.accepted.get(addr) == data:
            return False
        self.accepted.pop(addr, None)
        self.requests += 1
        await self.bus.write(self.unit, fc, addr, bytes((data[0] & 1,)) if fc == 15 else data)
        self.accepted[addr] = data
        self.writes += 1
        return True

    async def set(self, what, value, again=False):
        """Write a value (or a word of its map) to the target `what`, kept within its limits; True if it wrote.

        A target that the device holds for some time only is written each time.
        A target with a budget is written so often a day, and not where it holds the value already, as after a restart.
        When its budget is spent it is written only to leave the device to itself, which is then done if it can be. A
        person, or frost, has a reserve beyond it, and the command that ends theirs is written, too.
        """
        fc, addr, kind, ratio, low, high, words, _, per_day, hold_s = self.targets[what]
        if words:
            value = words[value]
        if low is not None:
            value = max(low, value)
        if high is not None:
            value = min(high, value)
        data = encode(kind, value, ratio[0], ratio[1])
        if hold_s:
            again = True
            if hold_s < 2 * self.poll_s:
                self.error = "%s is held for %d s only: poll_s must be %d or less" % (what, hold_s, hold_s // 2)
        if not per_day:
            return await self.put(fc, addr, data, again)
        if self.accepted and self.accepted.get(addr) == data:
            return False
        try:
            worn = await rested(loaded("osb_box.devices.", "worn"))
            return await worn.write(self, what, data, value)
        finally:
            worn = None
            forget("osb_box.devices.worn")

    def half_spent(self, what):
        """Whether half of a target's budget of today is gone."""
        addr, per_day = self.targets[what][1], self.targets[what][8]
        return per_day and (self.spent or {}).get(addr, 0) * 2 >= per_day

    async def first(self, models, optional=False):
        """First register of the first SunSpec model of `models` that the device has; None only if `optional`."""
        if self.models is None:
            from osb_box.devices.models import discover

            self.models = await discover(self.read)
            forget("osb_box.devices.models")
        for model in models:
            if model in self.models:
                return self.models[model]
        if not optional:
            raise BusError("frame", "the device has no SunSpec model %s" % " or ".join([str(m) for m in models]))
