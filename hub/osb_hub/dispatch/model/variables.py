"""The columns of the programme: every variable with its simple bounds and its price."""

from dataclasses import dataclass

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Ints
from osb_hub.dispatch.market import DOWN, UP, Held, Market, holders
from osb_hub.dispatch.model.program import Program

HARD = np.inf


@dataclass(frozen=True, eq=False)
class Variables:
    """Where each variable's columns are."""

    charge: Ints  # [S, T] W
    discharge: Ints  # [S, T] W
    fill: Ints  # [S, T] Wh
    below: Ints  # [S, T] Wh below the band
    above: Ints  # [S, T] Wh above the band
    import_: Ints  # [H, T] W
    export: Ints  # [H, T] W
    fuse_excess: Ints  # [2, H, T] W of import and export beyond the fuse: 0 unless it is given a price
    pv_used: Ints  # [H, T] W
    peak: Ints  # [H] W of import above the floor
    feeder_net: Ints  # [F, T] W of everything below the feeder
    feeder_excess: Ints  # [2, F, T] W of import and export beyond the limit
    buy: Ints  # [T] W
    sell: Ints  # [T] W
    asked: Ints  # [Q] W that the request asks, fixed: here its price is earned
    missing: Ints  # [Q, T] W that are missing of a request; -1 where nothing is asked
    up_charge: Ints  # [S, J_up] W of upward reserve by charging less
    up_discharge: Ints  # [S, J_up] W of upward reserve by discharging more
    down_charge: Ints  # [S, J_down] W of downward reserve by charging more
    down_discharge: Ints  # [S, J_down] W of downward reserve by discharging less
    feeder_up: Ints  # [F, J_up] W of all upward reserve below the feeder
    feeder_down: Ints  # [F, J_down] W
    promised: Ints  # [P] W of each product: fixed where it is contracted, 0 .. power_w where it is offered
    shortfall: Ints  # [P, T] W that are missing of a contracted product; -1 where it is not held, or only offered


def variables(lp: Program, fleet: Fleet, market: Market, fuse_price: float) -> Variables:
    """Every variable with its simple bounds (charge, discharge and PV limits) and its price.

    A fill is bounded here where its band is hard; `band` holds the soft ones. The value of what is left at the end
    stands in the objective as a negative price, as does what requests and reserve earn.
    """
    dt = fleet.slot_h
    stores, homes, feeders = ((n, fleet.slots) for n in (fleet.stores, fleet.homes, fleet.feeders))
    end_value = np.zeros(stores)
    end_value[:, -1] = fleet.end_value
    soft_below, soft_above = np.isfinite(fleet.below_price), np.isfinite(fleet.above_price)
    fuse_is_soft = np.isfinite(fuse_price)
    up, down = market.held(UP), market.held(DOWN)
    return Variables(
        charge=lp.add(stores, fleet.wear_price * dt, high=fleet.charge_max_w),
        discharge=lp.add(stores, fleet.wear_price * dt, high=fleet.discharge_max_w),
        fill=lp.add(
            stores,
            -end_value,
            low=np.where(soft_below, -np.inf, fleet.fill_min_wh),
            high=np.where(soft_above, np.inf, fleet.fill_max_wh),
        ),
        below=lp.add(stores, np.where(soft_below, fleet.below_price, 0), high=np.where(soft_below, np.inf, 0)),
        above=lp.add(stores, np.where(soft_above, fleet.above_price, 0), high=np.where(soft_above, np.inf, 0)),
        import_=lp.add(homes, fleet.import_price * dt),
        export=lp.add(homes, -fleet.export_price * dt),
        fuse_excess=lp.add((2, *homes), fuse_price * dt if fuse_is_soft else 0.0, high=np.inf if fuse_is_soft else 0.0),
        pv_used=lp.add(homes, high=fleet.pv_w),
        peak=lp.add((fleet.homes,), fleet.peak_price),
        feeder_net=lp.add(feeders, low=-np.inf),
        feeder_excess=lp.add((2, *feeders), fleet.feeder_penalty * dt),
        buy=lp.add((fleet.slots,), market.buy_price * dt),
        sell=lp.add((fleet.slots,), -market.sell_price * dt),
        **_of_requests(lp, market, dt),
        **_of_reserve(lp, fleet, UP, up),
        **_of_reserve(lp, fleet, DOWN, down),
        **_of_products(lp, market, dt),
    )


def _of_requests(lp: Program, market: Market, dt: float) -> dict[str, Ints]:
    missing = np.full((len(market.requests), market.slots), -1)
    for q, one in enumerate(market.requests):
        missing[q, list(one.slots)] = lp.add((len(one.slots),), (one.price + one.shortfall_penalty) * dt)
    power = np.array([one.power_w for one in market.requests])
    earned = np.array([one.price * len(one.slots) * dt for one in market.requests])
    return {"asked": lp.add(power.shape, -earned, low=power, high=power), "missing": missing}


def _of_reserve(lp: Program, fleet: Fleet, direction: str, held: Held) -> dict[str, Ints]:
    may = np.where(holders(fleet, held), np.inf, 0.0)
    return {
        f"{direction}_charge": lp.add(may.shape, high=may),
        f"{direction}_discharge": lp.add(may.shape, high=may),
        f"feeder_{direction}": lp.add((fleet.feeders, held.slots.size), low=-np.inf),
    }


def _of_products(lp: Program, market: Market, dt: float) -> dict[str, Ints]:
    shortfall = np.full((len(market.reserve), market.slots), -1)
    for p, one in enumerate(market.reserve):
        if not one.offered:
            shortfall[p, list(one.slots)] = lp.add((len(one.slots),), one.shortfall_penalty * dt)
    power = np.array([one.power_w for one in market.reserve])
    least = np.array([0.0 if one.offered else one.power_w for one in market.reserve])
    earned = np.array([one.price * len(one.slots) * dt for one in market.reserve])
    return {"promised": lp.add(power.shape, -earned, low=least, high=power), "shortfall": shortfall}
