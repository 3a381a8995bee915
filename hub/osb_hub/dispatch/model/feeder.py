"""Constraints of the feeders: a tree of sums, and a limit on every node of it."""

import numpy as np

from osb_hub.dispatch.fleet import ROOT, Fleet, Floats, Ints
from osb_hub.dispatch.market import Held
from osb_hub.dispatch.model.program import Program
from osb_hub.dispatch.model.variables import Variables


def feeder_tree(lp: Program, fleet: Fleet, v: Variables) -> None:
    """feeder_net[f] = Σ over its own homes (import − export) + Σ over the feeders right below it feeder_net."""
    rows = lp.equal.add(np.zeros(v.feeder_net.shape))
    lp.equal.put(rows, v.feeder_net, 1.0)
    lp.equal.put(rows[fleet.home_feeder], v.import_, -1.0)
    lp.equal.put(rows[fleet.home_feeder], v.export, 1.0)
    below = fleet.feeder_parent != ROOT
    lp.equal.put(rows[fleet.feeder_parent[below]], v.feeder_net[below], -1.0)


def feeder_import_limit(lp: Program, fleet: Fleet, v: Variables, down: Held) -> Ints:
    """feeder_net + feeder_down ≤ feeder_import_max + feeder_excess: also while downward reserve is called."""
    return _limit(lp, v, fleet.feeder_import_max_w, +1.0, v.feeder_excess[0], v.feeder_down, down)


def feeder_export_limit(lp: Program, fleet: Fleet, v: Variables, up: Held) -> Ints:
    """−feeder_net + feeder_up ≤ feeder_export_max + feeder_excess: also while upward reserve is called."""
    return _limit(lp, v, fleet.feeder_export_max_w, -1.0, v.feeder_excess[1], v.feeder_up, up)


def _limit(lp: Program, v: Variables, limit: Floats, sign: float, excess: Ints, called: Ints, held: Held) -> Ints:
    limited = np.isfinite(limit)
    rows = np.full(limit.shape, -1)
    rows[limited] = lp.at_most.add(limit[limited])
    lp.at_most.put(rows[limited], v.feeder_net[limited], sign)
    lp.at_most.put(rows[limited], excess[limited], -1.0)
    in_held = limited[:, held.slots]
    lp.at_most.put(rows[:, held.slots][in_held], called[in_held], 1.0)
    return rows
