"""From the offers on the wire to a fleet, and from a schedule back to watts per actuator.

An offer is a checked message of the wire contract: integers, W, Wh, per mille, EUR/MWh; a series is one integer
for all slots or a list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from osb_hub.dispatch.fleet import Floats, Ints
from osb_hub.dispatch.schedule import Schedule
from osb_wire import SLOT_S

DAY_SLOTS = 86400 // SLOT_S
EUR_PER_WH = 1e-6  # of one EUR/MWh
_VISIBLE_W = 1.0

Powers = Mapping[str, Mapping[str, Sequence[int]]]  # box → actuator → W per slot


@dataclass(frozen=True, eq=False)
class StoreOffer:
    """One store of an offer in the slots of the plan; units as in Fleet."""

    box: str
    actuator: str
    fill0_wh: float
    retention: Floats
    eta_in: Floats
    eta_out: Floats
    charge_max_w: Floats
    discharge_max_w: Floats
    usage_w: Floats
    fill_min_wh: Floats
    fill_max_wh: Floats
    below_price: float
    above_price: float
    wear_price: float
    end_value: float


@dataclass(frozen=True, eq=False)
class HomeOffer:
    """One box's offer in the slots of the plan. Actuators that are already committed are part of its load."""

    box: str
    load_w: Floats
    pv_w: Floats
    import_max_w: float
    export_max_w: float
    stores: tuple[StoreOffer, ...]


def nonsense(offer: Mapping[str, Any]) -> str | None:
    """Why an offer that is well formed cannot be planned with, or None."""
    for store in offer["stores"]:
        low, high = np.asarray(store["fill_min_wh"]), np.asarray(store["fill_max_wh"])
        if np.any(low > high):
            return f"the {store['actuator']}'s band is upside down"
    names = [store["actuator"] for store in offer["stores"]]
    if len(set(names)) < len(names):
        return "it offers the same actuator twice"
    return None


def home_offer(
    box: str, offer: Mapping[str, Any], start: int, slots: int, committed: Mapping[str, Sequence[int]]
) -> HomeOffer:
    """The offer as seen from `start` [Unix s]: an older one is shifted, its end filled with the day before."""
    at = _slots_of(offer, start, slots)
    load, pv = _series(offer["load_w"], at), _series(offer["pv_w"], at)
    for actuator, power_w in committed.items():
        load = load + _padded(power_w, slots)
        if actuator == "pv":
            pv = np.zeros(slots)
    stores = tuple(
        _store_offer(box, store, offer, start, slots) for store in offer["stores"] if store["actuator"] not in committed
    )
    return HomeOffer(box, load, pv, float(offer["import_max_w"]), float(offer["export_max_w"]), stores)


def without_offer(box: str, slots: int, committed: Mapping[str, Sequence[int]]) -> HomeOffer:
    """A box of which only its commitments are known."""
    load = sum((_padded(power_w, slots) for power_w in committed.values()), np.zeros(slots))
    unlimited = 1e6
    return HomeOffer(box, load, np.zeros(slots), unlimited, unlimited, ())


def standing(home: HomeOffer, net_w: Sequence[int]) -> HomeOffer:
    """The same home as load: it will run as `net_w` says, whatever the others do."""
    slots, unlimited = len(net_w), 1e6
    return HomeOffer(home.box, np.asarray(net_w, dtype=float), np.zeros(slots), unlimited, unlimited, ())


def power_of(stores: Sequence[StoreOffer], schedule: Schedule) -> dict[str, dict[str, list[int]]]:
    """Box → actuator → W per slot."""
    net = np.rint(schedule.charge_w - schedule.discharge_w).astype(int)
    power: dict[str, dict[str, list[int]]] = {store.box: {} for store in stores}
    for store, row in zip(stores, net, strict=True):
        power[store.box][store.actuator] = row.tolist()
    return power


def curtailed(homes: Sequence[HomeOffer], schedule: Schedule) -> dict[str, list[int]]:
    """Box → W that PV may produce per slot (negative), only for homes whose PV is held back in some slot.

    For a box this is a ceiling: in the other slots it is the most that is expected in any, so that more sun than
    forecast is not lost.
    """
    ceilings = {}
    for home, used_w in zip(homes, schedule.pv_used_w, strict=True):
        held_back = home.pv_w - used_w > _VISIBLE_W
        if held_back.any():
            ceiling = np.where(held_back, used_w, home.pv_w.max())
            ceilings[home.box] = np.rint(-ceiling).astype(int).tolist()
    return ceilings


def previous_power(stores: Iterable[StoreOffer], previous: Powers, slots: int) -> tuple[Floats, Floats]:
    """[S, T] W of the plan before, and [S, T] 1 where there was one."""
    power, known = [], []
    for store in stores:
        row = previous.get(store.box, {}).get(store.actuator, ())[:slots]
        power.append(np.pad(np.asarray(row, dtype=float), (0, slots - len(row))))
        known.append(np.arange(slots) < len(row))
    return np.array(power).reshape(-1, slots), np.array(known, dtype=float).reshape(-1, slots)


def _store_offer(box: str, store: Mapping[str, Any], offer: Mapping[str, Any], start: int, slots: int) -> StoreOffer:
    at = _slots_of(offer, start, slots)

    def series(name: str, scale: float = 1.0) -> Floats:
        return _series(store[name], at) * scale

    def price(name: str) -> float:
        return np.inf if store[name] is None else store[name] * EUR_PER_WH

    return StoreOffer(
        box,
        store["actuator"],
        _fill_at(store, offer, start),
        series("retention_ppm", 1e-6),
        series("eta_in_pm", 1e-3),
        series("eta_out_pm", 1e-3),
        series("charge_max_w"),
        series("discharge_max_w"),
        series("usage_w"),
        series("fill_min_wh"),
        series("fill_max_wh"),
        price("below_price"),
        price("above_price"),
        price("wear_price"),
        price("end_value"),
    )


def _fill_at(store: Mapping[str, Any], offer: Mapping[str, Any], start: int) -> float:
    """The fill at `start`, if since the offer's own start the home has only kept the lower edge of its band."""
    hours = SLOT_S / 3600
    fill = float(store["fill_wh"])
    behind = np.arange((start - offer["start"]) // SLOT_S)
    names = ("retention_ppm", "usage_w", "fill_min_wh", "charge_max_w", "eta_in_pm")
    for keep_ppm, usage, low, most, eta_pm in zip(*(_series(store[name], behind) for name in names), strict=True):
        fill = fill * keep_ppm * 1e-6 + usage * hours
        fill += min(max(0.0, low - fill), most * eta_pm * 1e-3 * hours)
    return fill


def _slots_of(offer: Mapping[str, Any], start: int, slots: int) -> Ints:
    """Which of the offer's slots stands for each slot of the plan: past its end, the same slot a day earlier."""
    at: Ints = np.arange(slots) + (start - offer["start"]) // SLOT_S
    past = np.maximum(0, at - offer["slots"] + 1)
    at -= -(-past // DAY_SLOTS) * DAY_SLOTS
    return at.clip(0, offer["slots"] - 1)


def _series(value: int | list[int], at: Ints) -> Floats:
    array = np.asarray(value, dtype=float)
    return np.full(at.shape, float(array)) if array.ndim == 0 else array[np.minimum(at, array.size - 1)]


def _padded(power_w: Sequence[int], slots: int) -> Floats:
    """W per slot; a shorter list is continued with 0."""
    row = np.asarray(power_w[:slots], dtype=float)
    return np.pad(row, (0, slots - row.size))
