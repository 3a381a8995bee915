"""The car: how much it needs by when, and what this session has charged, counted at the charger [Wh].

An AC charger does not tell the car's state of charge: the household says the kilometres, the box counts.
"""

from micropython import const

from osb_box.comfort.band import day_minute, minutes_of

_VOLTS = const(230)
LEAST_A, MOST_A = 6, 32  # IEC 61851-1 begins at 6 A; 32 A is what a home's charger is wired for
_STAY_S = const(3600)  # who plugs in less than an hour before departure leaves the next day
_UNWANTED_S = const(240)  # a car that takes nothing for so long is full
_FRESH = (False, None, 0, 0, None, False)


class Car:
    def __init__(self, ev, zone, fuse_w):
        self._zone = zone
        self._wh_per_km = ev["wh_per_km"]
        self._daily_km = ev["daily_km"]
        self._ready = minutes_of(ev["ready_by"])
        self.amp_w = _VOLTS * ev["phases"]
        self.most_a = min(MOST_A, ev["max_a"])
        self.most_w = self.amp_w * self.most_a
        # what can be promised in a home that also cooks and heats
        self.sure_w = min(self.most_w * 9 // 10, fuse_w * 6 // 10)
        self._late = False
        self._offered_since = 0
        self._seen_wh = None
        self.state = None  # as the charger last told it
        self.restore(_FRESH)

    def see(self, now, state, counter_wh, offered_ma):
        """State and counter of the charger as measured, None where they are not, and the current it was told."""
        if state is not None:
            self.state = state
            if state == 0:
                self.here = False
                self.start_wh = None
                self.wh = 0
                self.full = False
            elif not self.here:
                self.here = True
                if self.asked_km is None:
                    self.by = self._next_ready(now + _STAY_S)
        if state != 1 or offered_ma == 0 or counter_wh is None or counter_wh != self._seen_wh:
            self._offered_since = now
            self._seen_wh = counter_wh
        elif now - self._offered_since >= _UNWANTED_S:
            self.full = True
        if state == 2:
            self.full = False
        if now >= self.by:
            if not self.here:
                self.asked_km = None
            self.by = self._next_ready(now)
        if self.here and counter_wh is not None:
            if self.start_wh is None or counter_wh < self.start_wh:
                self.start_wh = counter_wh - self.wh
            self.wh = counter_wh - self.start_wh

    def ask(self, km, by, now):
        """The household needs so many km at `by`. ValueError beyond 1000 km or for a time not within a week."""
        if not 0 <= km <= 1000:
            raise ValueError("km must be 0..1000, not %d" % km)
        if not now < by <= now + 7 * 86400:
            raise ValueError("by must lie within the coming week, not %d" % by)
        self.asked_km = km
        self.by = by
        self.full = False

    def present(self):
        """A car is there and the charger works."""
        return self.here and self.state in (None, 1, 2)

    def ready(self):
        """It also takes what it is given."""
        return self.present() and not self.full

    def absence(self):
        """Why it is not ready, in plain words."""
        if self.state == 3:
            return "the charger reports a fault"
        return "the car is full" if self.here else "no car is connected"

    def need(self):
        """Wh this session shall reach."""
        return (self._daily_km if self.asked_km is None else self.asked_km) * self._wh_per_km

    def most(self):
        """Wh this session may reach: a fifth more, so that nobody counts the last kilometre."""
        return max(self.wh, self.need() * 6 // 5)

    def left(self):
        return 0 if self.full else max(0, self.need() - self.wh)

    def shortfall(self, now):
        """Wh that will be missing at departure even if it charges at full power from now on."""
        return max(0, self.left() - self.most_w * (self.by - now) // 3600) if self.here else 0

    def pressing(self, now):
        """The need can only be met by charging from now on, until it is met; a little later than an offer has it."""
        left = self.left() if self.ready() else 0
        if left == 0 or left * 3600 * 20 >= self.sure_w * 21 * (self.by - now):
            self._late = left > 0
        return self._late

    def snapshot(self):
        return [self.here, self.start_wh, self.wh, self.by, self.asked_km, self.full]

    def restore(self, kept):
        self.here, self.start_wh, self.wh, self.by, self.asked_km, self.full = kept

    def _next_ready(self, t):
        """First `ready_by` after `t`, also over a change of summer time."""
        t -= t % 60
        then = t + ((self._ready - day_minute(t, self._zone) - 1) % 1440 + 1) * 60
        off = (self._ready - day_minute(then, self._zone) + 720) % 1440 - 720
        return then + off * 60
