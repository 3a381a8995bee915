"""The occupant's band of room temperature by local time, and the override that replaces it. All in mC."""

from micropython import const

from osb_box.clock import local

_OVERRIDE_HALF_MC = const(500)
_FROST_MC = const(7000)
_FROST_OVER_MC = const(8000)


def day_minute(t, zone):
    """Minutes since local midnight."""
    parts = local(t, zone)
    return parts[3] * 60 + parts[4]


def minutes_of(text):
    """`"06:30"` to 390."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


class Band:
    def __init__(self, comfort, zone):
        self._zone = zone
        self._low = comfort["min_mc"]
        self._high = comfort["max_mc"]
        self._night_low = comfort["night_min_mc"]
        self._from = minutes_of(comfort["night"][0])
        self._to = minutes_of(comfort["night"][1])
        self.setpoint = comfort["setpoint_mc"]
        self.override_mc = None
        self.override_until = 0
        self._frost = False

    def override(self, target_mc, minutes, now):
        """The household wants `target_mc` for so many minutes; 0 minutes ends it. ValueError outside 10..28 degrees."""
        if minutes <= 0:
            self.override_mc = None
            return
        if not 10000 <= target_mc <= 28000:
            raise ValueError("target_mc must be 10000..28000, not %d" % target_mc)
        self.override_mc = target_mc
        self.override_until = now + minutes * 60

    def overridden(self, now):
        return self.override_mc is not None and now < self.override_until

    def override_words(self):
        return "the household asked for %d.%d degrees" % (self.override_mc // 1000, self.override_mc % 1000 // 100)

    def snapshot(self):
        return [self.override_mc, self.override_until]

    def restore(self, kept):
        self.override_mc, self.override_until = kept

    def target(self, now):
        """The set-point for the unit's own thermostat."""
        return self.override_mc if self.overridden(now) else self.setpoint

    def at(self, t, minute=None, rise_mk=None):
        """(lowest, highest) at `t`; `minute` saves working out the local time again.

        With `rise_mk`, the warming that a slot of heating brings, the lowest climbs before the end of the night so
        that the morning is warm in time.
        """
        if self.overridden(t):
            return self.override_mc - _OVERRIDE_HALF_MC, self.override_mc + _OVERRIDE_HALF_MC
        if minute is None:
            minute = day_minute(t, self._zone)
        length = (self._to - self._from) % 1440
        if (minute - self._from) % 1440 >= length:
            return self._low, self._high
        low = self._night_low
        if rise_mk is not None:
            left_s = (self._to - minute) % 1440 * 60 - t % 60
            low = max(low, self._low - rise_mk * left_s // 900)
        return low, self._high

    def frost(self, room_mc):
        """True from below 7 degrees until the room is at 8 again."""
        if room_mc is not None:
            self._frost = room_mc < (_FROST_OVER_MC if self._frost else _FROST_MC)
        return self._frost


class Guard:
    """Says when a temperature is about to leave its band: -1 too low, 1 too high, 0 fine; with hysteresis."""

    def __init__(self, above_low_mc, below_high_mc, release_mc):
        self._above_low = above_low_mc
        self._below_high = below_high_mc
        self._release = release_mc
        self.verdict = 0

    def look(self, value_mc, low_mc, high_mc):
        if value_mc is None:
            self.verdict = 0
        elif value_mc < low_mc + self._above_low:
            self.verdict = -1
        elif value_mc > high_mc - self._below_high:
            self.verdict = 1
        elif (self.verdict < 0 and value_mc >= low_mc + self._release) or (
            self.verdict > 0 and value_mc <= high_mc - self._release
        ):
            self.verdict = 0
        return self.verdict
