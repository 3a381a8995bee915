"""Plans: kept in the store, sent to boxes, and what of them is in force."""

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from osb_hub.dispatch.planner import PlanResult
from osb_hub.dispatch.problem import PlanProblem
from osb_hub.store import tables
from osb_wire import SLOT_S

PUBLISHED_SLOTS = 12  # what a box is told of the plan; it lives on this when the link fails
TTL_S = 3 * 3600

# of PlanResult, kept where they are finite
_FIGURES = (
    "lower_bound_eur",
    "gap",
    "gap_of_savings",
    "no_dispatch_eur",
    "realised_objective_eur",
    "change_wh",
    "change_eur",
)


@dataclass(frozen=True)
class Plan:
    """A plan as it was made; `t` is when, `start` the first slot. What follows `solve_s` is None where it is unknown.

    `gap` and `gap_of_savings` are certified: relative to the objective without what is fixed, and to what the plan
    saves against `no_dispatch_eur`. `realised_objective_eur` is without charging and discharging at once.
    """

    id: int
    t: int
    start: int
    slots: int
    ttl_s: int
    reason: str
    status: str
    sentence: str
    objective_eur: float
    solve_s: float
    solver: str | None = None
    lower_bound_eur: float | None = None
    gap: float | None = None
    gap_of_savings: float | None = None
    no_dispatch_eur: float | None = None
    realised_objective_eur: float | None = None
    change_wh: float | None = None  # moved away from the plan before, in the slots in which that has a price
    change_eur: float | None = None  # that price
    due_eur: float | None = None  # compensation for its first slot, all homes together


@dataclass(frozen=True)
class FeederSlot:
    """What a plan expects of a feeder in one slot [W]; `limit_w` None: no limit."""

    feeder: str
    start: int
    net_w: float
    limit_w: float | None
    shortfall_w: float
    shadow_eur_mwh: float


def keep(connection: Connection, problem: PlanProblem, result: PlanResult, reason: str) -> int:
    """Store a plan; its id."""
    plan = {"t": problem.now, "start": problem.start, "slots": problem.slots, "ttl_s": TTL_S, "reason": reason}
    plan |= {"status": result.status, "sentence": result.sentence, "solver": result.solver}
    plan |= {"objective_eur": result.objective_eur, "solve_s": result.solve_s}
    plan |= {name: _known(getattr(result, name)) for name in _FIGURES}
    plan["due_eur"] = None if result.due_eur is None else sum(result.due_eur.values())
    identity = connection.execute(insert(tables.plan).values(plan)).inserted_primary_key
    assert identity is not None
    number = int(identity[0])
    starts = range(problem.start, problem.start + problem.slots * SLOT_S, SLOT_S)
    told = starts[:PUBLISHED_SLOTS]
    power = [
        {"plan": number, "box": box, "actuator": actuator, "start": start, "power_w": int(watts)}
        for box, actuators in result.power_w.items()
        for actuator, series in actuators.items()
        for start, watts in zip(told, series, strict=False)
    ]
    net = [
        {"plan": number, "box": box, "start": start, "net_w": float(watts)}
        for box, series in result.net_w.items()
        for start, watts in zip(told, series, strict=False)
    ]
    due = [{"plan": number, "box": box, "due_eur": eur} for box, eur in (result.due_eur or {}).items()]
    for table, rows in (
        (tables.plan_power, power),
        (tables.plan_due, due),
        (tables.plan_box, net),
        (tables.plan_feeder, _feeder_rows(number, problem, result, starts)),
    ):
        if rows:
            connection.execute(insert(table), rows)
    return number


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _feeder_rows(number: int, problem: PlanProblem, result: PlanResult, starts: range) -> list[dict[str, Any]]:
    rows = []
    for feeder in sorted({problem.feeders[box] for box in result.net_w}):
        members = [series for box, series in result.net_w.items() if problem.feeders[box] == feeder]
        limit = problem.limits.get(feeder)
        for i, start in enumerate(starts):
            bound = float(limit[i]) if limit is not None else float("inf")
            rows.append(
                {
                    "plan": number,
                    "feeder": feeder,
                    "start": start,
                    "net_w": float(sum(series[i] for series in members)),
                    "limit_w": bound if bound < float("inf") else None,
                    "shortfall_w": float(result.shortfall_w[feeder][i]),
                    "shadow_eur_mwh": float(result.shadow_price[feeder][i]),
                }
            )
    return rows


