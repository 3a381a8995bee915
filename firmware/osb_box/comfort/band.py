"""The occupant's band of room temperature by local time, and the override that replaces it. All in mC.

What a home has beyond day and night (habits, holiday, nobody at home) is lived.py's, which stays in memory only there.
"""

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
    """`comfort` as the configuration has it, or as the household has changed it."""

    override_mc = None  # what the household asks for instead
    override_until = override_since = 0
    lived = None  # the module lived.py where there is more than day and night
    holiday = None  # (until, mC)
    learned = None  # bytes of habits.py
    usual = None  # for each half hour of weekday and weekend how often somebody is at home, 0..255
    moved = None  # when somebody was last seen to move, where there is a sensor
    away = False
    summer_mc = 0  # EN 16798-1's upper edge while the outdoor temperature gives one

    def __init__(self, comfort, zone):
        self.zone = zone
        self.kept = {}  # what else comfort must not forget, JSON-able: see memory.py
        self.use(comfort)

    def use(self, comfort):
        """Live by these numbers from now on."""
        self.comfort = comfort
        self.night = minutes_of(comfort["night"][0])
        self.day = minutes_of(comfort["night"][1])

    def overridden(self, now):
        return self.override_mc is not None and now < self.override_until

    def target(self, now, rise_mk=None):
        """The set-point for the unit's own thermostat; with `rise_mk` it climbs in time for what comes."""
        if self.overridden(now):
            return self.override_mc
        return self.lived.target(self, now, rise_mk) if self.lived else self.comfort["setpoint_mc"]

    def at(self, t, minute=None, rise_mk=None):
        """(lowest, highest) at `t`; `minute` saves working out the local time again.

        With `rise_mk`, the warming that a slot of heating brings, the lowest climbs before the end of the night so
        that the morning is warm in time.
        """
        if self.overridden(t):
            return self.override_mc - _OVERRIDE_HALF_MC, self.override_mc + _OVERRIDE_HALF_MC
        if minute is None:
            minute = day_minute(t, self.zone)
        if self.lived:
            return self.lived.at(self, t, minute, rise_mk)
        comfort = self.comfort
        low = comfort["min_mc"]
        if (minute - self.night) % 1440 < (self.day - self.night) % 1440:
            warm, low = low, comfort["night_min_mc"]
            if rise_mk is not None:
                left_s = (self.day - minute) % 1440 * 60 - t % 60
                low = max(low, warm - rise_mk * left_s // 900)
        return low, comfort["max_mc"]
