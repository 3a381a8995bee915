"""A motion detector (PIR): somebody is there while it was seen moving within the hold time."""


class Motion:
    """`now` is Unix seconds. Until it has been watched for its hold time, only motion can be told, not its absence."""

    def __init__(self, hold_s):
        self._hold_s = hold_s
        self._began = self._moved = None

    def look(self, level, now):
        if self._began is None or now < self._began:  # the clock was set back
            self._began, self._moved = now, None
        if level:
            self._moved = now

    def present(self, now):
        """1, 0, or None where it is too early to say."""
        if self._moved is not None and now - self._moved <= self._hold_s:
            return 1
        return 0 if self._began is not None and now - self._began > self._hold_s else None


class Detector:
    """`pin` is hal's; it is looked at several times a second, as its pulse may be short."""

    def __init__(self, pin, hold_s):
        self._pin = pin
        self._motion = Motion(hold_s)

    def look(self, bus):
        self._motion.look(self._pin.value(), bus.now())

    async def values(self, bus):
        self.look(bus)
        present = self._motion.present(bus.now())
        return {} if present is None else {"motion": present}
