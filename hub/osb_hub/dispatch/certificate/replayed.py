"""What a schedule comes to, recomputed from its powers alone: costs by who pays, excesses, what could not be kept."""

from dataclasses import dataclass, fields

import numpy as np

from osb_hub.dispatch.certificate.parts import Doubles, Part, parts
from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.result import Violation
from osb_hub.dispatch.schedule import Schedule

PAYERS = (
    "household_energy",
    "household_peak",
    "wear",
    "end_value",
    "comfort",
    "portfolio_energy",
    "requests",
    "reserve",
    "feeder_penalty",
)


@dataclass(frozen=True, eq=False)
class Powers:
    """What homes do: powers within their limits, and the fill and net that follow from them."""

    charge: Doubles  # [stores, T] [W]
    discharge: Doubles  # [stores, T] [W]
    fill: Doubles  # [stores, T] at the end of each slot [Wh]
    net: Doubles  # [homes, T] [W]


@dataclass(frozen=True, eq=False)
class Replayed:
    """A schedule, clipped to the limits of stores and PV, and what follows from it.

    Its objective is one that the programme can reach, hence an upper bound of its optimum, where no hard band and no
    fuse is broken (`worst_band`, `worst_fuse`).
    """

    costs_eur: dict[str, float]  # by PAYERS; what is earned is negative
    shortfall_penalty_eur: float  # the part of requests and reserve that is penalty for what is missing
    portfolio_net_w: Doubles  # [T]
    feeder_net_w: Doubles  # [F, T] of everything below the feeder
    import_excess_w: Doubles  # [F, T] beyond the feeder's limit
    export_excess_w: Doubles  # [F, T]
    request_shortfall_w: Doubles  # [Q, T]
    promised_w: Doubles  # [P] of each reserve product: contracted, or the most of an offered one that can be held
    reserve_w: Doubles  # [P, T] what is surely held of it, Σ reliability·reserve
    reserve_shortfall_w: Doubles  # [P, T]
    worst_band: Violation | None  # the hard band that is missed by most [Wh]
    worst_fuse: Violation | None  # the fuse that is exceeded by most [W]

    @property
    def objective_eur(self) -> float:
        return sum(self.costs_eur.values())

    @property
    def penalties_eur(self) -> float:
        """Comfort, limits of feeders, and penalties for what is missing of requests and reserve."""
        return self.costs_eur["comfort"] + self.costs_eur["feeder_penalty"] + self.shortfall_penalty_eur

    @property
    def without_penalties_eur(self) -> float:
        return self.objective_eur - self.penalties_eur


def powers(fleet: Fleet, schedule: Schedule) -> Powers:
    """What the schedule makes of all stores and homes: [S, T] and [H, T]."""
    each = [powers_of(part, schedule) for part in parts(fleet)]
    nothing = np.zeros((0, fleet.slots))
    names = [field.name for field in fields(Powers)]
    return Powers(*(np.concatenate([nothing, *(getattr(one, name) for one in each)]) for name in names))


def powers_of(part: Part, schedule: Schedule) -> Powers:
    """The schedule of a part within the limits of stores and PV; what is not a number counts as 0.

    fill[t] = retention[t]·fill[t−1] + (eta_in[t]·charge[t] − discharge[t]/eta_out[t] + usage_w[t])·dt.
    """
    fleet = part.fleet
    charge = np.nan_to_num(part.of_stores(schedule.charge_w)).clip(0.0, part.of_stores(fleet.charge_max_w))
    discharge = np.nan_to_num(part.of_stores(schedule.discharge_w)).clip(0.0, part.of_stores(fleet.discharge_max_w))
    pv_used = np.nan_to_num(part.of_homes(schedule.pv_used_w)).clip(0.0, part.of_homes(fleet.pv_w))
    net = part.of_homes(fleet.load_w) + part.home_sums(charge - discharge) - pv_used

    gain = part.of_stores(fleet.eta_in) * charge - discharge / part.of_stores(fleet.eta_out)
    gain = (gain + part.of_stores(fleet.usage_w)) * fleet.slot_h
    by_slot, retention = np.ascontiguousarray(gain.T), np.ascontiguousarray(part.of_stores(fleet.retention).T)
    before = part.of_stores(fleet.fill0_wh)
    for kept, fill in zip(retention, by_slot, strict=True):
        fill += kept * before
        before = fill
    return Powers(charge, discharge, np.ascontiguousarray(by_slot.T), net)
