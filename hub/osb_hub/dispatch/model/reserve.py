"""Constraints of reserve: every store can do what it holds, for as long as it may be called, through fuse and feeder.

Called from slot t on for m slots, a store's fill at the end of slot τ = t+m−1 differs by m slots of what it holds
(losses of the difference itself are left out, which asks a little more than needed). Windows beyond the horizon are
left out: what comes after it is not planned yet.
"""

import numpy as np

from osb_hub.dispatch.fleet import ROOT, Fleet, Floats, Ints
from osb_hub.dispatch.market import UP, Held, Market, holders
from osb_hub.dispatch.model.program import Program
from osb_hub.dispatch.model.variables import Variables


def reserve_headroom(lp: Program, fleet: Fleet, v: Variables, up: Held, down: Held) -> None:
    """Power: up_charge ≤ charge, up_discharge ≤ discharge_max − discharge; down_* with charge and discharge swapped."""
    for held, less, more, less_of, more_of, most in (
        (up, v.up_charge, v.up_discharge, v.charge, v.discharge, fleet.discharge_max_w),
        (down, v.down_discharge, v.down_charge, v.discharge, v.charge, fleet.charge_max_w),
    ):
        may = holders(fleet, held)
        rows = lp.at_most.add(np.zeros(int(may.sum())))
        lp.at_most.put(rows, less[may], 1.0)
        lp.at_most.put(rows, less_of[:, held.slots][may], -1.0)
        rows = lp.at_most.add(most[:, held.slots][may])
        lp.at_most.put(rows, more[may], 1.0)
        lp.at_most.put(rows, more_of[:, held.slots][may], 1.0)


def reserve_window(lp: Program, fleet: Fleet, v: Variables, up: Held, down: Held) -> tuple[Ints, Ints]:
    """Energy, for m = 1 .. endurance and τ = t+m−1 < T.

    Up:   fill[τ] + below[τ] − m·dt·(eta_in[t]·up_charge[t] + up_discharge[t]/eta_out[t]) ≥ fill_min[τ]
    Down: fill[τ] − above[τ] + m·dt·(eta_in[t]·down_charge[t] + down_discharge[t]/eta_out[t]) ≤ fill_max[τ]
    """
    up_rows = _window(lp, fleet, v, up, (v.up_charge, v.up_discharge), -1.0, v.below, -fleet.fill_min_wh)
    down_rows = _window(lp, fleet, v, down, (v.down_charge, v.down_discharge), 1.0, v.above, fleet.fill_max_wh)
    return up_rows, down_rows


def _window(
    lp: Program, fleet: Fleet, v: Variables, held: Held, hold: tuple[Ints, Ints], sign: float, out: Ints, edge: Floats
) -> Ints:
    """sign·fill[τ] − out[τ] + m·dt·(eta_in[t]·hold[0] + hold[1]/eta_out[t]) ≤ edge[τ]; `out` is 0 in a hard band."""
    may = holders(fleet, held)
    rows = np.full((*may.shape, held.longest), -1)
    eta_in, eta_out = fleet.eta_in[:, held.slots], fleet.eta_out[:, held.slots]
    for m in range(1, held.longest + 1):
        end = held.slots + m - 1
        inside = (held.endurance >= m) & (end < fleet.slots)
        at = np.where(inside, end, 0)
        counts = may & inside
        new = lp.at_most.add(edge[:, at][counts])
        rows[..., m - 1][counts] = new
        lp.at_most.put(new, v.fill[:, at][counts], sign)
        lp.at_most.put(new, out[:, at][counts], -1.0)
        lp.at_most.put(new, hold[0][counts], m * fleet.slot_h * eta_in[counts])
        lp.at_most.put(new, hold[1][counts], m * fleet.slot_h / eta_out[counts])
    return rows


def reserve_fuse(lp: Program, fleet: Fleet, v: Variables, up: Held, down: Held) -> tuple[Ints, Ints]:
    """The fuse while reserve is called; sums are over the stores of the home.

    Up:   export − import + Σ (up_charge + up_discharge) ≤ export_max + fuse_excess
    Down: import − export + Σ (down_charge + down_discharge) ≤ import_max + fuse_excess
    """
    up_rows = _fuse(lp, fleet, v, up, (v.up_charge, v.up_discharge), -1.0, fleet.export_max_w, v.fuse_excess[1])
    down_rows = _fuse(lp, fleet, v, down, (v.down_charge, v.down_discharge), 1.0, fleet.import_max_w, v.fuse_excess[0])
    return up_rows, down_rows


def _fuse(
    lp: Program, fleet: Fleet, v: Variables, held: Held, hold: tuple[Ints, Ints], sign: float, limit: Floats, out: Ints
) -> Ints:
    may = holders(fleet, held)
    concerned = np.zeros((fleet.homes, held.slots.size), dtype=bool)
    np.logical_or.at(concerned, fleet.store_home, may)
    rows = np.full(concerned.shape, -1)
    rows[concerned] = lp.at_most.add(limit[:, held.slots][concerned])
    lp.at_most.put(rows[concerned], v.import_[:, held.slots][concerned], sign)
    lp.at_most.put(rows[concerned], v.export[:, held.slots][concerned], -sign)
    lp.at_most.put(rows[concerned], out[:, held.slots][concerned], -1.0)
    for part in hold:
        lp.at_most.put(rows[fleet.store_home][may], part[may], 1.0)
    return rows


def reserve_feeder(lp: Program, fleet: Fleet, v: Variables, up: Held, down: Held) -> None:
    """What is called at once below each feeder, for feeder_export_limit and feeder_import_limit.

    Up:   feeder_up[f] = Σ over the stores of its own homes (up_charge + up_discharge) + Σ over the feeders right below
          it feeder_up
    Down: the same with feeder_down, down_charge and down_discharge
    """
    below = fleet.feeder_parent != ROOT
    store_feeder = fleet.home_feeder[fleet.store_home]
    for held, total, hold in (
        (up, v.feeder_up, (v.up_charge, v.up_discharge)),
        (down, v.feeder_down, (v.down_charge, v.down_discharge)),
    ):
        may = holders(fleet, held)
        rows = lp.equal.add(np.zeros(total.shape))
        lp.equal.put(rows, total, 1.0)
        lp.equal.put(rows[fleet.feeder_parent[below]], total[below], -1.0)
        for part in hold:
            lp.equal.put(rows[store_feeder][may], part[may], -1.0)


def reserve_promise(lp: Program, fleet: Fleet, market: Market, v: Variables, up: Held, down: Held) -> Ints:
    """(1 + pool_margin)·promised ≤ Σ over all stores reliability·(charge and discharge part) + shortfall."""
    rows = np.full(v.shortfall.shape, -1)
    of_store = fleet.reliability[fleet.store_home]
    for p, one in enumerate(market.reserve):
        slots = np.array(one.slots)
        rows[p, slots] = lp.at_most.add(np.zeros(slots.size))
        lp.at_most.put(rows[p, slots], v.promised[p], 1.0 + one.pool_margin)
        if not one.offered:
            lp.at_most.put(rows[p, slots], v.shortfall[p, slots], -1.0)
        held, hold = (
            (up, (v.up_charge, v.up_discharge)) if one.direction == UP else (down, (v.down_charge, v.down_discharge))
        )
        own = held.product == p
        may = holders(fleet, held)[:, own]
        for part in hold:
            at = np.broadcast_to(rows[p, slots], may.shape)
            lp.at_most.put(at[may], part[:, own][may], -of_store[:, slots][may])
    return rows
