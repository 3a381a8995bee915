"""One plan for all homes: the latest offers, prices and limits in, watts per actuator out. No clock, no store."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from osb_hub.dispatch.compensation import compensation
from osb_hub.dispatch.dispatch import EXACT_STORES, dispatch
from osb_hub.dispatch.fleet import Fleet, Floats
from osb_hub.dispatch.model import Previous
from osb_hub.dispatch.offers import EUR_PER_WH, HomeOffer, curtailed, power_of, standing
from osb_hub.dispatch.problem import PlanProblem, fleet_of, home_offers, previous_of
from osb_hub.dispatch.result import Result, tell
from osb_hub.dispatch.schedule import Outcome, Schedule, exclusive, simulate
from osb_wire import SLOT_S

GAP = 1e-3  # asked of every plan; leaving the plan before has a price, which counts as gap
# Up to so many stores the exact solver takes seconds: ties are broken towards the plan before, and compensation, cents
# that are the difference of two sums of euros, is worked out.
KEPT = "Every limit is kept."
_VISIBLE_W = 10.0
_VISIBLE_PRICE = 1e-9  # EUR/Wh, a thousandth of a EUR/MWh: a limit that costs less moves nobody


@dataclass(frozen=True, eq=False)
class PlanResult:
    """`optimal`, `feasible` (time limit) or `infeasible` (with the plan that violates least), and what to say.

    How good the plan surely is: `lower_bound_eur` and both gaps, as in `Result`.
    """

    status: str
    sentence: str
    power_w: dict[str, dict[str, list[int]]]  # box → actuator → W per slot
    net_w: dict[str, list[int]]  # box → W at its connection
    shortfall_w: dict[str, list[int]]  # feeder → W above its limit (the limit itself, without margin)
    shadow_price: dict[str, Floats]  # feeder → what one more MWh under its limit would save [EUR/MWh]
    objective_eur: float
    solve_s: float
    solver: str = "none"  # "linprog" or "structured"; "none": there was nothing to solve
    lower_bound_eur: float = 0.0
    gap: float = 0.0
    gap_of_savings: float = 0.0
    no_dispatch_eur: float = 0.0  # objective if every home only kept the lower edges of its bands
    realised_objective_eur: float = 0.0  # of the schedule without charging and discharging at once
    change_wh: float = 0.0  # moved away from the previous plan where that has a price
    change_eur: float = 0.0  # what that costs in the programme: a price against flapping, nobody pays it
    due_eur: dict[str, float] | None = field(default_factory=dict)  # box → compensation for the plan's first slot


def plan(problem: PlanProblem, time_limit_s: float = 30.0) -> PlanResult:
    """The cheapest plan that keeps people comfortable and feeders within their limits.

    Plans of more than EXACT_STORES stores do not say what is due to whom. Backup homes follow their own best plan
    alone; only where a limit is broken without them are they drawn in.
    InputError where prices or market make no sense.
    """
    homes, left_out = home_offers(problem)
    if not homes:
        return PlanResult("optimal", "There is no home to plan for.", {}, {}, {}, {}, 0.0, 0.0)
    held = [home for home in homes if home.box in problem.backup and home.stores]
    if not held:
        return _planned(problem, homes, left_out, time_limit_s)
    alone = _planned(replace(problem, limits={}, market=None), held, [], time_limit_s)
    kept_out = {home.box for home in held}
    around = [standing(home, alone.net_w[home.box]) if home.box in kept_out else home for home in homes]
    result = _planned(problem, around, left_out, time_limit_s)
    if any(any(over) for over in result.shortfall_w.values()):
        drawn = f"{', '.join(sorted(kept_out))}: drawn in as backup, because a limit would be broken without."
        return _planned(problem, homes, [*left_out, drawn], time_limit_s)
    together = replace(result, power_w={**result.power_w, **alone.power_w}, solve_s=result.solve_s + alone.solve_s)
    if alone.status == "optimal":
        return together
    told = [result.sentence, alone.sentence] if result.sentence != KEPT else [alone.sentence]
    return replace(together, status=alone.status, sentence=" ".join(told))


def _planned(problem: PlanProblem, homes: list[HomeOffer], notes: list[str], time_limit_s: float) -> PlanResult:
    stores = [store for home in homes for store in home.stores]
    fleet, previous = fleet_of(problem, homes), previous_of(problem, homes)
    result = dispatch(fleet, problem.market, previous, gap=GAP, time_limit_s=time_limit_s)
    schedule, _ = exclusive(fleet, result.schedule)
    outcome = simulate(fleet, schedule)

    power = power_of(stores, schedule)
    for box, pv in curtailed(homes, schedule).items():
        power.setdefault(box, {})["pv"] = pv
    shortfall = _shortfall(problem, fleet, outcome)
    change_wh, change_eur = _change(fleet, schedule, previous)
    shadow_price = result.multipliers.feeder_import_price / EUR_PER_WH
    due = _due(problem, fleet, result, schedule, time_limit_s)
    return PlanResult(
        status=result.status,
        sentence=" ".join([*_sentences(problem, result, shortfall), *notes]) or KEPT,
        power_w=power,
        net_w={home.box: np.rint(row).astype(int).tolist() for home, row in zip(homes, outcome.net_w, strict=True)},
        shortfall_w=shortfall,
        shadow_price=dict(zip(fleet.feeder_names, shadow_price, strict=True)),
        objective_eur=result.objective_eur,
        solve_s=sum(result.seconds.values()),
        solver=result.solver,
        lower_bound_eur=result.lower_bound_eur,
        gap=result.gap,
        gap_of_savings=result.gap_of_savings,
        no_dispatch_eur=result.no_dispatch_objective_eur,
        realised_objective_eur=result.realised_objective_eur,
        change_wh=change_wh,
        change_eur=change_eur,
        due_eur=due,
    )


def _shortfall(problem: PlanProblem, fleet: Fleet, outcome: Outcome) -> dict[str, list[int]]:
    shortfall = {}
    for name, net in zip(fleet.feeder_names, outcome.feeder_net_w, strict=True):
        over = np.maximum(0.0, net - problem.limits.get(name, np.inf))
        shortfall[name] = np.where(over > _VISIBLE_W, np.rint(over), 0.0).astype(int).tolist()
    return shortfall


def _change(fleet: Fleet, schedule: Schedule, previous: Previous | None) -> tuple[float, float]:
    """Wh moved away from the previous plan where that has a price, and that price [EUR]."""
    if previous is None:
        return 0.0, 0.0
    moved_wh = np.abs(schedule.charge_w - schedule.discharge_w - previous.power_w) * fleet.slot_h
    return float(moved_wh[previous.change_price > 0].sum()), float((moved_wh * previous.change_price).sum())


def _due(
    problem: PlanProblem, fleet: Fleet, result: Result, schedule: Schedule, time_limit_s: float
) -> dict[str, float] | None:
    """Compensation by box, None where it is not worked out; nothing is due where no limit and no market has a price."""
    moved = result.multipliers.feeder_import_price.max(initial=0.0) > _VISIBLE_PRICE or problem.market is not None
    if not moved:
        return {}
    if fleet.stores > EXACT_STORES:
        return None
    due = compensation(fleet, schedule, time_limit_s)
    return None if due is None else dict(zip(fleet.home_names, due.tolist(), strict=True))


def _sentences(problem: PlanProblem, result: Result, shortfall: dict[str, list[int]]) -> Sequence[str]:
    def clock(slot: int) -> str:
        return datetime.fromtimestamp(problem.start + slot * SLOT_S, UTC).strftime("%H:%M UTC")

    told = [tell(result.violations, clock)] if result.violations else []
    if not told and result.status != "optimal":
        told = [result.sentence]
    for feeder, over_w in shortfall.items():
        over = np.array(over_w)
        if over.any():
            first, last = np.flatnonzero(over)[[0, -1]]
            told.append(
                f"{feeder} exceeds its limit by up to {over.max() / 1000:.1f} kW between {clock(first)} and "
                f"{clock(last + 1)}, {over.sum() * SLOT_S / 3.6e6:.1f} kWh in all: nothing else can be moved."
            )
    return [sentence for sentence in told if sentence]
