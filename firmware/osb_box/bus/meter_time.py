"""A box that nobody has told the time takes that of its smart meter, until a time server tells."""

from micropython import const

from osb_box.clock import days_from_civil

_APART_S = const(60)  # telegrams come every 10 s or more often


class MeterTime:
    """`clock` is the box's, `zone` the configuration's: the meter tells local time, S in summer and W in winter."""

    _last = 0

    def __init__(self, clock, zone):
        self._clock = clock
        self._ahead_s = zone["utc_offset_s"]

    def __call__(self, stamp):
        """A whole telegram was of this time (YYMMDDhhmmssX); False once a server has told the time.

        One alone may be damaged and look whole, and time does not run backwards: two must follow each other.
        """
        last, self._last = self._last, _seconds(stamp) - self._ahead_s
        if last < self._last <= last + _APART_S:
            self._clock.hint(self._last)
        return not self._clock.known


def _seconds(stamp):
    """Seconds since 1970 in winter time; a long time ago if it is no time."""
    if not stamp[:12].isdigit() or stamp[12:13] not in ("S", "W"):
        return 0
    year, month, day, hour, minute, second = [int(stamp[i : i + 2]) for i in range(0, 12, 2)]
    if not 0 < month <= 12:
        return 0
    t = days_from_civil(2000 + year, month, day) * 86400 + hour * 3600 + minute * 60 + second
    return t - 3600 if stamp[12] == "S" else t
