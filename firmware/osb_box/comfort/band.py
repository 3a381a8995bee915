"""The occupant's band of room temperature by local time, and the override that replaces it. All in mC."""

from micropython import const

from osb_box.clock import utc_offset_s

_OVERRIDE_HALF_MC = const(500)


def day_minute(t, zone):
    """Minutes since local midnight."""
    return (t + utc_offset_s(t, zone)) % 86400 // 60


def minutes_of(text):
    """`"06:30"` to 390."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def guard(verdict, value, low, high, above_low, below_high, release):
    """Is `value` about to leave low..high? -1 too low, 1 too high, 0 fine; a `verdict` holds until `release` inside."""
    if value is None:
        return 0
    if value < low + above_low:
        return -1
    if value > high - below_high:
        return 1
    if low + release <= value if verdict < 0 else value <= high - release:
        return 0
    return verdict


class Band:
    """`comfort` as the configuration has it."""

    override_mc = None  # what the household asks for instead
    override_until = 0

    def __init__(self, comfort, zone):
        self._comfort = comfort
        self._zone = zone
        self._night = minutes_of(comfort["night"][0])
        self._day = minutes_of(comfort["night"][1])

    def overridden(self, now):
        return self.override_mc is not None and now < self.override_until

    def target(self, now):
        """The set-point for the unit's own thermostat."""
        return self.override_mc if self.overridden(now) else self._comfort["setpoint_mc"]

    def at(self, t, minute=None, rise_mk=None):
        """(lowest, highest) at `t`; `minute` saves working out the local time again.

        With `rise_mk`, the warming that a slot of heating brings, the lowest climbs before the end of the night so
        that the morning is warm in time.
        """
        if self.overridden(t):
            return self.override_mc - _OVERRIDE_HALF_MC, self.override_mc + _OVERRIDE_HALF_MC
        if minute is None:
            minute = day_minute(t, self._zone)
        comfort = self._comfort
        low = comfort["min_mc"]
        if (minute - self._night) % 1440 < (self._day - self._night) % 1440:
            warm, low = low, comfort["night_min_mc"]
            if rise_mk is not None:
                left_s = (self._day - minute) % 1440 * 60 - t % 60
                low = max(low, warm - rise_mk * left_s // 900)
        return low, comfort["max_mc"]
