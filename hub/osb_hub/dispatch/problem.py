"""Everything that a plan depends on, and the fleet that it makes. No clock, no store."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Floats
from osb_hub.dispatch.market import Market
from osb_hub.dispatch.model import Previous
from osb_hub.dispatch.offers import (
    EUR_PER_WH,
    HomeOffer,
    StoreOffer,
    home_offer,
    nonsense,
    previous_power,
    without_offer,
)
from osb_wire import SLOT_S

# The order of what gives way: fuse (never), comfort, the DSO's cap, cost. Prices of energy stay below 1 EUR/kWh.
FEEDER_PENALTY = 5000 * EUR_PER_WH  # per Wh above a feeder's limit
COMFORT_FLOOR = 4 * FEEDER_PENALTY  # per Wh and slot outside a soft band; holds the order down to an eta_in of 0.25

WEAR_FLOOR = 1 * EUR_PER_WH  # of a store that can discharge: moving energy in a circle is never free
# Per Wh moved away from the previous plan: enough to break ties, and little enough that prices which carry it still
# certify the plan.
CHANGE_PRICE = 0.2 * EUR_PER_WH
CHANGE_SLOTS = 8  # in the first two hours of a plan
PEAK_FLOOR_W = 2500.0  # of the capacity tariff: what every home is billed at least (Flanders)

UNLIMITED_FEEDER = "unassigned"


@dataclass(frozen=True, eq=False)
class PlanProblem:
    """Everything a plan depends on. Times are Unix seconds UTC, prices retail EUR/MWh per slot."""

    now: int
    start: int
    slots: int
    offers: dict[str, dict[str, Any]]  # box → its latest offer
    feeders: dict[str, str]  # box → feeder
    committed: dict[str, dict[str, list[int]]]  # box → actuator → W that will run whatever the plan says
    import_price: Floats
    export_price: Floats
    limits: dict[str, Floats]  # feeder → most import [W] per slot, inf where none
    margin_w: dict[str, float]  # feeder → how far below its limit to plan
    previous: dict[str, dict[str, list[int]]]  # box → actuator → W of the plan that is being followed
    peak_price: float = 0.0  # what one more W in this month's peak costs a home [EUR/W]
    peak_w: dict[str, float] = field(default_factory=dict)  # box → this month's highest 15-minute import so far [W]
    backup: frozenset[str] = frozenset()  # boxes that are not asked to move for limits until others drop out
    market: Market | None = None


def home_offers(problem: PlanProblem) -> tuple[list[HomeOffer], list[str]]:
    """Every box sorted by feeder and name, and a sentence for each that offers nonsense."""
    boxes = problem.offers.keys() | problem.committed.keys()
    homes, left_out = [], []
    for box in sorted(boxes, key=lambda box: (problem.feeders.get(box, UNLIMITED_FEEDER), box)):
        offer, fixed = problem.offers.get(box), problem.committed.get(box, {})
        if offer is None:
            homes.append(without_offer(box, problem.slots, fixed))
            continue
        wrong = nonsense(offer)
        if wrong:
            left_out.append(f"{box} is not dispatched: {wrong}.")
            offer = {**offer, "stores": []}
        homes.append(home_offer(box, offer, problem.start, problem.slots, fixed))
    return homes, left_out


def fleet_of(problem: PlanProblem, homes: Sequence[HomeOffer]) -> Fleet:
    """The homes as arrays, at the problem's prices and under its limits. `homes` as `home_offers` has them, or fewer.

    Raises InputError where the import price is below the export price.
    """
    stores = [store for home in homes for store in home.stores]
    names = [problem.feeders.get(home.box, UNLIMITED_FEEDER) for home in homes]
    feeders = sorted(set(names))
    limit = np.full((len(feeders), problem.slots), np.inf)
    for f, name in enumerate(feeders):
        if name in problem.limits:
            limit[f] = problem.limits[name] - problem.margin_w.get(name, 0.0)
    number = {home.box: h for h, home in enumerate(homes)}

    def per_slot(name: str) -> Floats:
        return np.array([getattr(store, name) for store in stores]).reshape(-1, problem.slots)

    def per_store(name: str) -> Floats:
        return np.array([getattr(store, name) for store in stores], dtype=float).reshape(-1, 1)

    two_way = per_slot("discharge_max_w").max(axis=1, initial=0, keepdims=True) > 0
    return Fleet(
        slot_h=SLOT_S / 3600,
        store_home=np.array([number[store.box] for store in stores], dtype=np.int64),
        home_feeder=np.array([feeders.index(name) for name in names], dtype=np.int64),
        fill0_wh=per_store("fill0_wh")[:, 0],
        retention=per_slot("retention"),
        eta_in=per_slot("eta_in"),
        eta_out=per_slot("eta_out"),
        charge_max_w=per_slot("charge_max_w"),
        discharge_max_w=per_slot("discharge_max_w"),
        usage_w=per_slot("usage_w"),
        fill_min_wh=per_slot("fill_min_wh"),
        fill_max_wh=per_slot("fill_max_wh"),
        below_price=np.maximum(per_store("below_price"), COMFORT_FLOOR),
        above_price=np.maximum(per_store("above_price"), COMFORT_FLOOR),
        wear_price=np.maximum(per_store("wear_price"), np.where(two_way, WEAR_FLOOR, 0.0)),
        end_value=np.array([_end_value(problem, store) for store in stores]),
        load_w=np.array([home.load_w for home in homes]).reshape(-1, problem.slots),
        pv_w=np.array([home.pv_w for home in homes]).reshape(-1, problem.slots),
        import_max_w=np.array([[home.import_max_w] for home in homes]).reshape(-1, 1),
        export_max_w=np.array([[home.export_max_w] for home in homes]).reshape(-1, 1),
        import_price=problem.import_price.reshape(1, -1) * EUR_PER_WH,
        export_price=problem.export_price.reshape(1, -1) * EUR_PER_WH,
        peak_price=np.full(1, problem.peak_price),
        peak_floor_w=np.array([max(PEAK_FLOOR_W, problem.peak_w.get(home.box, 0.0)) for home in homes]),
        feeder_import_max_w=limit,
        feeder_export_max_w=np.full((1, 1), np.inf),
        feeder_penalty=np.full((1, 1), FEEDER_PENALTY),
        store_names=tuple(f"{store.box} {store.actuator}" for store in stores),
        home_names=tuple(home.box for home in homes),
        feeder_names=tuple(feeders),
    )


def _end_value(problem: PlanProblem, store: StoreOffer) -> float:
    """What a Wh of fill is worth after the last slot [EUR/Wh], so that stores are not emptied towards it.

    A store that can give back saves an import at the mean price; one that cannot spares buying the same again. The
    offer's own value counts where it is higher.
    """
    mean = float(problem.import_price.mean()) * EUR_PER_WH
    gives_back = store.discharge_max_w.max() > 0
    worth = mean * float(store.eta_out.mean()) if gives_back else mean / float(store.eta_in.mean())
    return max(worth, store.end_value)


def previous_of(problem: PlanProblem, homes: Sequence[HomeOffer]) -> Previous | None:
    """The plan before, with the price of leaving it in the first CHANGE_SLOTS; None where there was none."""
    stores = [store for home in homes for store in home.stores]
    power, known = previous_power(stores, problem.previous, problem.slots)
    known[:, CHANGE_SLOTS:] = 0.0
    return Previous(power, known * CHANGE_PRICE) if known.any() else None
