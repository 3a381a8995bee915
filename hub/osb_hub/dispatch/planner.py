"""One plan for all homes: the latest offers, prices and limits in, watts per actuator out. No clock, no store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Floats
from osb_hub.dispatch.model import Previous
from osb_hub.dispatch.offers import (
    EUR_PER_WH,
    HomeOffer,
    StoreOffer,
    curtailed,
    home_offer,
    nonsense,
    power_of,
    previous_power,
    without_offer,
)
from osb_hub.dispatch.solve import Solution, solve, tell
from osb_wire import SLOT_S

# The order of what gives way: fuse (never), comfort, the DSO's cap, cost. Prices of energy stay below 1 EUR/kWh.
FEEDER_PENALTY = 5000 * EUR_PER_WH  # per Wh above a feeder's limit
COMFORT_FLOOR = 4 * FEEDER_PENALTY  # per Wh and slot outside a soft band; holds the order down to an eta_in of 0.25

WEAR_FLOOR = 1 * EUR_PER_WH  # of a store that can discharge: moving energy in a circle is never free
CHANGE_PRICE = 2 * EUR_PER_WH  # per Wh moved away from the previous plan ...
CHANGE_SLOTS = 8  # ... in its first two hours

UNLIMITED_FEEDER = "unassigned"
_VISIBLE_W = 10.0


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


@dataclass(frozen=True, eq=False)
class PlanResult:
    """`optimal`, `feasible` (time limit) or `infeasible` (with the plan that violates least), and what to say."""

    status: str
    sentence: str
    power_w: dict[str, dict[str, list[int]]]  # box → actuator → W per slot
    net_w: dict[str, list[int]]  # box → W at its connection
    shortfall_w: dict[str, list[int]]  # feeder → W above its limit (the limit itself, without margin)
    shadow_price: dict[str, Floats]  # feeder → what one more MWh under its limit would save [EUR/MWh]
    objective_eur: float
    solve_s: float


def plan(problem: PlanProblem, time_limit_s: float = 30.0) -> PlanResult:
    """The cheapest plan that keeps people comfortable and feeders within their limits."""
    homes, left_out = _homes(problem)
    if not homes:
        return PlanResult("optimal", "There is no home to plan for.", {}, {}, {}, {}, 0.0, 0.0)
    stores = [store for home in homes for store in home.stores]
    fleet = _fleet(problem, homes, stores)
    solution = solve(fleet, _previous(problem, stores), time_limit_s)

    power = power_of(stores, solution.schedule)
    for box, pv in curtailed(homes, solution.schedule).items():
        power.setdefault(box, {})["pv"] = pv
    shortfall = _shortfall(problem, fleet, solution)
    return PlanResult(
        status=solution.status,
        sentence=" ".join([*_sentences(problem, solution, shortfall), *left_out]) or "Every limit is kept.",
        power_w=power,
        net_w={
            home.box: np.rint(row).astype(int).tolist() for home, row in zip(homes, solution.outcome.net_w, strict=True)
        },
        shortfall_w=shortfall,
        shadow_price=dict(zip(fleet.feeder_names, solution.feeder_price / EUR_PER_WH, strict=True)),
        objective_eur=solution.objective_eur,
        solve_s=solution.solve_s,
    )


def _homes(problem: PlanProblem) -> tuple[list[HomeOffer], list[str]]:
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


def _fleet(problem: PlanProblem, homes: Sequence[HomeOffer], stores: Sequence[StoreOffer]) -> Fleet:
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
        peak_price=np.zeros(1),
        peak_floor_w=np.zeros(1),
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


def _previous(problem: PlanProblem, stores: Sequence[StoreOffer]) -> Previous | None:
    power, known = previous_power(stores, problem.previous, problem.slots)
    known[:, CHANGE_SLOTS:] = 0.0
    return Previous(power, known * CHANGE_PRICE) if known.any() else None


def _shortfall(problem: PlanProblem, fleet: Fleet, solution: Solution) -> dict[str, list[int]]:
    shortfall = {}
    for name, net in zip(fleet.feeder_names, solution.outcome.feeder_net_w, strict=True):
        over = np.maximum(0.0, net - problem.limits.get(name, np.inf))
        shortfall[name] = np.where(over > _VISIBLE_W, np.rint(over), 0.0).astype(int).tolist()
    return shortfall


def _sentences(problem: PlanProblem, solution: Solution, shortfall: dict[str, list[int]]) -> list[str]:
    def clock(slot: int) -> str:
        return datetime.fromtimestamp(problem.start + slot * SLOT_S, UTC).strftime("%H:%M UTC")

    told = [tell(solution.violations, clock)] if solution.violations else [solution.sentence]
    for feeder, over_w in shortfall.items():
        over = np.array(over_w)
        if over.any():
            first, last = np.flatnonzero(over)[[0, -1]]
            told.append(
                f"{feeder} exceeds its limit by up to {over.max() / 1000:.1f} kW between {clock(first)} and "
                f"{clock(last + 1)}, {over.sum() * SLOT_S / 3.6e6:.1f} kWh in all: nothing else can be moved."
            )
    return [sentence for sentence in told if sentence]
