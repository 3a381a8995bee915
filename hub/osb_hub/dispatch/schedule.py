"""A schedule and what follows from it: fills, flows, excesses and cost, recomputed from the powers alone."""

from dataclasses import dataclass

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Floats
from osb_hub.dispatch.tree import add_children

_BLOCK = 2048  # stores that are stepped through their slots together, because they fit into the processor's cache


@dataclass(frozen=True, eq=False)
class Schedule:
    """What each store is to do: mean power per slot, and the PV that is used."""

    charge_w: Floats  # [S, T]
    discharge_w: Floats  # [S, T]
    pv_used_w: Floats  # [H, T]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a schedule leads to in a fleet."""

    fill_wh: Floats  # [S, T]
    below_wh: Floats  # [S, T] outside the band, soft or hard
    above_wh: Floats  # [S, T]
    net_w: Floats  # [H, T]
    fuse_excess_w: Floats  # [H, T]
    feeder_net_w: Floats  # [F, T] of everything below the feeder
    import_excess_w: Floats  # [F, T] beyond the feeder's limit
    export_excess_w: Floats  # [F, T]
    energy_eur: float  # import and export at the homes' prices
    peak_eur: float
    wear_eur: float
    end_value_eur: float
    penalty_eur: float  # soft bands and feeder limits

    @property
    def objective_eur(self) -> float:
        return self.energy_eur + self.peak_eur + self.wear_eur - self.end_value_eur + self.penalty_eur


def simulate(fleet: Fleet, schedule: Schedule) -> Outcome:
    """Run the stores through the schedule. Shares no code with the programme that made it."""
    dt = fleet.slot_h
    fill = np.empty((fleet.stores, fleet.slots))
    np.multiply(fleet.eta_in, schedule.charge_w, out=fill)
    fill -= schedule.discharge_w / fleet.eta_out
    fill += fleet.usage_w
    fill *= dt
    before: Floats = fleet.fill0_wh
    for t in range(fleet.slots):
        fill[:, t] += fleet.retention[:, t] * before
        before = fill[:, t]
    below = np.maximum(0.0, fleet.fill_min_wh - fill)
    above = np.maximum(0.0, fill - fleet.fill_max_wh)

    net = np.subtract(fleet.load_w, schedule.pv_used_w, dtype=np.float64)
    np.add.at(net, fleet.store_home, schedule.charge_w - schedule.discharge_w)
    feeder_net = np.zeros((fleet.feeders, fleet.slots))
    np.add.at(feeder_net, fleet.home_feeder, net)
    add_children(fleet.feeder_parent, feeder_net)
    import_excess = np.maximum(0.0, feeder_net - fleet.feeder_import_max_w)
    export_excess = np.maximum(0.0, -feeder_net - fleet.feeder_export_max_w)

    imported, exported = np.maximum(0.0, net), np.maximum(0.0, -net)
    highest = imported.max(axis=1, initial=0.0)
    soft_below, soft_above = np.isfinite(fleet.below_price), np.isfinite(fleet.above_price)
    return Outcome(
        fill_wh=fill,
        below_wh=below,
        above_wh=above,
        net_w=net,
        fuse_excess_w=np.maximum(imported - fleet.import_max_w, exported - fleet.export_max_w).clip(min=0.0),
        feeder_net_w=feeder_net,
        import_excess_w=import_excess,
        export_excess_w=export_excess,
        energy_eur=float((imported * fleet.import_price - exported * fleet.export_price).sum() * dt),
        peak_eur=float((fleet.peak_price * np.maximum(0.0, highest - fleet.peak_floor_w)).sum()),
        wear_eur=float((fleet.wear_price * (schedule.charge_w + schedule.discharge_w)).sum() * dt),
        end_value_eur=float((fleet.end_value * fill[:, -1]).sum()),
        penalty_eur=float(
            (fleet.below_price[soft_below] * below[soft_below]).sum()
            + (fleet.above_price[soft_above] * above[soft_above]).sum()
            + (fleet.feeder_penalty * (import_excess + export_excess)).sum() * dt
        ),
    )


def exclusive(fleet: Fleet, schedule: Schedule) -> tuple[Schedule, int]:
    """The same fills without any store charging and discharging in one slot, and in how many store-slots it did.

    Worth doing only where energy has a negative price or a store neither loses nor wears; the powers get smaller.
    """
    both = (schedule.charge_w > 1.0) & (schedule.discharge_w > 1.0)
    flow = fleet.eta_in * schedule.charge_w - schedule.discharge_w / fleet.eta_out
    charge = np.where(both, np.maximum(0.0, flow) / fleet.eta_in, schedule.charge_w)
    discharge = np.where(both, np.maximum(0.0, -flow) * fleet.eta_out, schedule.discharge_w)
    return Schedule(charge, discharge, schedule.pv_used_w), int(both.sum())


def hold(fleet: Fleet) -> Schedule:
    """What homes do without dispatch: every store just in time, and all PV.

    A store is charged to the lowest fill from which its lower edge can still be kept in all later slots, and
    discharged only where its fill would be above its upper edge.
    """
    charge, discharge = np.empty((2, fleet.stores, fleet.slots))
    for first in range(0, fleet.stores, _BLOCK):
        rows = slice(first, first + _BLOCK)
        charge[rows], discharge[rows] = _just_in_time(fleet, rows)
    return Schedule(charge, discharge, np.array(fleet.pv_w))


def _just_in_time(fleet: Fleet, rows: slice) -> tuple[Floats, Floats]:
    def by_slot(values: Floats) -> Floats:
        return np.array(values[rows].T, dtype=np.float64, order="C")  # a copy also where it already lies so

    dt = fleet.slot_h
    kept, upper, least = by_slot(fleet.retention), by_slot(fleet.fill_max_wh), by_slot(fleet.fill_min_wh)
    charge_gain, discharge_loss = by_slot(fleet.eta_in) * dt, dt / by_slot(fleet.eta_out)  # Wh of fill per W
    usage = by_slot(fleet.usage_w) * dt
    charge, discharge = by_slot(fleet.charge_max_w), by_slot(fleet.discharge_max_w)  # most, until it is decided

    # What came before does not help in a slot that keeps nothing; and no slot needs more than its upper edge.
    for t in range(fleet.slots - 1, 0, -1):
        short = least[t] - charge_gain[t] * charge[t] - usage[t]
        needed = np.divide(short, kept[t], out=np.full(short.shape, -np.inf), where=kept[t] > 0)
        least[t - 1] = np.maximum(least[t - 1], np.minimum(needed, upper[t - 1]))

    fill: Floats = fleet.fill0_wh[rows]
    for t in range(fleet.slots):
        drifted = kept[t] * fill + usage[t]
        charge[t] = np.minimum(np.maximum(0.0, least[t] - drifted) / charge_gain[t], charge[t])
        discharge[t] = np.minimum(np.maximum(0.0, drifted - upper[t]) / discharge_loss[t], discharge[t])
        fill = drifted + charge_gain[t] * charge[t] - discharge_loss[t] * discharge[t]
    return charge.T, discharge.T
