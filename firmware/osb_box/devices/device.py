"""One device on a bus: where its registers are, whether it answers, and what was written to it and confirmed."""

from osb_box.bus.pdu import BusError
from osb_box.devices.registers import WORDS, encode

_LONGEST_PAUSE = 15  # polls between two attempts at a device that does not answer


class Device:
    """`unit` is its Modbus address, `poll_s` the schedule's period; all `now` are Unix seconds of the schedule."""

    def __init__(self, profile, role, bus, unit, poll_s):
        self.profile = profile
        self.items = profile.items
        self.role = role
        self.bus = bus
        self.unit = unit
        self.poll_s = poll_s
        self.memory = {}  # point -> what the judge remembers
        self.plan = None  # [fc, first register, end, [(item, its register)]] of each request
        self.models = {}  # SunSpec model -> its first register
        self.accepted = {}  # register -> bytes written and confirmed
        self.seen = False
        self.error = None
        self.requests = 0
        self.failures = 0
        self.writes = 0
        self._fails = 0
        self._due = None

    def ready(self, now):
        """Whether it may be asked now, or is left alone because it did not answer."""
        return self._fails == 0 or now >= self._due

    def state(self):
        if self._fails:
            return "backing off" if self.seen else "never seen"
        return "ok" if self.seen else "never seen"

    def failed(self, error, now):
        """It does not answer: the next attempt is in 1, 2, 4, 8, then every 15 polls."""
        self.error = str(error)
        self.failures += 1
        self._due = now + self.poll_s * min(1 << min(self._fails, 4), _LONGEST_PAUSE)
        self._fails += 1
        self.plan = None

    def answered(self):
        if self._fails:
            self.accepted.clear()  # it may have started anew: what was written may be gone
            self._fails = 0
        self.seen = True

    async def read(self, fc, addr, count):
        """Registers, asked for once more if a device that answered before does not; BusError."""
        try:
            self.requests += 1
            return await self.bus.read(self.unit, fc, addr, count)
        except BusError as e:
            if e.kind == "exception" or self._fails or not self.seen:
                raise
        self.requests += 1
        return await self.bus.read(self.unit, fc, addr, count)

    async def put(self, fc, addr, data, again=False):
        """Write unless these bytes were written there and confirmed before; True if it wrote."""
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
        target = self.profile.targets[what]
        if target.map is not None:
            value = target.map[value]
        if target.low is not None:
            value = max(target.low, value)
        if target.high is not None:
            value = min(target.high, value)
        data = encode(target.type, value, target.scale)
        return await self.put(target.fc, target.addr, data, again)

    async def prepare(self):
        """Find the registers and merge them into few requests."""
        if self.profile.bus == "sunspec":
            from osb_box.devices.sunspec import discover

            self.models = await discover(self.read)
        plan = []
        for item in sorted(self.items, key=_place):
            base = self.model(item.model, item.optional) if item.model else 0
            if base is not None:
                _add(plan, item, base + item.addr, self.profile)
        self.plan = plan

    def model(self, wanted, optional=False):
        """First register of the first model of `wanted` that the device has."""
        for model in wanted:
            if model in self.models:
                return self.models[model]
        if optional:
            return None
        raise BusError("frame", "the device has no SunSpec model %s" % " or ".join(str(m) for m in wanted))


def _place(item):
    return item.fc * 65536 + item.addr


def _add(plan, item, at, profile):
    """Let the last request fetch this item too, if it can, or make another."""
    first, end = at, at + (item.size or WORDS[item.type])
    if item.sf is not None:
        scale = at - item.addr + item.sf
        first, end = min(first, scale), max(end, scale + 1)
    for request in plan:
        low, high = min(first, request[1]), max(end, request[2])
        near = first <= request[2] + profile.gap and request[1] <= end + profile.gap
        if request[0] == item.fc and near and high - low <= profile.most:
            request[1], request[2] = low, high
            request[3].append((item, at))
            return
    plan.append([item.fc, first, end, [(item, at)]])
