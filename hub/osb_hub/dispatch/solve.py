"""The referee: the whole programme through HiGHS. What comes back is always said, never guessed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import OptimizeResult, linprog

from osb_hub.dispatch.fleet import Fleet, Floats
from osb_hub.dispatch.model import Model, Previous, build
from osb_hub.dispatch.schedule import Outcome, Schedule, exclusive, hold, simulate

# What a hard band or a fuse costs while looking for those that cannot be kept [EUR/Wh]: the fuse gives way last.
BAND_ELASTIC = 1.0
FUSE_ELASTIC = 100.0

_KILO = 1000.0  # programmes are solved in kW, kWh and EUR, so that HiGHS' tolerances fit the numbers
_VISIBLE_WH = 1.0
_VISIBLE_W = 1.0
_TIME_LIMIT = 1  # scipy's status for a time or iteration limit


@dataclass(frozen=True)
class Violation:
    """A hard band or fuse that no schedule can keep."""

    who: str  # store or home
    what: str  # "band" or "fuse"
    amount: float  # most [Wh] outside the band, or [W] above the fuse
    slot: int  # where that is


@dataclass(frozen=True, eq=False)
class Solution:
    """`optimal`; `feasible` (time limit: a schedule, not the best); `infeasible` (what cannot be kept, by name).

    Also an infeasible solution has a schedule: the one that violates least.
    """

    status: str
    sentence: str
    schedule: Schedule
    outcome: Outcome
    feeder_price: Floats  # [F, T] what one more Wh under the feeder's import limit saves [EUR/Wh]
    home_price: Floats  # [H, T] what one more Wh of load costs [EUR/Wh]
    objective_eur: float  # of the programme, without the price of changing the previous plan
    simultaneous: int  # store-slots in which the programme charged and discharged; taken out of the schedule
    violations: tuple[Violation, ...]
    solve_s: float


def solve(fleet: Fleet, previous: Previous | None = None, time_limit_s: float = 60.0) -> Solution:
    """The cheapest schedule of the fleet."""
    began = time.perf_counter()
    model = build(fleet, previous)
    raw = _highs(model, time_limit_s)
    if raw.status == 0:
        return _solution(fleet, model, raw, "optimal", "", (), began)
    if raw.status == _TIME_LIMIT:
        sentence = f"No optimum was found within {time_limit_s:g} s; each store is only kept at its lower edge."
        return _held(fleet, "feasible", sentence, began)
    # The programme cannot be unbounded, so anything else is infeasible, or numerically so close that it is treated so.
    return _least_violation(fleet, previous, time_limit_s, began)


def _highs(model: Model, time_limit_s: float) -> OptimizeResult:
    lp = model.program
    return linprog(
        np.concatenate(lp.cost) * _KILO,
        A_ub=lp.at_most.matrix(lp.columns),
        b_ub=lp.at_most.right() / _KILO,
        A_eq=lp.equal.matrix(lp.columns),
        b_eq=lp.equal.right() / _KILO,
        bounds=np.column_stack([np.concatenate(lp.low), np.concatenate(lp.high)]) / _KILO,
        method="highs-ds",
        options={"time_limit": time_limit_s},
    )


def _least_violation(fleet: Fleet, previous: Previous | None, time_limit_s: float, began: float) -> Solution:
    """Solve again with a price on every hard band and fuse, and name those that were paid for."""
    below, above = np.isinf(fleet.below_price), np.isinf(fleet.above_price)
    elastic = replace(
        fleet,
        below_price=np.where(below, BAND_ELASTIC, fleet.below_price),
        above_price=np.where(above, BAND_ELASTIC, fleet.above_price),
    )
    model = build(elastic, previous, FUSE_ELASTIC)
    raw = _highs(model, time_limit_s)
    if raw.status != 0:
        sentence = "The fleet cannot keep its limits, and which of them was not found out in time."
        return _held(fleet, "infeasible", sentence, began)
    v, x = model.variables, raw.x * _KILO
    outside = np.maximum(np.where(below, x[v.below], 0), np.where(above, x[v.above], 0))
    over = x[v.fuse_excess].max(axis=0)
    violations = (*_bands(fleet, outside), *_fuses(fleet, over))
    if not violations:
        return _solution(fleet, model, raw, "optimal", "", (), began)
    return _solution(fleet, model, raw, "infeasible", tell(violations, "slot {}".format), violations, began)


def tell(violations: tuple[Violation, ...], slot_name: Callable[[int], str]) -> str:
    """One sentence that names every hard band and fuse that cannot be kept, by how much and when."""
    kinds = {"band": "Wh outside its band", "fuse": "W above its fuse"}
    told = [f"{v.who} ({v.amount:.0f} {kinds[v.what]} in {slot_name(v.slot)})" for v in violations]
    return f"Cannot be kept: {', '.join(told)}."


def _bands(fleet: Fleet, outside: Floats) -> list[Violation]:
    stores = np.flatnonzero(outside.max(axis=1, initial=0) > _VISIBLE_WH).tolist()
    return [Violation(fleet.store_name(s), "band", outside[s].max(), int(outside[s].argmax())) for s in stores]


def _fuses(fleet: Fleet, over: Floats) -> list[Violation]:
    homes = np.flatnonzero(over.max(axis=1, initial=0) > _VISIBLE_W).tolist()
    return [Violation(fleet.home_name(h), "fuse", over[h].max(), int(over[h].argmax())) for h in homes]


def _solution(
    fleet: Fleet,
    model: Model,
    raw: OptimizeResult,
    status: str,
    sentence: str,
    violations: tuple[Violation, ...],
    began: float,
) -> Solution:
    v, x = model.variables, raw.x * _KILO
    planned = Schedule(x[v.charge], x[v.discharge], x[v.pv_used])
    schedule, simultaneous = exclusive(fleet, planned)
    limited = model.feeder_rows >= 0
    feeder_price = np.zeros(model.feeder_rows.shape)
    feeder_price[limited] = -raw.ineqlin.marginals[model.feeder_rows[limited]]
    per_wh = _KILO * fleet.slot_h
    return Solution(
        status,
        sentence,
        schedule,
        simulate(fleet, schedule),
        feeder_price / per_wh,
        raw.eqlin.marginals[model.home_rows] / per_wh,
        simulate(fleet, planned).objective_eur,
        simultaneous,
        violations,
        time.perf_counter() - began,
    )


def _held(fleet: Fleet, status: str, sentence: str, began: float) -> Solution:
    schedule = hold(fleet)
    outcome = simulate(fleet, schedule)
    unknown = np.zeros((fleet.feeders, fleet.slots)), np.zeros((fleet.homes, fleet.slots))
    seconds = time.perf_counter() - began
    return Solution(status, sentence, schedule, outcome, *unknown, outcome.objective_eur, 0, (), seconds)
