"""Constraints of one home: its balance, its fuse and its highest import."""

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Ints
from osb_hub.dispatch.model.program import Program
from osb_hub.dispatch.model.variables import Variables


def home_balance(lp: Program, fleet: Fleet, v: Variables) -> Ints:
    """Balance of power: import − export = Σ over the home's stores (charge − discharge) + load − pv_used."""
    rows = lp.equal.add(fleet.load_w)
    lp.equal.put(rows, v.import_, 1.0)
    lp.equal.put(rows, v.export, -1.0)
    lp.equal.put(rows[fleet.store_home], v.charge, -1.0)
    lp.equal.put(rows[fleet.store_home], v.discharge, 1.0)
    lp.equal.put(rows, v.pv_used, 1.0)
    return rows


def fuse(lp: Program, fleet: Fleet, v: Variables) -> None:
    """Connection limit: import ≤ import_max + fuse_excess and export ≤ export_max + fuse_excess."""
    for side, (flow, limit) in enumerate(((v.import_, fleet.import_max_w), (v.export, fleet.export_max_w))):
        rows = lp.at_most.add(limit)
        lp.at_most.put(rows, flow, 1.0)
        lp.at_most.put(rows, v.fuse_excess[side], -1.0)


def peak(lp: Program, fleet: Fleet, v: Variables) -> None:
    """Highest import: import[t] ≤ peak_floor + peak; only what is above the floor has a price."""
    billed = fleet.peak_price > 0
    rows = lp.at_most.add(np.tile(fleet.peak_floor_w[billed, np.newaxis], fleet.slots))
    lp.at_most.put(rows, v.import_[billed], 1.0)
    lp.at_most.put(rows, v.peak[billed, np.newaxis], -1.0)
