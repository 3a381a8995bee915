"""The plans of the day as the hub kept them: how good each surely was, how long it held, what it owes to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from osb_hub.control.plans import Plan
from osb_hub.demo.truth import Floats
from osb_hub.store import tables
from osb_wire import SLOT_S

DUE_COUNTED = (
    "What following the plans has cost a home more than its own best plan alone would have: in each slot, the cost of "
    "the slot as planned and of its own best plan from there, less the cost of its own best plan from the start, at "
    "the prices and forecasts of that moment, discomfort included. (A home without dispatch, to which costs are "
    "compared elsewhere in this report, makes no plan at all.) Grid limits are what moves homes here, so the grid "
    "operator who sets them owes it; no other member pays for it, the day has no revenue from markets, and nobody has "
    "been paid: settlement is not part of it yet."
)


@dataclass(frozen=True, eq=False)
class PlanRecord:
    """One plan: until the next was made it was in force in `share` of each slot of the run, 0..1."""

    plan: Plan
    share: Floats
    due_eur: dict[str, float]  # box → compensation for as long as its first slot was followed


def plan_records(connection: Connection, start: int, end: int) -> tuple[PlanRecord, ...]:
    """Every plan that was in force in start..end, in order."""
    made = [Plan(*row) for row in connection.execute(select(tables.plan).order_by(tables.plan.c.id))]
    due: dict[int, dict[str, float]] = {}
    for number, box, eur in connection.execute(select(tables.plan_due)):
        due.setdefault(number, {})[box] = eur
    ends = [after.t for after in made[1:]] + [end]
    records = []
    for plan, until in zip(made, ends, strict=False):
        begins = np.arange(start, end, SLOT_S)
        share = (np.minimum(begins + SLOT_S, until) - np.maximum(begins, plan.t)).clip(min=0) / SLOT_S
        held = max(0, min(until, plan.start + SLOT_S, end) - max(plan.t, plan.start, start)) / SLOT_S
        owed = {box: eur * held for box, eur in due.get(plan.id, {}).items()}
        if share.any():
            records.append(PlanRecord(plan, share, owed))
    return tuple(records)


def told(records: Sequence[PlanRecord], loss_eur: Floats) -> dict[str, Any]:
    """`plans` of report.json. `loss_eur`: what devices did otherwise than asked, by slot, see realisation.py."""
    each = [_told(record, float(record.share @ loss_eur)) for record in records]

    def worst(name: str) -> float | None:
        known = [plan[name] for plan in each if plan[name] is not None]
        return max(known) if known else None

    return {
        "made": len(each),
        "longest_solve_s": round(worst("solve_s") or 0.0, 3),
        "worst_gap": worst("gap"),
        "worst_gap_of_savings": worst("gap_of_savings"),
        "change_kwh": round(sum(record.plan.change_wh or 0.0 for record in records) / 1000, 3),
        "change_eur": round(sum(record.plan.change_eur or 0.0 for record in records), 4),
        "each": each,
    }


def compensation(records: Sequence[PlanRecord]) -> dict[str, Any]:
    """`compensation` of report.json."""
    total = round(sum(sum(record.due_eur.values()) for record in records), 4)
    return {
        "due_eur": total,
        "owed_by": {"market_revenue_eur": 0.0, "grid_operator_eur": total, "other_members_eur": 0.0},
        "plans_not_worked_out": sum(record.plan.due_eur is None for record in records),
        "counted": DUE_COUNTED,
    }


def due_to(records: Sequence[PlanRecord], box: str) -> float:
    """Compensation of the day for one home [EUR]."""
    return sum(record.due_eur.get(box, 0.0) for record in records)


def _told(record: PlanRecord, loss_eur: float) -> dict[str, Any]:
    plan = record.plan
    realised = plan.objective_eur if plan.realised_objective_eur is None else plan.realised_objective_eur
    return {
        "id": plan.id,
        "t": plan.t,
        "reason": plan.reason,
        "status": plan.status,
        "solver": plan.solver,
        "solve_s": round(plan.solve_s, 3),
        "objective_eur": plan.objective_eur,
        "lower_bound_eur": plan.lower_bound_eur,
        "gap": plan.gap,
        "gap_of_savings": plan.gap_of_savings,
        "realised_objective_eur": realised + loss_eur,
        "change_kwh": None if plan.change_wh is None else round(plan.change_wh / 1000, 3),
        "change_eur": plan.change_eur,
    }
