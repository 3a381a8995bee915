"""What a plan costs each home more than its own best plan alone: the compensation that is due to it.

A plan is replaced before it is carried out; what is carried out of it is its first slot. So, for each home,

    due = cost of the first slot as planned + cost of its own best plan alone from there
          − cost of its own best plan alone from the start

at the same prices, offers and forecasts: feeder limits and market left out, everything of the home's own left in. A
home's own best plan is the cheapest there is, hence due ≥ 0; and over a day the sum telescopes to what the day costs
under dispatch less what it would have cost a home that plans for itself with the same knowledge.
"""

from dataclasses import replace

import numpy as np

from osb_hub.dispatch.dispatch import dispatch
from osb_hub.dispatch.fleet import AXES, Fleet, Floats
from osb_hub.dispatch.schedule import Schedule, simulate

GAP = 1e-6  # a day's compensation is cents, the sum of a hundred differences of two costs of a hundred euros


def compensation(fleet: Fleet, schedule: Schedule, time_limit_s: float) -> Floats | None:
    """[H] what is due to each home for the first slot of `schedule` [EUR]; None if that cannot be said exactly."""
    own = replace(fleet, feeder_import_max_w=np.full((1, 1), np.inf), feeder_export_max_w=np.full((1, 1), np.inf))
    alone = dispatch(own, gap=GAP, time_limit_s=time_limit_s)
    if alone.status == "feasible":
        return None
    first, begun = _part(own, 0, 1), _part_of(schedule, 0, 1)
    first = replace(first, end_value=np.zeros(1))
    cost = home_costs(first, begun) - home_costs(own, alone.schedule)
    outcome = simulate(first, begun)
    if own.slots == 1:
        cost -= _worth(own, outcome.fill_wh)
    else:
        rest = replace(
            _part(own, 1, own.slots),
            fill0_wh=outcome.fill_wh[:, 0],
            peak_floor_w=np.maximum(own.peak_floor_w, outcome.net_w[:, 0]),
        )
        then = dispatch(rest, gap=GAP, time_limit_s=time_limit_s)
        if then.status == "feasible":
            return None
        cost += home_costs(rest, then.schedule)
    return np.maximum(0.0, cost)


def home_costs(fleet: Fleet, schedule: Schedule) -> Floats:
    """[H] energy, peak, wear and discomfort of each home, less the worth of what its stores hold at the end [EUR].

    A hard band costs nothing here: who leaves it has no choice.
    """
    dt, outcome = fleet.slot_h, simulate(fleet, schedule)
    imported, exported = np.maximum(0.0, outcome.net_w), np.maximum(0.0, -outcome.net_w)
    cost = (imported * fleet.import_price - exported * fleet.export_price).sum(axis=1) * dt
    cost += fleet.peak_price * np.maximum(0.0, imported.max(axis=1) - fleet.peak_floor_w)
    outside = np.where(np.isfinite(fleet.below_price), fleet.below_price, 0.0) * outcome.below_wh
    outside += np.where(np.isfinite(fleet.above_price), fleet.above_price, 0.0) * outcome.above_wh
    wear = fleet.wear_price * (schedule.charge_w + schedule.discharge_w) * dt
    np.add.at(cost, fleet.store_home, (outside + wear).sum(axis=1))
    total: Floats = cost - _worth(fleet, outcome.fill_wh)
    return total


def _worth(fleet: Fleet, fill_wh: Floats) -> Floats:
    """[H] what the stores' last fill is worth [EUR]."""
    worth = np.zeros(fleet.homes)
    np.add.at(worth, fleet.store_home, fleet.end_value * fill_wh[:, -1])
    return worth


def _part(fleet: Fleet, begin: int, end: int) -> Fleet:
    """The same homes in slots begin..end only."""
    return replace(fleet, **{name: getattr(fleet, name)[:, begin:end] for name, axes in AXES.items() if "T" in axes})


def _part_of(schedule: Schedule, begin: int, end: int) -> Schedule:
    return Schedule(
        schedule.charge_w[:, begin:end], schedule.discharge_w[:, begin:end], schedule.pv_used_w[:, begin:end]
    )
