"""A benchmark fleet and its market from a seed: any number of homes, no loop over them."""

from enum import StrEnum
from pathlib import Path

import numpy as np

from osb_hub.dispatch.bench.households import BATTERY, Households, Singles, households
from osb_hub.dispatch.bench.profiles import (
    BUY_ABOVE_SELL,
    EUR_PER_KWH,
    ORIENTATIONS,
    PROFILES,
    SLOT_H,
    SLOTS,
    Day,
    day,
    hour_slots,
)
from osb_hub.dispatch.bench.stores import stores
from osb_hub.dispatch.files import write_fleet, write_market
from osb_hub.dispatch.fleet import Fleet, Floats
from osb_hub.dispatch.market import DOWN, UP, Market, Reserve
from osb_hub.errors import InputError


class Levels(StrEnum):
    """Which levels of the model bind."""

    feeder = "feeder"  # feeders and portfolio only: no fuse, no price at the home
    home = "home"  # fuse, fee on import and PV of every home as well
    peak = "peak"  # and the price of each home's highest import


PEAK_PRICE = 40 / 12 / 1000  # EUR/W: 40 EUR a kW and year
PEAK_FLOOR_W = 2500.0
FEEDER_PENALTY = 5 * EUR_PER_KWH
FEEDER_LIMIT = (1.0, 1.35)  # times the mean power that a feeder's homes need without PV ...
ABOVE_LOAD = 1.1  # ... but at least so much above what cannot be moved
FEEDER_EXPORT = 1.2
CAPPED = 0.2  # share of the feeders with a cap of the grid operator ...
CAP_FOR_STORES = 0.4  # ... which leaves this share of what stores need ...
CAP_HOURS = (17.0, 22.5)  # ... in the evening, and two hours more for the rebound

UP_HOURS, DOWN_HOURS = (17.0, 21.0), (12.0, 16.0)
UP_SHARE, DOWN_SHARE = 0.93, 0.7  # contracted, of what the reliable stores could do at most
RESERVE_PRICE = 0.015 * EUR_PER_KWH  # per W and hour
SHORTFALL_PENALTY = 1.0 * EUR_PER_KWH
POOL_MARGIN = 0.05

_MOST_LOAD_W = 6000.0  # so that a fuse carries the load beside the largest charger
_FUSES_W = (9200.0, 17300.0)
_NO_FUSE_W = 1e5
_HEAVY_W = 7000.0


def generate(homes: int, seed: int = 1, levels: Levels = Levels.peak, endurance: int = 1) -> tuple[Fleet, Market]:
    """The fleet of this seed and its market. The levels differ in prices and fuses only.

    Contracted reserve binds: up in the evening, down around midday, each held for `endurance` slots.
    Raises InputError for a number of homes or an endurance below 1, or a negative seed.
    """
    if homes < 1:
        raise InputError(f"A fleet has at least one home, not {homes}.")
    if endurance < 1:
        raise InputError(f"The endurance is at least 1 slot, not {endurance}.")
    if seed < 0:
        raise InputError(f"The seed is a number from 0 on, not {seed}.")
    rng = np.random.default_rng([seed, homes])
    today = day()
    who = households(homes, rng)
    arrays = stores(who, today, rng)
    arrays |= _homes(who, arrays, today, levels, rng)
    arrays |= _feeders(who, arrays, rng)
    fleet = Fleet(slot_h=SLOT_H, store_home=who.store_home, home_feeder=who.home_feeder, **arrays)  # type: ignore[arg-type]
    return fleet, _market(who, arrays, today, endurance)


def _homes(
    who: Households, of_stores: dict[str, Singles], today: Day, levels: Levels, rng: np.random.Generator
) -> dict[str, Singles]:
    homes = who.homes
    load = today.load_w.astype(np.float32)[rng.integers(0, PROFILES, homes)]
    load *= rng.uniform(0.5, 1.8, (homes, 1)).astype(np.float32)
    noise = rng.standard_normal((homes, SLOTS), dtype=np.float32)
    noise *= np.float32(0.35)
    load *= np.exp(noise, out=noise)
    np.minimum(load, np.float32(_MOST_LOAD_W), out=load)

    pv = today.pv.astype(np.float32)[rng.integers(0, ORIENTATIONS, homes)]
    pv *= who.pv_w[:, np.newaxis]

    movable = np.where(who.kind == BATTERY, 0, of_stores["charge_max_w"].max(axis=1))
    heavy = np.bincount(who.store_home, movable, homes) > _HEAVY_W
    fuse = np.where(heavy, _FUSES_W[1], _FUSES_W[0])
    at_home = levels is not Levels.feeder
    return {
        "load_w": load,
        "pv_w": pv,
        "import_max_w": _singles(fuse if at_home else np.array([_NO_FUSE_W]))[:, np.newaxis],
        "export_max_w": _singles(fuse if at_home else np.array([_NO_FUSE_W]))[:, np.newaxis],
        "import_price": _singles(today.fee if at_home else np.zeros(SLOTS))[np.newaxis],
        "export_price": np.zeros((1, 1), np.float32),
        "peak_price": np.full(1, PEAK_PRICE if levels is Levels.peak else 0.0, np.float32),
        "peak_floor_w": np.full(1, PEAK_FLOOR_W, np.float32),
        "reliability": who.reliability[:, np.newaxis],
        "backup": who.backup.astype(np.float32),
    }


