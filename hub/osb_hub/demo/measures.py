"""The day in figures, from the emulated meters; only what the hub stored and planned comes from the hub.

Power is the mean of 15 minutes. `cost_eur` is the bill, less the worth of what stores end with beyond the twin's.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osb_hub.demo import plan_records
from osb_hub.demo.realisation import realisation
from osb_hub.demo.recorded import Recorded
from osb_hub.demo.story import Story
from osb_hub.demo.truth import Floats, Home, Life, Truth
from osb_hub.dispatch.limits import REBOUND_S
from osb_hub.prices.series import Tariff, spot

SIDES = ("dispatched", "twin")


@dataclass(frozen=True, eq=False)
class Prices:
    """Final retail prices of each slot [EUR/MWh]."""

    import_: Floats
    export: Floats

    @classmethod
    def of(cls, story: Story, tariff: Tariff, truth: Truth) -> "Prices":
        """The prices that came true."""
        market = spot(story.final.by_slot(), truth.start, truth.slots)
        return cls(tariff.import_price(market), tariff.export_price(market))


def measure(truth: Truth, hub: Recorded, story: Story, prices: Prices) -> dict[str, Any]:
    """Everything that report.json states, except the promises."""
    window, after = cap_slots(truth, story), rebound_slots(truth, story)
    homes = [_home(home, truth, hub, prices) for home in truth.homes]
    realised = realisation(truth, hub, prices.import_, prices.export)

    def total(name: str) -> dict[str, float]:
        return {side: round(sum(home[name][side] for home in homes), 3) for side in SIDES}

    cap_kw = story.cap_w / 1000
    return {
        "homes": len(truth.homes),
        "day": story.day.isoformat(),
        "zone": truth.zone.key,
        "seed": truth.seed,
        "interpreter": ", ".join(sorted({str(home.box.get("interpreter", "unknown")) for home in truth.homes})),
        "slots": truth.slots,
        "feeder_kw": story.feeder_w / 1000,
        "cap_kw": cap_kw,
        "peak_kw": {side: _peak_kw(truth.net_w(side)) for side in SIDES},
        "peak_in_cap_window_kw": {side: _peak_kw(truth.net_w(side)[window]) for side in SIDES},
        "rebound_peak_kw": {side: _peak_kw(truth.net_w(side)[after]) for side in SIDES},
        "feeder_excess_beyond_stated_kw": _peak_kw(
            np.maximum(0.0, truth.net_w("dispatched") - story.feeder_w - hub.shortfall_w)
        ),
        "shortfall_stated_kw": _peak_kw(hub.shortfall_w[window]),
        "excess_beyond_stated_kw": _peak_kw(
            np.maximum(0.0, truth.net_w("dispatched") - story.cap_w - hub.shortfall_w)[window]
        ),
        "energy_kwh": total("energy_kwh"),
        "cost_eur": total("cost_eur"),
        "bill_eur": total("bill_eur"),
        "comfort_violation_minutes": total("comfort_violation_minutes"),
        "ev_short_wh": total("ev_short_wh"),
        "readings": _readings(truth, hub),
        "meter_truth_error_pct": _meter_error_pct(truth, hub),
        "plan_followed_pct": _followed_pct(truth, hub),
        "plans": plan_records.told(hub.plans, realised.loss_eur),
        "realisation": realised.told(),
        "compensation": plan_records.compensation(hub.plans),
        "faults": truth.faults,
        "accelerated": truth.accelerated,
        "per_home": homes,
    }


def cap_slots(truth: Truth, story: Story) -> NDArray[np.bool_]:
    """The slots of the run in which the cap holds."""
    return (truth.starts >= story.cap_begins) & (truth.starts < story.cap_ends)


def rebound_slots(truth: Truth, story: Story) -> NDArray[np.bool_]:
    """The slots of the two hours after the cap."""
    return (truth.starts >= story.cap_ends) & (truth.starts < story.cap_ends + REBOUND_S)


def bill_eur(net_w: Floats, prices: Prices, slot_s: int) -> float:
    """What is paid for imports less what is got for exports."""
    mwh = net_w * slot_s / 3.6e9
    return float((np.maximum(0.0, mwh) * prices.import_ - np.maximum(0.0, -mwh) * prices.export).sum())


def _home(home: Home, truth: Truth, hub: Recorded, prices: Prices) -> dict[str, Any]:
    bill = {side: bill_eur(_life(home, side).net_w, prices, truth.slot_s) for side in SIDES}
    more_wh = sum(wh - home.twin.store_end_wh.get(name, 0.0) for name, wh in home.dispatched.store_end_wh.items())
    worth = {"dispatched": more_wh * float(prices.import_.mean()) / 1e6, "twin": 0.0}
    hours = truth.slot_s / 3600
    cost = {side: round(bill[side] - worth[side], 4) for side in SIDES}
    due = round(plan_records.due_to(hub.plans, home.id), 4)
    return {
        "id": home.id,
        "has": list(home.has),
        "energy_kwh": {side: round(float(_life(home, side).net_w.sum()) * hours / 1000, 3) for side in SIDES},
        "bill_eur": {side: round(bill[side], 4) for side in SIDES},
        "cost_eur": cost,
        "compensation_eur": due,
        "cost_after_compensation_eur": round(cost["dispatched"] - due, 4),
        "stores_end_with_more_kwh": round(more_wh / 1000, 3),
        "comfort_violation_minutes": {side: _life(home, side).comfort_violation_min for side in SIDES},
        "cold_water_minutes": {side: _life(home, side).cold_water_min for side in SIDES},
        "ev_short_wh": {side: _life(home, side).ev_short_wh for side in SIDES},
        "heap_free": home.box.get("heap_free"),
    }


def _life(home: Home, side: str) -> Life:
    return home.dispatched if side == "dispatched" else home.twin


def _peak_kw(net_w: Floats) -> float | None:
    """None where the run has no such slots."""
    return round(float(net_w.max()) / 1000, 3) if net_w.size else None


def _readings(truth: Truth, hub: Recorded) -> dict[str, Any]:
    """`sent` is what boxes measured and recorded; what they dropped, still hold or lost with a box counts as lost."""
    silent = [home.id for home in truth.homes if "readings" not in home.box]
    sent = sum(home.box.get("readings", 0) for home in truth.homes)
    return {
        "sent": sent,
        "stored": hub.readings,
        "lost": max(0, sent - hub.distinct_readings),
        "duplicated": hub.readings - hub.distinct_readings,
        "boxes_that_did_not_tell": silent,
    }


def _meter_error_pct(truth: Truth, hub: Recorded) -> float:
    """Σ |stored − counted| over all counters of all homes, in per cent of Σ counted."""
    wrong = counted = 0.0
    for home in truth.homes:
        for point, wh in home.counted_wh.items():
            wrong += abs(hub.energy_wh.get((home.id, point), 0.0) - wh)
            counted += wh
    return round(100 * wrong / counted, 4) if counted else 0.0


def _followed_pct(truth: Truth, hub: Recorded) -> float | None:
    """100·(1 − Σ |actual − plan| / Σ |plan|) over the slots for which a home had accepted a plan; None without any."""
    missed = planned = 0.0
    for home in truth.homes:
        for actuator in home.has:
            asked = hub.asked_w.get((home.id, actuator))
            if asked is not None:
                accepted = np.isfinite(asked)
                actual = home.dispatched.series[f"{actuator}_w"]
                missed += float(np.abs(actual - asked)[accepted].sum())
                planned += float(np.abs(asked[accepted]).sum())
    return round(100 * (1 - missed / planned), 2) if planned else None
