"""Everything a plan needs, read from the store: a `PlanProblem`, whom to tell, and what has to be said about it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection

from osb_hub.control import plans, replies
from osb_hub.dispatch import fleet
from osb_hub.dispatch.problem import PlanProblem
from osb_hub.errors import InputError
from osb_hub.jobs import backup
from osb_hub.jobs.announced import announced_limits
from osb_hub.jobs.baseline import expected_power
from osb_hub.jobs.margin import errors_w, margin_w
from osb_hub.prices.series import Floats, month_begin, spot
from osb_hub.registry.boxes import Box, Offer, boxes, offers
from osb_hub.settings import Settings
from osb_hub.store import market
from osb_hub.store.measured import highest_imports, net_of_slot
from osb_hub.store.readings import latest, slot_of
from osb_wire import SLOT_S

OFFER_MAX_AGE_S = 3600  # a home whose offer is older is counted, not dispatched
RUNS_ON_SLOTS = 2  # for which an actuator that refused is expected to go on as it is measured
FLAT_EUR_MWH = 100.0  # where no price at all is known, limits are still kept
_PRICE_DAYS = 8
_UNLIMITED_W = 1000000


@dataclass
class Gathered:
    """A problem to plan, the boxes that will be told, and a sentence for each thing that was missing."""

    problem: PlanProblem
    dispatched: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def gather(
    connection: Connection, settings: Settings, now: int, first_limit_w: dict[str, float] | None = None
) -> Gathered:
    """The problem of the slot that contains `now`. `first_limit_w` replaces the limit of its first slot by feeder."""
    slot, notes = slot_of(now), list[str]()
    known = {box.id: box for box in boxes(connection)}
    feeders = {box.id: box.feeder for box in known.values()}
    made = offers(connection)
    measured = net_of_slot(connection, slot - SLOT_S)
    problem_offers: dict[str, dict[str, Any]] = {}
    committed: dict[str, dict[str, list[int]]] = {}
    dispatched = []
    for box in known.values():
        offer = made.get(box.id)
        if offer is None:
            if box.id in measured:
                problem_offers[box.id] = _as_measured(slot, measured[box.id].power_w)
            notes.append(f"{box.id} has made no offer yet.")
            continue
        problem_offers[box.id] = offer.message
        why_not = _why_not(box, offer, slot, now)
        if why_not:
            notes.append(f"{box.id} is counted as it is expected to run, {why_not}.")
            committed[box.id] = _undispatched(connection, offer, box.id, slot, settings.horizon)
            continue
        dispatched.append(box.id)
        committed[box.id] = _refused(connection, offer, slot, settings.horizon)
    bounds = announced_limits(connection, slot, now, settings.horizon)
    margins = margins_w(connection, feeders, bounds, slot)
    for feeder, bound in (first_limit_w or {}).items():
        bounds[feeder][0] = bound
    unreached = [box for box in problem_offers if box not in dispatched and problem_offers[box]["stores"]]
    gone = backup.lost(connection, feeders, unreached, slot, now) if settings.backup else {}
    spare = backup.held_out(settings.backup, dispatched, feeders, gone)
    prices, price_note = _spot(connection, settings, slot, now)
    last = plans.last(connection)
    problem = PlanProblem(
        now=now,
        start=slot,
        slots=settings.horizon,
        offers=problem_offers,
        feeders=feeders,
        committed={box: fixed for box, fixed in committed.items() if fixed},
        import_price=settings.tariff.import_price(prices),
        export_price=settings.tariff.export_price(prices),
        limits=bounds,
        margin_w=margins,
        previous=plans.powers(connection, last.id, slot) if last else {},
        peak_price=settings.tariff.peak_price,
        peak_w=highest_imports(connection, month_begin(slot, settings.tz), slot) if settings.tariff.peak_price else {},
        backup=spare.held,
    )
    return Gathered(problem, dispatched, [*notes, *price_note, *spare.notes])


def margins_w(
    connection: Connection, feeders: dict[str, str], bounds: dict[str, fleet.Floats], slot: int
) -> dict[str, float]:
    """Feeder → W to stay below its limit, for feeders that have one."""
    tightest = {feeder: float(bound.min()) for feeder, bound in bounds.items() if np.isfinite(bound).any()}
    if not tightest:
        return {}
    errors = errors_w(connection, feeders, slot)
    return {feeder: margin_w(errors.get(feeder, []), limit) for feeder, limit in tightest.items()}


def _why_not(box: Box, offer: Offer, slot: int, now: int) -> str | None:
    if box.state == "offline":
        return f"it is offline ({box.state_reason})"
    if not box.reachable(now):
        return f"it has been silent for {(now - box.last_seen) // 60} minutes"
    if slot - offer.start > OFFER_MAX_AGE_S:
        return f"its offer is {(slot - offer.start) // 60} minutes old"
    return None


def _undispatched(connection: Connection, offer: Offer, box: str, slot: int, slots: int) -> dict[str, list[int]]:
    """The plan it has accepted as long as it lasts, then what its own offer lets expect."""
    accepted = plans.accepted(connection, box, slot)
    out = {}
    for store in offer.message["stores"]:
        plan = accepted.get(store["actuator"], [])
        out[store["actuator"]] = plan[:slots] + expected_power(offer.message, store, slot, slots)[len(plan) :]
    return out


def _refused(connection: Connection, offer: Offer, slot: int, slots: int) -> dict[str, list[int]]:
    """Actuators that the home has refused since it made the offer; its next offer will tell anew.

    Until then what runs is expected to run on: who overrides his heating does so for longer than a moment.
    """
    refused = replies.refusals(connection, offer.t).get(offer.box, {})
    out = {}
    for store in offer.message["stores"]:
        actuator = store["actuator"]
        if actuator in refused:
            out[actuator] = expected_power(offer.message, store, slot, slots)
            now = latest(connection, offer.box, f"{actuator}.power")
            if now is not None and now.quality == "good" and now.value is not None and now.t > slot - SLOT_S:
                out[actuator][:RUNS_ON_SLOTS] = [now.value] * len(out[actuator][:RUNS_ON_SLOTS])
    return out


def _as_measured(slot: int, net_w: float) -> dict[str, Any]:
    """An offer without flexibility, for a home of which only the last quarter of an hour is known."""
    load, pv = max(0, round(net_w)), max(0, round(-net_w))
    limits_w = {"import_max_w": _UNLIMITED_W, "export_max_w": _UNLIMITED_W}
    return {"id": 1, "t": slot, "start": slot, "slots": 1, "load_w": load, "pv_w": pv, **limits_w, "stores": []}


def _spot(connection: Connection, settings: Settings, slot: int, now: int) -> tuple[Floats, list[str]]:
    end = slot + settings.horizon * SLOT_S
    known = market.prices(connection, slot - _PRICE_DAYS * 86400, end, now)
    try:
        prices = spot(known, slot, settings.horizon)
    except InputError:
        flat: Floats = np.full(settings.horizon, FLAT_EUR_MWH)
        return flat, [f"No prices are known: planned with a flat {FLAT_EUR_MWH:.0f} EUR/MWh."]
    return prices, []