def message(plan: Plan, power_w: dict[str, list[int]]) -> dict[str, Any]:
    """The wire message `plan` for one box."""
    slots = min(plan.slots, PUBLISHED_SLOTS)
    return {
        "id": plan.id,
        "t": plan.t,
        "start": plan.start,
        "slots": slots,
        "ttl_s": plan.ttl_s,
        "actuators": [{"actuator": name, "power_w": series[:slots]} for name, series in sorted(power_w.items())],
        "reason": plan.reason,
    }


def last(connection: Connection) -> Plan | None:
    """The newest plan."""
    row = connection.execute(select(tables.plan).order_by(tables.plan.c.id.desc()).limit(1)).first()
    return Plan(*row) if row else None


def for_slot(connection: Connection, slot: int) -> Plan | None:
    """The first plan made for the slot: what was expected before it began."""
    query = select(tables.plan).where(tables.plan.c.start == slot).order_by(tables.plan.c.id).limit(1)
    row = connection.execute(query).first()
    return Plan(*row) if row else None


def powers(connection: Connection, plan: int, since: int = 0) -> dict[str, dict[str, list[int]]]:
    """Box → actuator → W per slot from `since` on (or from the plan's start if that is later)."""
    table = tables.plan_power.c
    query = select(table.box, table.actuator, table.power_w).where(table.plan == plan, table.start >= since)
    out: dict[str, dict[str, list[int]]] = {}
    for box, actuator, watts in connection.execute(query.order_by(table.box, table.actuator, table.start)):
        out.setdefault(box, {}).setdefault(actuator, []).append(watts)
    return out


def due(connection: Connection, plan: int) -> dict[str, float]:
    """Box → compensation for the first slot of the plan [EUR]; empty where nothing is due to anybody."""
    table = tables.plan_due.c
    return {box: eur for box, eur in connection.execute(select(table.box, table.due_eur).where(table.plan == plan))}


def accepted(connection: Connection, box: str, slot: int) -> dict[str, list[int]]:
    """Actuator → W per slot from `slot` on that this box has accepted last, as far as that still holds."""
    reply, plan = tables.reply.c, tables.plan.c
    query = (
        select(plan.id, plan.t, plan.start, plan.ttl_s, reply.accepted)
        .join_from(tables.reply, tables.plan, reply.plan == plan.id)
        .where(reply.box == box)
        .order_by(plan.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return {}
    number, t, start, ttl_s, agreed = row
    end = min(start + PUBLISHED_SLOTS * SLOT_S, t + ttl_s)
    left = max(0, (end - slot) // SLOT_S)
    told = powers(connection, number, slot).get(box, {})
    return {name: series[:left] for name, series in told.items() if name in agreed and left}


def feeder_slots(connection: Connection, plan: int, since: int = 0) -> list[FeederSlot]:
    """What the plan expects of feeders, by feeder and slot."""
    table = tables.plan_feeder.c
    columns = (table.feeder, table.start, table.net_w, table.limit_w, table.shortfall_w, table.shadow_eur_mwh)
    query = select(*columns).where(table.plan == plan, table.start >= since).order_by(table.feeder, table.start)
    return [FeederSlot(*row) for row in connection.execute(query)]


def box_net(connection: Connection, plan: int, slot: int) -> dict[str, float]:
    """Box → W expected at its connection in one slot."""
    table = tables.plan_box.c
    query = select(table.box, table.net_w).where(table.plan == plan, table.start == slot)
    return {box: net for box, net in connection.execute(query)}
