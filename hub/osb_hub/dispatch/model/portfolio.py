"""Constraints of the whole portfolio: what it buys and sells, and what it was asked to deliver."""

import numpy as np

from osb_hub.dispatch.fleet import ROOT, Fleet, Ints
from osb_hub.dispatch.market import UP, Market
from osb_hub.dispatch.model.program import Program
from osb_hub.dispatch.model.variables import Variables


def portfolio_balance(lp: Program, fleet: Fleet, v: Variables) -> Ints:
    """Trade: buy − sell = Σ feeder_net over the feeders right under the portfolio, which is the net of all homes."""
    rows = lp.equal.add(np.zeros(fleet.slots))
    lp.equal.put(rows, v.buy, 1.0)
    lp.equal.put(rows, v.sell, -1.0)
    lp.equal.put(rows, v.feeder_net[fleet.feeder_parent == ROOT], -1.0)
    return rows


def request(lp: Program, market: Market, v: Variables) -> Ints:
    """Up: buy − sell + asked ≤ baseline + missing; down: −(buy − sell) + asked ≤ −baseline + missing."""
    rows = np.full(v.missing.shape, -1)
    for q, one in enumerate(market.requests):
        slots = np.array(one.slots)
        sign = 1.0 if one.direction == UP else -1.0
        rows[q, slots] = lp.at_most.add(sign * one.baseline_w)
        lp.at_most.put(rows[q, slots], v.buy[slots], sign)
        lp.at_most.put(rows[q, slots], v.sell[slots], -sign)
        lp.at_most.put(rows[q, slots], v.asked[q], 1.0)
        lp.at_most.put(rows[q, slots], v.missing[q, slots], -1.0)
    return rows
