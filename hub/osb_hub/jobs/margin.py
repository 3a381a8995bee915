"""How far below a limit to plan: the pool's own forecast error, measured."""

from collections.abc import Sequence

from sqlalchemy import Connection

from osb_hub.control import plans
from osb_hub.store.measured import net_of_slot
from osb_wire import SLOT_S

FLOOR = 0.04  # of the limit
CEILING = 0.25  # of the limit: a pool that cannot be forecast must still be dispatched
WEIGHT = 0.3  # of the newest slot
COVER = 2.0  # times the mean |error|: a normal error is larger in the wrong direction once in twenty slots (1.6 σ)
SLOTS = 8


def margin_w(errors_w: Sequence[float], limit_w: float) -> float:
    """Margin below `limit_w` from the errors |actual − planned| of the last slots, oldest first (pure).

    COVER times the EWMA m' = (1 − WEIGHT)·m + WEIGHT·error, beginning with the oldest error.
    """
    mean = errors_w[0] if errors_w else 0.0
    for error in errors_w[1:]:
        mean = (1 - WEIGHT) * mean + WEIGHT * error
    return min(max(COVER * mean, FLOOR * limit_w), CEILING * limit_w)


def errors_w(connection: Connection, feeders: dict[str, str], slot: int) -> dict[str, list[float]]:
    """Feeder → |actual − planned| net [W] of the slots before `slot`, oldest first.

    Compared are the homes of which both are known, with the plan that was made before the slot began.
    """
    out: dict[str, list[float]] = {feeder: [] for feeder in feeders.values()}
    for start in range(slot - SLOTS * SLOT_S, slot, SLOT_S):
        plan = plans.for_slot(connection, start)
        if plan is None:
            continue
        planned, actual = plans.box_net(connection, plan.id, start), net_of_slot(connection, start)
        known = planned.keys() & actual.keys() & feeders.keys()
        for feeder, errors in out.items():
            members = [box for box in known if feeders[box] == feeder]
            if members:
                errors.append(abs(sum(actual[box].power_w - planned[box] for box in members)))
    return out
