"""The car: how much it needs by when, and what this session has charged, counted at the charger [Wh].

An AC charger does not tell the car's state of charge: the household says the kilometres, the box counts.
"""

from micropython import const

from osb_box.comfort.band import day_minute, minutes_of

_VOLTS = const(230)
LEAST_A = 6  # IEC 61851-1 begins here
_MOST_A = const(32)  # what a home's charger is wired for
_STAY_S = const(3600)  # who plugs in less than an hour before departure leaves the next day
_UNWANTED_S = const(240)  # a car that takes nothing for so long is full, or waits for a timer of its own
_IDLE_WH = const(20)  # a charger counts some for itself
_ERRAND_WH = const(500)  # less is no day's driving


class Car:
    state = None  # as the charger last told it
    here = full = False
    wh = by = 0
    start_wh = None
    asked_km = None
    past = False  # the time that was asked for has come, the car has not left yet
    _late = False
    _offered_since = 0
    _seen_wh = None

    def __init__(self, ev, zone, fuse_w):
        self._ev = ev
        self._zone = zone
        self.told_wh = self.usual_wh = ev["daily_km"] * ev["wh_per_km"]
        self.amp_w = _VOLTS * ev["phases"]
        self.most_a = min(_MOST_A, ev["max_a"])
        # what can be promised in a home that also cooks and heats
        self.sure_w = min(self.amp_w * self.most_a * 9 // 10, fuse_w * 6 // 10)

    def see(self, now, state, counter_wh, offered_ma):
        """State and counter of the charger as measured, None where they are not, and the current it was told."""
        if state is not None:
            self.state = state
            if state == 0:
                if self.here and self.asked_km is None:
                    self._learn()
                self.here = self.full = self._late = False
                self.start_wh = None
                self.wh = 0
                if self.past:
                    self.asked_km, self.past = None, False
            elif not self.here:
                self.here = True
                if self.asked_km is None:
                    self.by = self._next_ready(now + _STAY_S)
        seen = self._seen_wh
        if state == 2 or (self.full and seen is not None and counter_wh is not None and counter_wh > seen + _IDLE_WH):
            self.full = False
        if state != 1 or offered_ma == 0 or None in (counter_wh, seen) or (counter_wh != seen and not self.full):
            self._offered_since = now
            self._seen_wh = counter_wh
        elif now - self._offered_since >= _UNWANTED_S:
            self.full = True
        if now >= self.by:
            if not self.here:
                self.asked_km = None
            self.past = self.asked_km is not None
            self.by = self._next_ready(now)
        if self.here and counter_wh is not None:
            if self.start_wh is None or counter_wh < self.start_wh:
                self.start_wh = counter_wh - self.wh
            self.wh = counter_wh - self.start_wh

    def present(self):
        """A car is there and the charger works."""
        return self.here and self.state != 3

    def absence(self):
        """Why it is not charged: "ev fault", "no car" or "ev full"; None if it takes what it is given."""
        if self.state == 3:
            return "ev fault"
        if not self.here:
            return "no car"
        return "ev full" if self.full else None

    def need(self):
        """Wh this session shall reach."""
        return self.usual_wh if self.asked_km is None else self.asked_km * self._ev["wh_per_km"]

    def most(self):
        """Wh this session may reach: a fifth more, so that nobody counts the last kilometre."""
        return max(self.wh, self.need() * 6 // 5)

    def left(self):
        """Wh to the need. Nobody knows whether a car that takes nothing is full, or will take it later."""
        return max(0, self.need() - self.wh)

    def pressing(self, now):
        """The need can only be met by charging from now on, until it is met; a little later than an offer has it."""
        left = self.left()
        if left == 0 or left * 3600 * 20 >= self.sure_w * 21 * (self.by - now):
            self._late = left > 0
        return self._late

    def _learn(self):
        """A session has ended. Until the car was full it took what had been driven; how much more one would have taken
        that left with its need and not full, nobody knows; any other was cut short.
        """
        wh, usual = self.wh, self.usual_wh
        if self.full and wh >= _ERRAND_WH:
            usual = max(wh, usual - (usual - wh) // 16)  # near what long days take
        elif not self.full and wh * 16 >= usual * 15:
            usual += usual // 8
        self.usual_wh = max(self.told_wh // 2, min(self.told_wh * 3, usual))

    def _next_ready(self, t):
        """First `ready_by` after `t`, also over a change of summer time."""
        t -= t % 60
        ready = minutes_of(self._ev["ready_by"])
        then = t + ((ready - day_minute(t, self._zone) - 1) % 1440 + 1) * 60
        return then + ((ready - day_minute(then, self._zone) + 720) % 1440 - 720) * 60
