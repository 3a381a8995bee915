"""What devices made of the plans: energy that they drew otherwise than asked, and what that has cost."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from osb_hub.demo.recorded import Recorded
from osb_hub.demo.truth import Floats, Home, Truth

COUNTED = (
    "Slots for which a home had accepted a plan, PV left out. What the devices drew less what the plan had asked of "
    "them (whole amperes, compressors and relays that run or rest, late starts, meters, a plan that changes within "
    "the slot), at the home's prices that came true; energy drawn more or less over the day at the day's mean import "
    "price. The realised objective of a plan is its objective without charging and discharging at once, with this "
    "loss for as long as the plan was in force. Counted is electricity: heat that a pump gives less of than its offer "
    "believed shows in the cost of the day, not here."
)


@dataclass(frozen=True, eq=False)
class Realisation:
    """Of all homes together."""

    loss_eur: Floats  # by slot
    by_actuator: dict[str, dict[str, float]]  # asked_kwh and off_by_kwh (both without sign), more_kwh (with)

    def told(self) -> dict[str, Any]:
        """`realisation` of report.json."""
        return {
            "loss_eur": round(float(self.loss_eur.sum()), 4),
            "asked_kwh": round(sum(kind["asked_kwh"] for kind in self.by_actuator.values()), 3),
            "off_by_kwh": round(sum(kind["off_by_kwh"] for kind in self.by_actuator.values()), 3),
            "by_actuator": self.by_actuator,
            "counted": COUNTED,
        }


def realisation(truth: Truth, hub: Recorded, import_price: Floats, export_price: Floats) -> Realisation:
    """Prices are those that came true, per slot [EUR/MWh]."""
    hours = truth.slot_s / 3600
    loss = np.zeros(truth.slots)
    by_actuator: dict[str, dict[str, float]] = {}
    for home in truth.homes:
        more_w = np.zeros(truth.slots)
        for actuator, asked_w in _asked(home, hub):
            off_w = np.where(np.isfinite(asked_w), home.dispatched.series[f"{actuator}_w"] - asked_w, 0.0)
            more_w += off_w
            kind = by_actuator.setdefault(actuator, {"asked_kwh": 0.0, "off_by_kwh": 0.0, "more_kwh": 0.0})
            for name, w in (("asked_kwh", np.abs(np.nan_to_num(asked_w))), ("off_by_kwh", np.abs(off_w))):
                kind[name] += float(w.sum()) * hours / 1000
            kind["more_kwh"] += float(off_w.sum()) * hours / 1000
        net_w = home.dispatched.net_w
        paid = _cost(net_w, import_price, export_price) - _cost(net_w - more_w, import_price, export_price)
        loss += (paid - more_w * import_price.mean()) * hours / 1e6
    rounded = {kind: {name: round(kwh, 3) for name, kwh in sums.items()} for kind, sums in by_actuator.items()}
    return Realisation(loss, rounded)


def _asked(home: Home, hub: Recorded) -> list[tuple[str, Floats]]:
    return [(actuator, hub.asked_w[home.id, actuator]) for actuator in home.has if (home.id, actuator) in hub.asked_w]


def _cost(net_w: Floats, import_price: Floats, export_price: Floats) -> Floats:
    """W times EUR/MWh."""
    cost: Floats = np.maximum(0.0, net_w) * import_price - np.maximum(0.0, -net_w) * export_price
    return cost
