"""The linear programme of a fleet: one function per constraint, each named in docs/dispatch.md.

Shapes: S stores, H homes, F feeders, T slots. Power [W] is the mean over a slot, fill [Wh] is at the end of a slot.
"""

from dataclasses import dataclass

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Floats, Ints
from osb_hub.dispatch.program import Program

HARD = np.inf


@dataclass(frozen=True, eq=False)
class Previous:
    """The plan that the homes have now: moving a store away from it costs a little, so that plans do not flap."""

    power_w: Floats  # [S, T] charge minus discharge
    change_price: Floats  # [S, T] per Wh of difference [EUR/Wh]; 0: free to change


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
    peak: Ints  # [H] W
    feeder_excess: Ints  # [2, F, T] W of import and export beyond the limit


@dataclass(frozen=True, eq=False)
class Model:
    """A programme with the places in it that a result is read from."""

    program: Program
    variables: Variables
    home_rows: Ints  # [H, T] rows of home_balance
    feeder_rows: Ints  # [F, T] rows of feeder_import_limit; -1 where there is no limit


def build(fleet: Fleet, previous: Previous | None = None, fuse_price: float = HARD) -> Model:
    """The whole programme. `fuse_price` [EUR/Wh] makes fuses soft, to find out which of them cannot be kept."""
    lp = Program()
    v = variables(lp, fleet, fuse_price)
    store_balance(lp, fleet, v)
    band(lp, fleet, v)
    home_rows = home_balance(lp, fleet, v)
    fuse(lp, fleet, v)
    peak(lp, fleet, v)
    feeder_rows = feeder_import_limit(lp, fleet, v)
    feeder_export_limit(lp, fleet, v)
    if previous is not None:
        plan_change(lp, fleet, v, previous)
    return Model(lp, v, home_rows, feeder_rows)


def variables(lp: Program, fleet: Fleet, fuse_price: float) -> Variables:
    """Every variable with its simple bounds (charge, discharge and PV limits) and its price.

    A fill is bounded here where its band is hard; `band` holds the soft ones. The value of what is left at the end
    stands in the objective as a negative price.
    """
    dt = fleet.slot_h
    stores, homes, feeders = ((n, fleet.slots) for n in (fleet.stores, fleet.homes, fleet.feeders))
    end_value = np.zeros(stores)
    end_value[:, -1] = fleet.end_value
    soft_below, soft_above = np.isfinite(fleet.below_price), np.isfinite(fleet.above_price)
    fuse_is_soft = np.isfinite(fuse_price)
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
        peak=lp.add((fleet.homes,), fleet.peak_price, low=fleet.peak_floor_w),
        feeder_excess=lp.add((2, *feeders), fleet.feeder_penalty * dt),
    )


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
    """Highest import: peak ≥ import[t]; below the floor (a bound of the variable) it costs nothing more."""
    billed = fleet.peak_price > 0
    rows = lp.at_most.add(np.zeros((int(billed.sum()), fleet.slots)))
    lp.at_most.put(rows, v.import_[billed], 1.0)
    lp.at_most.put(rows, v.peak[billed, np.newaxis], -1.0)


def feeder_import_limit(lp: Program, fleet: Fleet, v: Variables) -> Ints:
    """Σ over the feeder's homes (import − export) ≤ feeder_import_max + feeder_excess."""
    return _feeder_limit(lp, fleet, v, fleet.feeder_import_max_w, v.feeder_excess[0], +1.0)


def feeder_export_limit(lp: Program, fleet: Fleet, v: Variables) -> Ints:
    """Σ over the feeder's homes (export − import) ≤ feeder_export_max + feeder_excess."""
    return _feeder_limit(lp, fleet, v, fleet.feeder_export_max_w, v.feeder_excess[1], -1.0)


def _feeder_limit(lp: Program, fleet: Fleet, v: Variables, limit: Floats, excess: Ints, sign: float) -> Ints:
    limited = np.isfinite(limit)
    rows = np.full(limit.shape, -1)
    rows[limited] = lp.at_most.add(limit[limited])
    at = rows[fleet.home_feeder]  # [H, T]
    held = at >= 0
    lp.at_most.put(at[held], v.import_[held], sign)
    lp.at_most.put(at[held], v.export[held], -sign)
    lp.at_most.put(rows[limited], excess[limited], -1.0)
    return rows


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
