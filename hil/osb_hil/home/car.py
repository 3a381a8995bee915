"""An electric car: its driving days, and what its on-board charger takes from the charging point."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from osb_hil.home.flows import CHARGING, CONNECTED, NO_CAR
from osb_hil.home.local_time import at, days
from osb_hil.home.spec import EvSpec

VOLTS = 230.0
MIN_A = 6.0  # IEC 61851: the least current that a charging point can offer


class Trip(NamedTuple):
    """Away from `leave` to `back` [Unix s, whole minutes], using `wh` of the battery."""

    leave: int
    back: int
    wh: float


def trips(spec: EvSpec, seed: int, start: int, end: int, zone: ZoneInfo) -> list[Trip]:
    """One trip on each local day: off on time, back within 20 minutes of the habit, 85 to 100 % of the planned km."""
    driven = []
    for day in days(start, end, zone):
        rng = np.random.default_rng([seed, 0xCA, day.toordinal()])
        back = at(day, spec.back + int(rng.integers(-20, 21)), zone)
        driven.append(
            Trip(at(day, spec.departure, zone), back, spec.km * spec.wh_per_km * float(rng.uniform(0.85, 1.0)))
        )
    return [trip for trip in driven if trip.back > start]


class Car:
    """State of one car: energy in its battery [Wh] and where it is. It begins full, or just gone if it is away."""

    def __init__(self, spec: EvSpec, driven: list[Trip]) -> None:
        self.spec = spec
        self.wh = spec.battery_wh
        self.state = CONNECTED
        self.short_wh = 0.0  # what departures lacked for their trips, so far
        self._driven = driven
        self._next = 0  # the trip under way, or the one to come
        self._away_until = 0  # unplugged in between, for no trip of its habits

    def away(self, until: int) -> None:
        """Somebody unplugs it and brings it back at `until`, having gone nowhere far."""
        if self.state != NO_CAR:
            self._away_until, self.state = until, NO_CAR

    def step(self, t: int, dt_s: float, offered_a: float) -> float:
        """Advance from `t` by `dt_s`; returns the mean power [W]."""
        spec = self.spec
        if t < self._away_until:
            return 0.0
        if self._away_until:
            self._away_until, self.state = 0, CONNECTED
        if self._next < len(self._driven):
            trip = self._driven[self._next]
            if self.state == NO_CAR and t >= trip.back:
                self.state = CONNECTED
                self._next += 1
            elif self.state != NO_CAR and t >= trip.leave:
                self.state = NO_CAR
                self.short_wh += max(trip.wh - self.wh, 0.0)
                self.wh = max(self.wh - trip.wh, 0.0)
        if self.state == NO_CAR:
            return 0.0
        amps = min(offered_a, spec.max_a) if offered_a >= MIN_A else 0.0
        lacking_wh = spec.battery_wh - self.wh
        power = min(amps * VOLTS * spec.phases, lacking_wh / spec.eta * 3600 / dt_s)
        self.state = CHARGING if power > 0 else CONNECTED
        self.wh = min(self.wh + power * spec.eta * dt_s / 3600, spec.battery_wh)
        return power
