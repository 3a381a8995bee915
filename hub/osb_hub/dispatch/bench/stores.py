"""The stores of a benchmark fleet as arrays: batteries, cars, rooms with a heat pump, hot water tanks.

Arrays are float32; [S, T] where real offers have a series, else [S, 1]. Hard bands can be kept: batteries begin inside
theirs, and a two-way car needs at most 85 % of what its charger gives until it leaves. Soft bands can nearly always be
kept, so that no penalty hides in the objective.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from osb_hub.dispatch.bench.households import BATTERY, CAR, ROOM, TANK, Households, Singles
from osb_hub.dispatch.bench.profiles import EUR_PER_KWH, PROFILES, SLOT_H, SLOTS, Day
from osb_hub.dispatch.fleet import Ints

COMFORT = 20 * EUR_PER_KWH  # per Wh and slot outside a soft band: above what a feeder's limit costs
KEPT_FOR_LATER = 0.12 * EUR_PER_KWH  # of a Wh left in a battery

_REFERENCE_C = 15.0  # a room's fill is 0 at this temperature
_REACHABLE = 0.85
_LOW = 0.2  # share of its capacity that a two-way car keeps


@dataclass(eq=False)
class Stores:
    """Arrays of the fleet file; `put` writes those of one kind."""

    stores: int
    arrays: dict[str, Singles] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """All zero, or what means nothing: eta 1, retention 1, hard bands."""
        series = ("eta_in", "charge_max_w", "discharge_max_w", "usage_w", "fill_min_wh")
        single = ("retention", "eta_out", "fill_max_wh", "below_price", "above_price", "wear_price")
        shapes = dict.fromkeys(series, (self.stores, SLOTS)) | dict.fromkeys(single, (self.stores, 1))
        shapes |= {"fill0_wh": (self.stores,), "end_value": (self.stores,)}  # type: ignore[dict-item]
        neutral = {"eta_in": 1.0, "eta_out": 1.0, "retention": 1.0, "below_price": np.inf, "above_price": np.inf}
        self.arrays = {name: np.full(shape, neutral.get(name, 0.0), np.float32) for name, shape in shapes.items()}

    def put(self, rows: Ints, **values: NDArray[np.generic] | float) -> None:
        """Values for these rows: one, one per row, or one per row and slot."""
        for name, value in values.items():
            array, given = self.arrays[name], np.asarray(value, dtype=np.float32)
            array[rows] = given[:, np.newaxis] if given.ndim == 1 and array.ndim == 2 else given


def stores(homes: Households, day: Day, rng: np.random.Generator) -> dict[str, Singles]:
    """Every array per store of the fleet file."""
    made = Stores(homes.stores)

    def uniform(rows: Ints) -> Callable[[float, float], Singles]:
        return lambda low, high: rng.uniform(low, high, rows.size).astype(np.float32)

    rows = homes.rows(BATTERY)
    _batteries(made, rows, uniform(rows))
    rows = homes.rows(CAR)
    _cars(made, rows[~homes.two_way[rows]], rng)
    _two_way_cars(made, rows[homes.two_way[rows]], rng)
    rows = homes.rows(ROOM)
    _rooms(made, rows, day, uniform(rows))
    rows = homes.rows(TANK)
    _tanks(made, rows, day, uniform(rows), rng.integers(0, PROFILES, rows.size))
    return made.arrays


def _batteries(made: Stores, rows: Ints, uniform: Callable[[float, float], Singles]) -> None:
    capacity = uniform(5000, 15000)
    power = uniform(0.3, 0.6) * capacity
    eta = uniform(0.93, 0.98)
    made.put(
        rows,
        fill0_wh=uniform(0.25, 0.75) * capacity,
        retention=0.9999,
        eta_in=eta,
        eta_out=eta,
        charge_max_w=power,
        discharge_max_w=power,
        fill_min_wh=0.1 * capacity,
        fill_max_wh=0.95 * capacity,
        wear_price=0.01 * EUR_PER_KWH,
        end_value=KEPT_FOR_LATER,
    )


@dataclass(frozen=True, eq=False)
class _Stay:
    """When cars are at home: from `arrival` until `departure` [slot]; a fifth is there from the start."""

    arrival: Ints
    departure: Ints

    @classmethod
    def drawn(cls, cars: int, rng: np.random.Generator) -> "_Stay":
        at_home = rng.random(cars) < 0.2
        return cls(np.where(at_home, 0, rng.integers(16, 36, cars)), rng.integers(70, 88, cars))

    @property
    def present(self) -> NDArray[np.bool_]:
        slot = np.arange(SLOTS)
        here: NDArray[np.bool_] = (slot >= self.arrival[:, np.newaxis]) & (slot < self.departure[:, np.newaxis])
        return here

    @property
    def last(self) -> NDArray[np.bool_]:
        """[cars, T] the slot at whose end the car must be full enough."""
        at_end: NDArray[np.bool_] = np.arange(SLOTS) == self.departure[:, np.newaxis] - 1
        return at_end

    def chargeable(self, power: Singles, eta: float) -> Singles:
        """[cars] Wh."""
        hours = (self.departure - self.arrival).astype(np.float32) * np.float32(SLOT_H)
        return np.float32(_REACHABLE * eta) * power * hours

    def trip_w(self, wh: Singles) -> Singles:
        """[cars, T] usage while driving, in the hour after departure."""
        behind = np.arange(SLOTS) - self.departure[:, np.newaxis]
        driving = (behind >= 0) & (behind < 4)
        return np.where(driving, -wh[:, np.newaxis] / np.float32(4 * SLOT_H), np.float32(0))


def _cars(made: Stores, rows: Ints, rng: np.random.Generator) -> None:
    stay = _Stay.drawn(rows.size, rng)
    power = rng.choice(np.array([3700, 7400, 11000], np.float32), rows.size)
    before = rng.uniform(5000, 25000, rows.size).astype(np.float32)
    needed = np.minimum(rng.uniform(5000, 40000, rows.size).astype(np.float32), stay.chargeable(power, 0.93))
    made.put(
        rows,
        fill0_wh=before,
        eta_in=0.93,
        charge_max_w=stay.present * power[:, np.newaxis],
        usage_w=stay.trip_w(needed),
        fill_min_wh=stay.last * (before + needed)[:, np.newaxis],
        fill_max_wh=before + needed + 2000,
        below_price=COMFORT,
    )


def _two_way_cars(made: Stores, rows: Ints, rng: np.random.Generator) -> None:
    stay = _Stay.drawn(rows.size, rng)
    power = rng.choice(np.array([7400, 11000], np.float32), rows.size)
    capacity = rng.uniform(45000, 80000, rows.size).astype(np.float32)
    before = rng.uniform(0.25, 0.6, rows.size).astype(np.float32) * capacity
    target = np.minimum(0.85 * capacity, before + stay.chargeable(power, 0.94))
    low = np.float32(_LOW) * capacity
    present = stay.present * power[:, np.newaxis]
    made.put(
        rows,
        fill0_wh=before,
        eta_in=0.94,
        eta_out=0.94,
        charge_max_w=present,
        discharge_max_w=present,
        usage_w=stay.trip_w(0.9 * (target - low)),
        fill_min_wh=np.where(stay.last, target[:, np.newaxis], low[:, np.newaxis]),
        fill_max_wh=capacity,
        wear_price=0.015 * EUR_PER_KWH,
    )


def _rooms(made: Stores, rows: Ints, day: Day, uniform: Callable[[float, float], Singles]) -> None:
    """One room, one time constant: C·dT/dt = heat + gain − (T − outside)/R; fill = C·(T − reference)."""
    hours, resistance = uniform(25, 90), uniform(4, 9)  # C·R [h], R [K/kW]
    keep = np.exp(-SLOT_H / hours)
    capacity = 1000 * hours / resistance  # C [Wh/K]
    # the share of a slot's heat that is still there at its end
    within = (1 - keep) * hours / SLOT_H
    coldest = day.outside_c.min()
    power = 1000 * (23 - coldest) / resistance / day.cop.min() * uniform(1.2, 1.8)
    low, setback = uniform(19.5, 20.5), uniform(0.5, 2)
    ends = day.hour + SLOT_H
    night = (ends < 6) | (ends > 23)
    drift_c = (day.outside_c - _REFERENCE_C).astype(np.float32)
    gain_w = 1000 * uniform(0.7, 1.4)[:, np.newaxis] * day.gain_kw.astype(np.float32)
    made.put(
        rows,
        fill0_wh=capacity * (low + uniform(0.3, 1.2) - _REFERENCE_C),
        retention=keep,
        eta_in=within[:, np.newaxis] * day.cop.astype(np.float32),
        charge_max_w=power,
        usage_w=within[:, np.newaxis] * (gain_w + drift_c * (1000 / resistance)[:, np.newaxis]),
        fill_min_wh=capacity[:, np.newaxis]
        * (low[:, np.newaxis] - setback[:, np.newaxis] * night.astype(np.float32) - np.float32(_REFERENCE_C)),
        fill_max_wh=capacity * (low + uniform(1.5, 3) - _REFERENCE_C),
        below_price=COMFORT,
        above_price=COMFORT,
    )


def _tanks(made: Stores, rows: Ints, day: Day, uniform: Callable[[float, float], Singles], habit: Ints) -> None:
    capacity = uniform(6000, 14000)
    draw = day.draw.astype(np.float32)[habit]
    draw *= (-uniform(0.5, 1.5) * capacity / np.float32(SLOT_H))[:, np.newaxis]
    made.put(
        rows,
        fill0_wh=uniform(0.7, 0.95) * capacity,
        retention=1 - 0.003 * uniform(0.5, 2),
        charge_max_w=uniform(2000, 3500),
        usage_w=draw,
        fill_min_wh=0.3 * capacity,
        fill_max_wh=capacity,
        below_price=COMFORT,
    )
