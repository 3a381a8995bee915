"""Live delivery against plan: of each home and each feeder, in the last minute and in the slot so far."""

from dataclasses import dataclass

from sqlalchemy import Connection

from osb_hub.control import plans
from osb_hub.jobs.slot_values import HOLD_S, Sample
from osb_hub.registry.boxes import boxes
from osb_hub.store.readings import latest, readings, slot_of
from osb_wire import SLOT_S

FRESH_S = 150  # a power reading that is older is not "now"


@dataclass(frozen=True)
class Delivery:
    """Net power of a home or a feeder [W]; None where unknown. `covered` 0..1: share of the homes that count in."""

    name: str
    planned_w: float | None
    now_w: float | None
    so_far_w: float | None
    covered: float
    limit_w: float | None = None


@dataclass(frozen=True)
class LiveDelivery:
    """Delivery in the slot that starts at `slot`, as known at `now`."""

    now: int
    slot: int
    feeders: list[Delivery]
    boxes: list[Delivery]


def delivery(connection: Connection, now: int) -> LiveDelivery:
    """Where everyone is compared with the newest plan."""
    slot = slot_of(now)
    plan = plans.last(connection)
    planned = plans.box_net(connection, plan.id, slot) if plan else {}
    limits = (
        {s.feeder: s.limit_w for s in plans.feeder_slots(connection, plan.id, slot) if s.start == slot} if plan else {}
    )
    homes, feeders = [], dict[str, str]()
    for box in boxes(connection):
        power = latest(connection, box.id, "grid.power")
        fresh = power is not None and power.quality == "good" and now - (power.t - power.age_s) <= FRESH_S
        now_w = float(power.value) if fresh and power and power.value is not None else None
        so_far = mean_since_w(connection, box.id, slot)
        homes.append(Delivery(box.id, planned.get(box.id), now_w, so_far, float(so_far is not None)))
        feeders[box.id] = box.feeder
    totals = [
        _total(feeder, [home for home in homes if feeders[home.name] == feeder], limits.get(feeder))
        for feeder in sorted(set(feeders.values()))
    ]
    return LiveDelivery(now, slot, totals, homes)


def mean_since_w(connection: Connection, box: str, since: int) -> float | None:
    """Mean net power from `since` to the newest reading of the slot, by the home's counters; None if unknown."""
    counted: dict[str, list[Sample]] = {}
    for row in readings(connection, box, since, since + SLOT_S, ("grid.import", "grid.export")):
        if row.quality == "good" and row.value is not None:
            counted.setdefault(row.point, []).append(Sample(row.t - row.age_s, row.value))
    bought = _mean_w(counted.get("grid.import", []), since)
    sold = _mean_w(counted["grid.export"], since) if "grid.export" in counted else 0.0
    return None if bought is None or sold is None else bought - sold


def _mean_w(samples: list[Sample], since: int) -> float | None:
    if len(samples) < 2 or samples[0].t > since + HOLD_S:
        return None
    seconds, energy_wh = samples[-1].t - samples[0].t, samples[-1].value - samples[0].value
    return energy_wh * 3600 / seconds if seconds > 0 and energy_wh >= 0 else None


def _total(name: str, homes: list[Delivery], limit_w: float | None) -> Delivery:
    def total(values: list[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return sum(known) if known else None

    return Delivery(
        name,
        total([home.planned_w for home in homes]),
        total([home.now_w for home in homes]),
        total([home.so_far_w for home in homes]),
        sum(home.covered for home in homes) / len(homes),
        limit_w,
    )
