"""Within a slot: is a feeder heading above its limit, a 15-minute mean, or has a home opted out since the plan?"""

from dataclasses import dataclass

from sqlalchemy import Connection

from osb_hub.control import plans, replies
from osb_hub.jobs.announced import announced_limits
from osb_hub.jobs.delivery import delivery, mean_since_w
from osb_hub.jobs.gather import margins_w
from osb_hub.registry.boxes import boxes
from osb_hub.store.readings import slot_of
from osb_wire import SLOT_S

FAR = 0.6  # of its limit: a feeder that was planned below this when the slot began is not looked at more closely


@dataclass(frozen=True)
class Correction:
    """Why to plan again, and the limits [W] for what is left of the slot, by feeder."""

    reason: str
    first_limit_w: dict[str, float]


@dataclass(frozen=True)
class Course:
    """A feeder in the middle of a slot: net so far and planned for the rest [W], seconds gone, and by how much the
    homes have been above the plan since it was made [W].
    """

    so_far_w: float
    planned_w: float
    elapsed_s: int
    above_w: float

    @property
    def projected_w(self) -> float:
        """Mean of the whole slot if the homes go on as they follow the plan now."""
        rest_w = self.planned_w + max(0.0, self.above_w)
        return (self.so_far_w * self.elapsed_s + rest_w * (SLOT_S - self.elapsed_s)) / SLOT_S

    def limit_for_rest_w(self, limit_w: float) -> float:
        """Net to plan for the rest: the energy that is left over the time that is left, less what homes are above.

        Never more than the limit: what was not drawn so far is kept for what nobody foresees, and is no invitation.
        """
        left = (limit_w * SLOT_S - self.so_far_w * self.elapsed_s) / (SLOT_S - self.elapsed_s)
        return min(left, limit_w) - max(0.0, self.above_w)


def needed(connection: Connection, now: int) -> Correction | None:
    """The correction that is needed at `now`, or None. Only feeders with a limit in this slot are looked at."""
    slot = slot_of(now)
    plan = plans.last(connection)
    if plan is None or now <= slot:
        return None
    known = announced_limits(connection, slot, now, 1)
    limited = {feeder: bound for feeder, bound in known.items() if bound[0] < float("inf")}
    if not limited:
        return None
    feeders = {box.id: box.feeder for box in boxes(connection)}
    refused = replies.refusals(connection, plan.t)
    net = plans.box_net(connection, plan.id, slot)
    for feeder in list(limited) if plan.t <= slot else ():
        expected = sum(watts for box, watts in net.items() if feeders.get(box) == feeder)
        if expected < FAR * limited[feeder][0] and not any(feeders.get(box) == feeder for box in refused):
            del limited[feeder]
    if not limited:
        return None
    margins = margins_w(connection, feeders, limited, slot)
    live = delivery(connection, now)
    above = {
        home.name: since - home.planned_w
        for home in live.boxes
        if home.planned_w is not None and (since := mean_since_w(connection, home.name, max(plan.t, slot))) is not None
    }
    reasons, first = [], {}
    for feeder, bound in sorted(limited.items()):
        homes = [home for home in live.boxes if feeders[home.name] == feeder and home.planned_w is not None]
        planned = sum(home.planned_w or 0.0 for home in homes)
        so_far = sum(home.so_far_w if home.so_far_w is not None else home.planned_w or 0.0 for home in homes)
        course = Course(so_far, planned, now - slot, sum(above.get(home.name, 0.0) for home in homes))
        limit = float(bound[0])
        first[feeder] = course.limit_for_rest_w(limit)
        opted_out = sorted(box for box in refused if feeders.get(box) == feeder)
        if course.projected_w > limit - margins[feeder] / 2:
            reasons.append(f"{feeder} heads for {course.projected_w / 1000:.1f} of {limit / 1000:.1f} kW")
        elif opted_out:
            reasons.append(f"{', '.join(opted_out[:3])} opted out")
    return Correction("; ".join(reasons)[:120], first) if reasons else None
