"""The table of measured values that everything reads: integer value, unit, quality and age of each point."""

GOOD, STALE, BAD = "good", "stale", "bad"

_VALUE, _UNIT, _BAD, _TIME = 0, 1, 2, 3


class Points:
    """A value older than `stale_s` (three polls) is stale. `now` is Unix seconds of the schedule."""

    def __init__(self, stale_s):
        self._stale_s = stale_s
        self._rows = {}

    def set(self, name, value, unit, now):
        """A good value, measured now."""
        row = self._rows.get(name)
        if row is None:
            self._rows[name] = [value, unit, False, now]
        else:
            row[_VALUE] = value
            row[_UNIT] = unit
            row[_BAD] = False
            row[_TIME] = now

    def mark_bad(self, name, unit, now):
        """The source answered, but not with a value to be believed; the last good one is kept, not as fresh."""
        row = self._rows.get(name)
        if row is None:
            self._rows[name] = [None, unit, True, now]
        else:
            row[_BAD] = True

    def value(self, name, now, max_age_s=None):
        """The value if it is good and no older than `max_age_s`, else None."""
        row = self._rows.get(name)
        if row is None or self._quality(row, now) != GOOD:
            return None
        return None if max_age_s is not None and now - row[_TIME] > max_age_s else row[_VALUE]

    def row(self, name, now):
        """[name, value, unit, quality, age_s] as telemetry carries it; age is that of the last good value."""
        row = self._rows[name]
        return [name, row[_VALUE], row[_UNIT], self._quality(row, now), max(0, now - row[_TIME])]

    def names(self):
        """All names, sorted."""
        return sorted(self._rows)

    def _quality(self, row, now):
        if row[_BAD]:
            return BAD
        return STALE if now - row[_TIME] > self._stale_s else GOOD
