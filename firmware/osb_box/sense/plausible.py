"""Values that a sensor's surroundings cannot have: an outlier is not taken, a real change is, a little later."""

MC_A_MINUTE = 10000  # no room and no tank changes faster [mC]
PM_A_MINUTE = 200  # of relative humidity


def median(values):
    """The middle one of an odd number of values."""
    return sorted(values)[len(values) // 2]


class Plausible:
    """The median of the last three, unless it moved faster than `most` a minute since the last that was believed.

    A change that lasts is believed when as much time has passed as it needs at that rate, or a quarter of an hour.
    """

    def __init__(self, most):
        self._most = most
        self._last = []
        self._believed = None
        self._at = 0

    def take(self, value, now):
        """The value to report at `now` [s], or None where it is not to be believed yet."""
        self._last = self._last[-2:] + [value]
        if self._believed is not None and not 0 <= now - self._at < 900:
            self._believed = None  # too long ago to judge by, or a clock that was set
        middle = median(self._last) if len(self._last) == 3 else value
        if self._believed is not None and abs(middle - self._believed) > self._most * max(60, now - self._at) // 60:
            return None
        self._believed, self._at = middle, now
        return middle
