"""What a solver hands over: a schedule, its multipliers, and what is to be said about them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Floats
from osb_hub.dispatch.market import DOWN, UP, Market
from osb_hub.dispatch.schedule import Schedule


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Prices of the constraints [EUR/Wh]: with them anyone can recompute the lower bound.

    J_up, J_down: the slots in which some product of that direction is held, rising; E: the longest endurance of that
    direction. Where there is no reserve these arrays have a length of 0.
    """

    portfolio_price: Floats  # [T] of one more Wh of net of all homes, requests included
    feeder_price: Floats  # [F, T] of the feeder's own limits: that of import less that of export
    home_price: Floats  # [H, T] of home_balance: one more Wh of load
    request_price: Floats  # [Q, T] of one more Wh asked
    reserve_price: Floats  # [P, T] of one more W to be held (margin included), per hour
    import_room_price: Floats  # [H, J_down] of the fuse with downward reserve called
    export_room_price: Floats  # [H, J_up] of the fuse with upward reserve called
    up_window_price: Floats  # [S, J_up, E] of reserve_window: EUR per Wh of fill
    down_window_price: Floats  # [S, J_down, E]
    # [F, T] the lower of the feeder's two prices: above 0 only where reserve of both directions fills it to both limits
    feeder_both_price: Floats = field(default_factory=lambda: np.zeros((1, 1)))

    def __post_init__(self) -> None:
        object.__setattr__(self, "feeder_both_price", np.broadcast_to(self.feeder_both_price, self.feeder_price.shape))

    @property
    def feeder_import_price(self) -> Floats:
        """[F, T] of feeder_import_limit: net and called downward reserve pay it; at least 0."""
        return np.maximum(self.feeder_price, 0.0) + self.feeder_both_price

    @property
    def feeder_export_price(self) -> Floats:
        """[F, T] of feeder_export_limit: net earns it, called upward reserve pays it; at least 0."""
        return np.maximum(-self.feeder_price, 0.0) + self.feeder_both_price


def multiplier_shapes(fleet: Fleet, market: Market) -> dict[str, tuple[int, ...]]:
    """Name of each array of Multipliers → its shape."""
    up, down = market.held(UP), market.held(DOWN)
    slots = fleet.slots
    return {
        "portfolio_price": (slots,),
        "feeder_price": (fleet.feeders, slots),
        "home_price": (fleet.homes, slots),
        "request_price": (len(market.requests), slots),
        "reserve_price": (len(market.reserve), slots),
        "import_room_price": (fleet.homes, down.slots.size),
        "export_room_price": (fleet.homes, up.slots.size),
        "up_window_price": (fleet.stores, up.slots.size, up.longest),
        "down_window_price": (fleet.stores, down.slots.size, down.longest),
        "feeder_both_price": (fleet.feeders, slots),
    }


def plain_multipliers(fleet: Fleet, market: Market) -> Multipliers:
    """As if no limit, request or reserve were worth anything and energy cost what homes and portfolio pay for it.

    They are what is known of a problem that was not solved.
    """
    prices = {name: np.zeros(shape) for name, shape in multiplier_shapes(fleet, market).items()}
    prices["portfolio_price"] = market.buy_price.astype(np.float64)
    prices["home_price"] = fleet.import_price.astype(np.float64) + prices["portfolio_price"]
    return Multipliers(**prices)


@dataclass(frozen=True)
class Violation:
    """A hard band or fuse that no schedule can keep, or a limit or promise that is broken at a price."""

    who: str  # store, home, feeder, request or reserve product
    what: str  # "band", "fuse", "import limit", "export limit", "request" or "reserve"
    amount: float  # most [Wh] outside the band, or [W] above the fuse or limit, or [W] missing
    slot: int  # where that is


def tell_shortfalls(shortfalls: tuple[Violation, ...]) -> str:
    """One sentence on the limits and promises that are broken at a price; empty where none is."""
    if not shortfalls:
        return ""
    worst, n = shortfalls[0], len(shortfalls)
    many = f"{n} limits or promises are" if n > 1 else "One limit or promise is"
    where = f"{worst.what} of {worst.who}, slot {worst.slot}"
    return f"{many} not kept, at most {worst.amount:.0f} W ({where}); it is paid for."


def tell(violations: tuple[Violation, ...], slot_name: Callable[[int], str], lead: str = "Cannot be kept") -> str:
    """One sentence that names every hard band and fuse that is not kept, by how much and when."""
    kinds = {"band": "Wh outside its band", "fuse": "W above its fuse"}
    told = [f"{v.who} ({v.amount:.0f} {kinds[v.what]} in {slot_name(v.slot)})" for v in violations]
    return f"{lead}: {', '.join(told)}."


@dataclass(frozen=True, eq=False)
class Raw:
    """What a solver (referee or structured) returns; certificate and result are made from it by others."""

    status: str  # "optimal", "feasible" (time limit) or "infeasible"
    schedule: Schedule
    multipliers: Multipliers
    iterations: int
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True)
class Progress:
    """Where a long solve stands: the certified bounds so far, and what the method itself thinks of its iterate."""

    iteration: int
    seconds: float
    lower_bound_eur: float  # −inf before the first certificate
    upper_bound_eur: float
    gap: float
    expected_gap: float = 0.0


@dataclass(frozen=True, eq=False)
class Result:
    """The answer of `dispatch`: a schedule, how good it surely is, and what it cannot keep.

    Objectives are recomputed from the schedule alone; `gap` is relative to the objective without what is fixed,
    `gap_of_savings` to what dispatch saves, penalties left out. `realised_objective_eur` is that of the schedule
    without charging and discharging at once. `costs_eur` is by who pays: household_energy, household_peak, wear,
    end_value, comfort, portfolio_energy, requests, reserve, feeder_penalty.
    """

    status: str  # "optimal": the gap asked for is certified; "feasible": it is not, see `sentence`; or "infeasible"
    sentence: str
    solver: str  # "linprog" or "structured"
    schedule: Schedule
    multipliers: Multipliers
    objective_eur: float
    lower_bound_eur: float
    gap: float
    gap_of_savings: float
    no_dispatch_objective_eur: float
    realised_objective_eur: float
    simultaneous: int  # store-slots in which the schedule charges and discharges
    violations: tuple[Violation, ...]  # hard bands and fuses; then there is no gap
    shortfalls: tuple[Violation, ...]  # limits of feeders, requests and reserve, by more than a W, each at its worst
    costs_eur: dict[str, float]
    iterations: int
    seconds: dict[str, float]  # compile, build, solve, certify
