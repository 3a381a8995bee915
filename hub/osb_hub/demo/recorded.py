"""What the hub has of the day in its store: readings, energy, and the plans that homes accepted."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, func, select

from osb_hub.control.plans import PUBLISHED_SLOTS, feeder_slots, for_slot
from osb_hub.demo.plan_records import PlanRecord, plan_records
from osb_hub.demo.truth import Floats
from osb_hub.store.tables import interval, plan, plan_power, reading, reply
from osb_wire import SLOT_S


@dataclass(frozen=True, eq=False)
class Recorded:
    """The hub's view of slots start..end."""

    readings: int  # rows
    distinct_readings: int  # rows that are no repetition of another
    energy_wh: dict[tuple[str, str], float]  # (box, point) → energy of the run
    asked_w: dict[tuple[str, str], Floats]  # (box, actuator) → W per slot; NaN where nothing was accepted
    shortfall_w: Floats  # what plans said, at the start of each slot, that would be missing under the limits
    plans: tuple[PlanRecord, ...]


def recorded(connection: Connection, start: int, end: int) -> Recorded:
    """Read it all from the store."""
    rows = connection.execute(select(func.count()).select_from(reading)).scalar_one()
    once = select(reading.c.box, reading.c.point, reading.c.t).distinct().subquery()
    distinct_rows = connection.execute(select(func.count()).select_from(once)).scalar_one()
    return Recorded(
        rows,
        distinct_rows,
        _energy(connection, start, end),
        _asked(connection, start, end),
        _shortfall(connection, start, end),
        plan_records(connection, start, end),
    )


def _energy(connection: Connection, start: int, end: int) -> dict[tuple[str, str], float]:
    query = (
        select(interval.c.box, interval.c.point, func.sum(interval.c.value))
        .where(interval.c.unit == "Wh", interval.c.start >= start, interval.c.start < end)
        .group_by(interval.c.box, interval.c.point)
    )
    return {(box, point): total for box, point, total in connection.execute(query)}


def _shortfall(connection: Connection, start: int, end: int) -> Floats:
    stated = []
    for slot in range(start, end, SLOT_S):
        first = for_slot(connection, slot)
        rows = feeder_slots(connection, first.id, slot) if first else []
        stated.append(sum(row.shortfall_w for row in rows if row.start == slot))
    return np.array(stated, dtype=float)


def _asked(connection: Connection, start: int, end: int) -> dict[tuple[str, str], Floats]:
    """Mean W asked of each actuator; where a plan is replaced within a slot, weighted by time.

    A slot counts only if whatever was in force during all of it had been accepted.
    """
    power = _published(connection)
    query = select(reply.c.box, plan.c.id, plan.c.t, plan.c.start, plan.c.ttl_s, reply.c.accepted)
    answered: dict[str, list[tuple[int, int, int, frozenset[str]]]] = {}
    for box, number, t, first, ttl_s, accepted in connection.execute(
        query.join_from(reply, plan, reply.c.plan == plan.c.id).order_by(plan.c.id)
    ):
        until = min(t + ttl_s, first + PUBLISHED_SLOTS * SLOT_S)
        answered.setdefault(box, []).append((number, t, until, frozenset(accepted)))
    slots = range(start, end, SLOT_S)
    asked = {key[1:3]: np.full(len(slots), np.nan) for key in power}
    for (box, actuator), series in asked.items():
        for i, slot in enumerate(slots):
            energy = 0.0
            for number, begin, finish, until, accepted in _in_force(answered.get(box, []), slot):
                held = actuator in accepted and until >= slot + SLOT_S
                watts = power.get((number, box, actuator), {}).get(slot, np.nan) if held else np.nan
                energy += watts * (finish - begin)
            if _in_force(answered.get(box, []), slot):
                series[i] = energy / SLOT_S
    return asked


def _in_force(
    plans: list[tuple[int, int, int, frozenset[str]]], slot: int
) -> list[tuple[int, int, int, int, frozenset[str]]]:
    """(plan, from, to, holds until, accepted) of each plan that a box followed in the slot; nothing if it had none."""
    before = [p for p in plans if p[1] <= slot][-1:]
    within = [p for p in plans if slot < p[1] < slot + SLOT_S]
    if not before:
        return []
    pieces = [*before, *within]
    begins = [slot, *(p[1] for p in within), slot + SLOT_S]
    return [(p[0], begins[i], begins[i + 1], p[2], p[3]) for i, p in enumerate(pieces)]


def _published(connection: Connection) -> dict[tuple[int, str, str], dict[int, int]]:
    """(plan, box, actuator) → slot → W, as far as boxes were told."""
    query = (
        select(plan_power.c.plan, plan_power.c.box, plan_power.c.actuator, plan_power.c.start, plan_power.c.power_w)
        .join_from(plan_power, plan, plan_power.c.plan == plan.c.id)
        .where(plan_power.c.start < plan.c.start + PUBLISHED_SLOTS * SLOT_S, plan_power.c.actuator != "pv")
    )
    power: dict[tuple[int, str, str], dict[int, int]] = {}
    for number, box, actuator, slot, watts in connection.execute(query):
        power.setdefault((number, box, actuator), {})[slot] = watts
    return power
