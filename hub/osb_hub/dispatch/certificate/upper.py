"""What a schedule costs, from its powers alone: no solver's word is taken for anything."""

from collections.abc import Callable
from dataclasses import dataclass
from math import fsum

import numpy as np

from osb_hub.dispatch.certificate.parts import Doubles, Part, over_parts
from osb_hub.dispatch.certificate.promises import of_requests, of_reserve
from osb_hub.dispatch.certificate.replayed import PAYERS, Powers, Replayed, powers_of
from osb_hub.dispatch.certificate.reserve import fit_into_feeders, room_in_feeders, room_in_homes, surely_held
from osb_hub.dispatch.fleet import Fleet, Floats
from osb_hub.dispatch.market import DOWN, UP, Market, no_market
from osb_hub.dispatch.result import Violation
from osb_hub.dispatch.schedule import Schedule
from osb_hub.dispatch.tree import add_children
from osb_hub.errors import InputError

Worst = tuple[float, int, int]  # how much, of which store or home, in which slot


def upper_bound(fleet: Fleet, market: Market | None, schedule: Schedule) -> Replayed:
    """What the schedule comes to, with the most reserve that it leaves room for: an upper bound on the optimum.

    Powers are clipped to the limits of stores and PV and the stores are stepped through; everything else follows.
    Soft bands and feeder limits are left as far as the powers say and no further for the sake of reserve, so the
    bound may be a little above what the programme could make of the same powers. Where a hard band or a fuse is
    broken it is none; `worst_band` and `worst_fuse` say by how much.
    Raises InputError for an array of the wrong shape.
    """
    of_stores, of_homes = (fleet.stores, fleet.slots), (fleet.homes, fleet.slots)
    for name, shape in (("charge_w", of_stores), ("discharge_w", of_stores), ("pv_used_w", of_homes)):
        given = np.shape(getattr(schedule, name))
        if given != shape:
            raise InputError(f"{name} has shape {given}; this fleet needs {shape}.")
    return _replayed(fleet, market, schedule, with_stores=True)


def without_stores(fleet: Fleet, market: Market | None) -> Replayed:
    """What the same homes come to as if they had no stores: load and PV, which is used in full."""
    nothing = np.zeros((0, fleet.slots))
    return _replayed(fleet, market, Schedule(nothing, nothing, fleet.pv_w), with_stores=False)


@dataclass(frozen=True, eq=False)
class _OfPart:
    """What is known of a part's homes before anything above them."""

    part: Part
    costs_eur: dict[str, float]
    worst_band: Worst
    worst_fuse: Worst
    feeder_net: Doubles  # [the part's feeders, T] of its homes
    feeder_reserve: dict[str, Doubles]  # direction → [the part's feeders, J]


