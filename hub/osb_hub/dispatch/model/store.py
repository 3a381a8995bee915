"""Constraints of one store: its fill over the slots, its soft band, and staying with the previous plan."""

from dataclasses import dataclass

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Floats
from osb_hub.dispatch.model.program import Program
from osb_hub.dispatch.model.variables import Variables


@dataclass(frozen=True, eq=False)
class Previous:
    """The plan that the homes have now: moving a store away from it costs a little, so that plans do not flap."""

    power_w: Floats  # [S, T] charge minus discharge
    change_price: Floats  # [S, T] per Wh of difference [EUR/Wh]; 0: free to change


def store_balance(lp: Program, fleet: Fleet, v: Variables) -> None:
    """fill[t] = retention[t]·fill[t−1] + (eta_in[t]·charge[t] − discharge[t]/eta_out[t] + usage[t])·dt."""
    dt = fleet.slot_h
    right = fleet.usage_w * dt
    right[:, 0] += fleet.retention[:, 0] * fleet.fill0_wh
    rows = lp.equal.add(right)
    lp.equal.put(rows, v.fill, 1.0)
    lp.equal.put(rows[:, 1:], v.fill[:, :-1], -fleet.retention[:, 1:])
    lp.equal.put(rows, v.charge, -fleet.eta_in * dt)
    lp.equal.put(rows, v.discharge, dt / fleet.eta_out)


def band(lp: Program, fleet: Fleet, v: Variables) -> None:
    """fill_min − below ≤ fill ≤ fill_max + above, where leaving the band has a finite price."""
    soft = np.isfinite(fleet.below_price)
    rows = lp.at_most.add(-fleet.fill_min_wh[soft])
    lp.at_most.put(rows, v.fill[soft], -1.0)
    lp.at_most.put(rows, v.below[soft], -1.0)
    soft = np.isfinite(fleet.above_price)
    rows = lp.at_most.add(fleet.fill_max_wh[soft])
    lp.at_most.put(rows, v.fill[soft], 1.0)
    lp.at_most.put(rows, v.above[soft], -1.0)


def plan_change(lp: Program, fleet: Fleet, v: Variables, previous: Previous) -> None:
    """Plans stay: charge − discharge = previous + more − less, where `more` and `less` cost the price of a change."""
    priced = previous.change_price > 0
    price = previous.change_price[priced] * fleet.slot_h
    more = lp.add(price.shape, price)
    less = lp.add(price.shape, price)
    rows = lp.equal.add(previous.power_w[priced])
    lp.equal.put(rows, v.charge[priced], 1.0)
    lp.equal.put(rows, v.discharge[priced], -1.0)
    lp.equal.put(rows, more, -1.0)
    lp.equal.put(rows, less, 1.0)
