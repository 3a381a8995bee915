"""Is the box well? Needed while a version or settings are on trial."""

from micropython import const

_PASSES = const(3)  # of the cycle without an error


class Health:
    """Passes count from the last fault on."""

    def __init__(self, cycle, supervisor):
        self._cycle = cycle
        self._supervisor = supervisor
        self._since = cycle.passes
        self._failures = supervisor.failures()

    def ill(self):
        """What is still amiss, or None."""
        cycle, failures = self._cycle, self._supervisor.failures()
        if cycle.errors or failures != self._failures:
            self._since, self._failures = cycle.passes, failures
        if cycle.passes >= self._since + _PASSES:
            return None
        faults = dict(self._supervisor.errors())
        faults.update(cycle.errors)
        for name in faults:
            return "%s: %s" % (name, faults[name])
        return "the cycle made %d passes" % cycle.passes