def _replayed(fleet: Fleet, market: Market | None, schedule: Schedule, with_stores: bool) -> Replayed:
    market = no_market(fleet.slots) if market is None else market.checked(fleet.slots)
    held = {direction: market.held(direction) for direction in (UP, DOWN)}
    reserve: dict[str, Floats] = {  # [H, J] the only large arrays; in the precision of the fleet
        direction: np.zeros((fleet.homes, one.slots.size), fleet.load_w.dtype) for direction, one in held.items()
    }

    def of_part(part: Part) -> _OfPart:
        powers = powers_of(part, schedule)
        feeder_reserve = {}
        for direction, one in held.items():
            room = room_in_homes(part, powers, one, direction)
            reserve[direction][part.homes] = room
            feeder_reserve[direction] = part.feeder_sums(room)
        store_costs, worst_band = _of_stores(part, powers)
        home_costs, worst_fuse = _of_homes(part, powers)
        feeder_net = part.feeder_sums(powers.net)
        return _OfPart(part, store_costs | home_costs, worst_band, worst_fuse, feeder_net, feeder_reserve)

    done = list(over_parts(fleet, of_part, with_stores))
    feeder_net = np.zeros((fleet.feeders, fleet.slots))
    own = {direction: np.zeros((fleet.feeders, one.slots.size)) for direction, one in held.items()}
    for each in done:
        feeder_net[each.part.feeders] += each.feeder_net
        for direction, values in each.feeder_reserve.items():
            own[direction][each.part.feeders] += values
    net = feeder_net.sum(axis=0)
    add_children(fleet.feeder_parent, feeder_net)
    import_excess = (feeder_net - fleet.feeder_import_max_w).clip(min=0.0)
    export_excess = (-feeder_net - fleet.feeder_export_max_w).clip(min=0.0)

    surely = {}
    for direction, one in held.items():
        room = room_in_feeders(fleet, one, direction, feeder_net)
        fit_into_feeders(fleet, one, room, own[direction], reserve[direction])
        surely[direction] = surely_held(fleet, one, reserve[direction])
    requests = of_requests(market, net, fleet.slot_h)
    promises = of_reserve(market, held, surely, fleet.slot_h)

    beyond = fleet.feeder_penalty * (import_excess + export_excess)
    traded = np.maximum(market.buy_price * net, market.sell_price * net)
    costs = {payer: fsum(each.costs_eur.get(payer, 0.0) for each in done) for payer in PAYERS}
    costs["portfolio_energy"] = float(traded.sum()) * fleet.slot_h
    costs["requests"] = requests.cost_eur
    costs["reserve"] = promises.cost_eur
    costs["feeder_penalty"] = float(beyond.sum()) * fleet.slot_h
    return Replayed(
        costs_eur=costs,
        shortfall_penalty_eur=requests.penalty_eur + promises.penalty_eur,
        portfolio_net_w=net,
        feeder_net_w=feeder_net,
        import_excess_w=import_excess,
        export_excess_w=export_excess,
        request_shortfall_w=requests.shortfall_w,
        promised_w=promises.promised_w,
        reserve_w=promises.held_w,
        reserve_shortfall_w=promises.shortfall_w,
        worst_band=_worst_of([each.worst_band for each in done], "band", fleet.store_name),
        worst_fuse=_worst_of([each.worst_fuse for each in done], "fuse", fleet.home_name),
    )


def _of_stores(part: Part, powers: Powers) -> tuple[dict[str, float], Worst]:
    """Costs [EUR], and by how much a hard band is missed at worst [Wh]."""
    fleet, dt = part.fleet, part.fleet.slot_h
    comfort, hard = 0.0, np.zeros_like(powers.fill)
    for price, edge, sign in (
        (fleet.below_price, fleet.fill_min_wh, -1.0),
        (fleet.above_price, fleet.fill_max_wh, 1.0),
    ):
        out = (sign * (powers.fill - part.of_stores(edge))).clip(min=0.0)
        per_wh = part.of_stores(price)
        soft = np.isfinite(per_wh)
        comfort += float((np.where(soft, per_wh, 0.0) * out).sum())
        hard = np.where(soft, hard, np.maximum(hard, out))
    wear = float((part.of_stores(fleet.wear_price) * (powers.charge + powers.discharge)).sum()) * dt
    left = float((part.of_stores(fleet.end_value) * powers.fill[:, -1]).sum())
    return {"wear": wear, "end_value": -left, "comfort": comfort}, _worst(hard, part.stores.start)


def _of_homes(part: Part, powers: Powers) -> tuple[dict[str, float], Worst]:
    """Costs [EUR], and by how much a fuse is exceeded at worst [W]."""
    fleet = part.fleet
    imported, exported = powers.net.clip(min=0.0), (-powers.net).clip(min=0.0)
    paid = part.of_homes(fleet.import_price) * imported - part.of_homes(fleet.export_price) * exported
    billed = (imported.max(axis=1) - part.of_homes(fleet.peak_floor_w)).clip(min=0.0)
    over = np.maximum(imported - part.of_homes(fleet.import_max_w), exported - part.of_homes(fleet.export_max_w))
    costs = {
        "household_energy": float(paid.sum()) * fleet.slot_h,
        "household_peak": float((part.of_homes(fleet.peak_price) * billed).sum()),
    }
    return costs, _worst(over, part.homes.start)


def _worst(amount: Doubles, first: int) -> Worst:
    if amount.size == 0:
        return 0.0, 0, 0
    row, slot = divmod(int(amount.argmax()), amount.shape[1])
    return float(amount[row, slot]), first + row, slot


def _worst_of(each: list[Worst], what: str, name: Callable[[int], str]) -> Violation | None:
    amount, who, slot = max(each, key=lambda worst: worst[0], default=(0.0, 0, 0))
    return Violation(name(who), what, amount, slot) if amount > 0.0 else None
