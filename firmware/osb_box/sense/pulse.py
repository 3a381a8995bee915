"""S0 pulses (EN 62053-31): energy from their number, power from their spacing. Integers only; time is passed in."""

from micropython import const

from osb_box.bus import BusError

_SILENT_MS = const(86400000)  # after a day without a pulse nobody knows whether the wire still holds
_SURE_W = const(50)  # before two pulses were seen, an upper bound is told once it is below this


def watts(pulses, ms, per_kwh):
    """Mean power of so many pulses in so many ms, rounded [W]."""
    parts = per_kwh * ms
    return (pulses * 3600000000 + parts // 2) // parts


class Pulses:
    """`total` is (pulses, per_kwh, base_wh): what was counted before; a change of per_kwh begins a new count."""

    _mean = None  # told last [W]

    def __init__(self, per_kwh, total=None):
        self.per_kwh = per_kwh
        pulses, before, base_wh = total or (0, per_kwh, 0)
        if before != per_kwh:
            pulses, base_wh = 0, base_wh + pulses * 1000 // before
        self._kept = pulses
        self._base_wh = base_wh
        self._counted = 0  # since this start
        self._began = None  # when somebody looked first [ms]
        self._from = None  # (counted, ms) of the pulse that the mean begins at
        self._to = None  # and of the latest

    def look(self, counted, ms):
        """What the hardware has counted since its start, at a time [ms] that never runs backwards; several a second."""
        if self._began is None:
            self._began = ms
        if counted != self._counted:
            self._counted = counted
            self._to = counted, ms
            if self._from is None:
                self._from = self._to

    def energy_wh(self):
        """Of all that was ever counted."""
        return self._base_wh + (self._kept + self._counted) * 1000 // self.per_kwh

    def total(self):
        """To be kept, and given to the next start."""
        return [self._kept + self._counted, self.per_kwh, self._base_wh]

    def power_w(self, ms):
        """Mean between the pulses since the last question, but no more than the silence since the latest allows.

        None before anything is known. BusError after a day without a pulse.
        """
        since = self._to[1] if self._to else self._began
        if since is None:
            return None
        silent_ms = max(1, ms - since)
        if silent_ms > _SILENT_MS:
            raise BusError("timeout", "no pulse came for a day: is the wire connected?")
        bound_w = watts(1, silent_ms, self.per_kwh)
        if self._to is None or self._to == self._from:
            if self._mean is None:
                return bound_w if bound_w < _SURE_W else None
            return min(self._mean, bound_w)
        ms_between = max(1, self._to[1] - self._from[1])
        self._mean = watts(self._to[0] - self._from[0], ms_between, self.per_kwh)
        self._from = self._to
        return min(self._mean, bound_w) if silent_ms > ms_between else self._mean


class Counter:
    """`hardware` counts modulo 2**32 from this start on; see hal."""

    def __init__(self, hardware, pulses):
        self._hardware = hardware
        self._first = hardware.value()
        self._pulses = pulses

    def look(self, bus):
        self._pulses.look(self._hardware.value() - self._first & 0xFFFFFFFF, bus.ms())

    async def values(self, bus):
        self.look(bus)
        told = {"energy": self._pulses.energy_wh()}
        power_w = self._pulses.power_w(bus.ms())
        if power_w is not None:
            told["power"], told["made"] = power_w, -power_w
        return told
