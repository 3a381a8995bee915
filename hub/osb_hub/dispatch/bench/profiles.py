"""The day of the benchmark fleets: prices, weather and habits per slot, from noon to noon.

Figures are typical of a cool spring day in north-west Europe and were made up for this purpose: none is market data
or was measured.
"""

from dataclasses import dataclass

import numpy as np

from osb_hub.dispatch.fleet import Floats

SLOTS = 96
SLOT_H = 0.25
PROFILES = 64  # so many different habits of load and of hot water
ORIENTATIONS = 8  # of PV

EUR_PER_KWH = 1e-3  # in EUR/Wh
BUY_ABOVE_SELL = 0.004 * EUR_PER_KWH
GRID_FEE = 0.10 * EUR_PER_KWH  # grid, levies and tax on what a home imports ...
EVENING_FEE = 0.06 * EUR_PER_KWH  # ... and from 17:00 to 21:00 so much more

_SEED = 20260321  # the day is the same for every fleet
_DRAW_HOURS = (7.0, 7.5, 8.0, 12.0, 18.0, 19.0, 20.0, 21.0, 22.0)
_CLUSTER_SLOTS = 16  # within four hours ...
_CLUSTER_SHARE = 0.25  # ... a tank gives at most this share of its capacity, or no tank could keep its water hot


@dataclass(frozen=True, eq=False)
class Day:
    """What all homes have in common, T = SLOTS."""

    hour: Floats  # [T] on the clock, at the start of a slot
    wholesale: Floats  # [T] day-ahead [EUR/Wh]
    fee: Floats  # [T] on import [EUR/Wh]
    outside_c: Floats  # [T]
    cop: Floats  # [T] of a heat pump
    gain_kw: Floats  # [T] heat from sun and people in a room
    pv: Floats  # [ORIENTATIONS, T] W per W of panels
    load_w: Floats  # [PROFILES, T] of a middling home
    draw: Floats  # [PROFILES, T] hot water drawn in a slot, as a share of the tank's capacity


def hour_slots(begin: float, end: float) -> tuple[int, ...]:
    """The slots from one hour on the clock to a later one."""
    hour = _hours()
    return tuple(np.flatnonzero((hour >= begin) & (hour < end)).tolist())


def day() -> Day:
    """The day; always the same."""
    rng = np.random.default_rng(_SEED)
    hour = _hours()
    outside_c = 3 + 4 * np.cos((hour - 15) / 24 * 2 * np.pi)
    return Day(
        hour=hour,
        wholesale=_wholesale(hour, rng),
        fee=GRID_FEE + EVENING_FEE * ((hour >= 17) & (hour < 21)),
        outside_c=outside_c,
        cop=2.3 + 0.07 * (outside_c + 7),
        gain_kw=0.3 + 0.4 * _bump(hour, 19, 2.5),
        pv=_pv(hour),
        load_w=_load_w(hour, rng),
        draw=_draw(rng),
    )


def _hours() -> Floats:
    hours: Floats = (12 + np.arange(SLOTS) * SLOT_H) % 24
    return hours


def _bump(hour: Floats, at: float | Floats, width: float) -> Floats:
    bump: Floats = np.exp(-(((hour - at) / width) ** 2))
    return bump


def _wholesale(hour: Floats, rng: np.random.Generator) -> Floats:
    price: Floats = 0.09 + 0.05 * _bump(hour, 19, 2) + 0.035 * _bump(hour, 8, 1.5) - 0.06 * _bump(hour, 13, 2.2)
    hourly = 0.006 * rng.standard_normal(SLOTS // 4).repeat(4)
    price = (price - 0.03 * _bump(hour, 3, 2.5) + hourly) * EUR_PER_KWH
    return price


def _pv(hour: Floats) -> Floats:
    """East to west: the sun's arc, up to two hours earlier or later."""
    shifted = hour - np.linspace(-2, 2, ORIENTATIONS)[:, np.newaxis]
    height = np.sin((shifted - 6.5) / 12 * np.pi)
    light = (hour > 6.5) & (hour < 18.5)
    return np.where(light, 0.75 * height.clip(min=0) ** 1.3, 0.0)


def _load_w(hour: Floats, rng: np.random.Generator) -> Floats:
    def one(low: float, high: float) -> Floats:
        return rng.uniform(low, high, (PROFILES, 1))

    evening = 0.5 * _bump(hour, one(17.5, 20), 1.5) * one(0.6, 2)
    morning = 0.25 * _bump(hour, one(6.5, 8.5), 1.0) * one(0.5, 2)
    return 1000 * (0.25 + evening + morning)


def _draw(rng: np.random.Generator) -> Floats:
    """Four to eight draws a day, scaled down where they would come too close to each other."""
    draw = np.zeros((PROFILES, SLOTS))
    events = 8
    hour = rng.choice(_DRAW_HOURS, (PROFILES, events)) + rng.uniform(-0.7, 0.7, (PROFILES, events))
    share = rng.uniform(0.03, 0.12, (PROFILES, events)) * (np.arange(events) < rng.integers(4, 9, (PROFILES, 1)))
    slot = ((hour - 12) % 24 / SLOT_H).astype(int)
    np.add.at(draw, (np.arange(PROFILES)[:, np.newaxis], slot), share)
    total = np.cumsum(np.pad(draw, ((0, 0), (_CLUSTER_SLOTS, 0))), axis=1)
    most = (total[:, _CLUSTER_SLOTS:] - total[:, :-_CLUSTER_SLOTS]).max(axis=1, keepdims=True)
    draw *= np.minimum(1.0, _CLUSTER_SHARE / most)
    return draw
