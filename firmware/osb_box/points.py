"""The table of measured values that everything reads: integer value, unit, quality and age of each point."""

from micropython import const

_VALUE = const(0)
_UNIT = const(1)
_BAD = const(2)
_TIME = const(3)


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
            row[:] = value, unit, False, now

    def mark_bad(self, name, unit, now):
        """The source answered, but not with a value to be believed; the last good one is kept, not as fresh."""
        row = self._rows.get(name)
        if row is None:
            self._rows[name] = [None, unit, True, now]
        else:
            row[_BAD] = True

    def last(self, name):
        """(the last good value, when it was measured) whatever came after it; (None, 0) if there was none."""
        row = self._rows.get(name)
        return (row[_VALUE], row[_TIME]) if row else (None, 0)

    def value(self, name, now):
        """The value if it is good, else None."""
        row = self._rows.get(name)
        return row[_VALUE] if row and not row[_BAD] and now - row[_TIME] <= self._stale_s else None

    def row(self, name, now):
        """[name, value, unit, quality, age_s] as telemetry carries it; age is that of the last good value."""
        row = self._rows[name]
        quality = "bad" if row[_BAD] else "stale" if now - row[_TIME] > self._stale_s else "good"
        return [name, row[_VALUE], row[_UNIT], quality, max(0, now - row[_TIME])]

    def set_back(self, seconds):
        """The clock was set back by so much: what is known keeps its age."""
        for row in self._rows.values():
            row[_TIME] -= seconds

    def names(self):
        """All names, sorted."""
        return sorted(self._rows)