def _feeders(who: Households, arrays: dict[str, Singles], rng: np.random.Generator) -> dict[str, Singles]:
    """Limits in proportion to what each feeder's homes need, so that they bind and can be kept."""
    size = np.bincount(who.home_feeder)
    first = np.concatenate([[0], size.cumsum()[:-1]])
    load = np.add.reduceat(arrays["load_w"], first, axis=0, dtype=np.float64)
    lost_w = (1 - arrays["retention"][:, 0]) * arrays["fill_min_wh"].mean(axis=1) / SLOT_H
    needed_w = (lost_w - arrays["usage_w"].mean(axis=1)) / arrays["eta_in"].mean(axis=1)
    stores_w = np.bincount(who.home_feeder[who.store_home], needed_w, size.size)
    mean = (load.mean(axis=1) + stores_w)[:, np.newaxis]
    limit = np.maximum(rng.uniform(*FEEDER_LIMIT, mean.shape) * mean, ABOVE_LOAD * load)
    capped = rng.permutation(size.size) < max(1, round(CAPPED * size.size))
    there = np.ix_(capped.nonzero()[0], np.array(hour_slots(*CAP_HOURS)))
    limit[there] = ABOVE_LOAD * load[there] + CAP_FOR_STORES * stores_w[capped, np.newaxis]
    return {
        "feeder_import_max_w": _singles(limit),
        "feeder_export_max_w": _singles(FEEDER_EXPORT * mean),
        "feeder_penalty": np.full((1, 1), FEEDER_PENALTY, np.float32),
    }


def _market(who: Households, arrays: dict[str, Singles], today: Day, endurance: int) -> Market:
    """Contracts are shares of what all stores together can hold at most, and their feeders carry [W]."""
    ready = np.where(who.backup, 0, who.reliability)[who.store_home]
    band = arrays["fill_max_wh"][:, 0] - arrays["fill_min_wh"].mean(axis=1)
    feeder = who.home_feeder[who.store_home]

    def most(power: str, wh_per_wh: Floats, slots: slice, sign: float, limit: str) -> float:
        """Mean over the slots, with half of each store's band."""
        held = ready * np.minimum(arrays[power][:, slots].mean(axis=1), 0.5 * band / (wh_per_wh * endurance * SLOT_H))
        fixed = (arrays["load_w"][:, slots] - arrays["pv_w"][:, slots]).mean(axis=1)
        room = arrays[limit].min(axis=1) - sign * np.bincount(who.home_feeder, fixed)
        return float(np.minimum(np.bincount(feeder, held, room.size), room.clip(min=0)).sum())

    up, down = hour_slots(*UP_HOURS), hour_slots(*DOWN_HOURS)
    evening, midday = slice(up[0], up[-1] + 1), slice(down[0], down[-1] + 1)
    up_w = UP_SHARE * most("discharge_max_w", 1 / arrays["eta_out"][:, 0], evening, -1, "feeder_export_max_w")
    down_w = DOWN_SHARE * most("charge_max_w", arrays["eta_in"].mean(axis=1), midday, +1, "feeder_import_max_w")
    terms = (endurance, RESERVE_PRICE, SHORTFALL_PENALTY, POOL_MARGIN)
    return Market(
        buy_price=today.wholesale + BUY_ABOVE_SELL / 2,
        sell_price=today.wholesale - BUY_ABOVE_SELL / 2,
        reserve=(Reserve("evening", UP, up, up_w, *terms), Reserve("midday", DOWN, down, down_w, *terms)),
    )


def _singles(array: Floats) -> Singles:
    return np.ascontiguousarray(array, dtype=np.float32)


def write_case(
    fleet_file: Path, market_file: Path, homes: int, seed: int = 1, levels: Levels = Levels.peak, endurance: int = 1
) -> None:
    """The fleet and market of `generate` as files."""
    fleet, market = generate(homes, seed, levels, endurance)
    write_fleet(fleet_file, fleet)
    write_market(market_file, market)
