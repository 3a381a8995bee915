"""What the portfolio buys, sells, has promised and offers: everything above the feeders.

Prices are EUR per Wh, also that of reserve (per W held and hour); powers are W. `up` is more power for the system:
less import, more export.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osb_hub.dispatch.fleet import Fleet, Floats, Ints
from osb_hub.errors import InputError

UP, DOWN = "up", "down"

_MOST_SLOTS = 1000  # for which reserve may have to last: work grows with it, and no horizon is as long


@dataclass(frozen=True, eq=False)
class Request:
    """Deliver `power_w` up or down against a baseline that was frozen before the request was known.

    Up: net + power ≤ baseline + shortfall; down: net ≥ baseline + power − shortfall, in each of its slots, where net
    is that of the whole portfolio. Raises InputError naming the request and what is wrong with it.
    """

    name: str
    direction: str
    slots: tuple[int, ...]  # rising
    power_w: float
    baseline_w: Floats  # [len(slots)]; one number stands for all of them
    price: float  # per Wh delivered
    shortfall_penalty: float  # per Wh missing, beside the price that is not earned

    def __post_init__(self) -> None:
        who = f"request {self.name}"
        _check_product(who, self.direction, self.slots, self.power_w, self.price, self.shortfall_penalty)
        if self.price + self.shortfall_penalty < 0:
            raise InputError(f"price of {who} is {self.price:g}: to fail it would earn more than the penalty costs.")
        baseline = _series(f"baseline_w of {who}", self.baseline_w)
        if baseline.size not in (1, len(self.slots)):
            raise InputError(f"baseline_w of {who} has {baseline.size} values for {len(self.slots)} slots.")
        object.__setattr__(self, "baseline_w", np.broadcast_to(baseline, (len(self.slots),)))


@dataclass(frozen=True, eq=False)
class Reserve:
    """Power that is held for `endurance` slots from any of its slots on; one product per direction and slot.

    Σ reliability·reserve + shortfall ≥ (1 + pool_margin)·R in each slot. Contracted: R = `power_w`. Offered: R is a
    variable, 0 .. `power_w`, the same in all its slots, and there is no shortfall.
    Raises InputError naming the product and what is wrong with it.
    """

    name: str
    direction: str
    slots: tuple[int, ...]  # rising
    power_w: float
    endurance: int  # slots, at least 1
    price: float  # per W held and hour
    shortfall_penalty: float  # per W missing and hour
    pool_margin: float = 0.0
    offered: bool = False

    def __post_init__(self) -> None:
        who = f"reserve {self.name}"
        _check_product(who, self.direction, self.slots, self.power_w, self.price, self.shortfall_penalty)
        if int(self.endurance) != self.endurance or not 1 <= self.endurance <= _MOST_SLOTS:
            raise InputError(f"endurance of {who} is {self.endurance:g}; it is a number of slots, 1 to {_MOST_SLOTS}.")
        if not 0 <= self.pool_margin < np.inf:
            raise InputError(f"pool_margin of {who} is {self.pool_margin}; it is a share of at least 0.")


@dataclass(frozen=True, eq=False)
class Held:
    """In which slots some product of one direction is held: J slots, rising."""

    slots: Ints  # [J]
    product: Ints  # [J] its place in Market.reserve
    endurance: Ints  # [J] in slots

    @property
    def longest(self) -> int:
        """The longest endurance of the direction, E; 0 where nothing is held."""
        return int(self.endurance.max(initial=0))


@dataclass(frozen=True, eq=False)
class Market:
    """`buy_price` ≥ `sell_price` in every slot. Without a portfolio of its own both are 0.

    T is the length of `buy_price`; a `sell_price` of one number stands for all slots. Raises InputError.
    """

    buy_price: Floats  # [T]
    sell_price: Floats  # [T]
    requests: tuple[Request, ...] = ()
    reserve: tuple[Reserve, ...] = ()

    def __post_init__(self) -> None:
        buy, sell = _series("buy_price", self.buy_price), _series("sell_price", self.sell_price)
        if sell.size not in (1, buy.size):
            raise InputError(f"sell_price has {sell.size} values, buy_price {buy.size}; both have one per slot.")
        sell = np.broadcast_to(sell, buy.shape)
        if np.any(buy < sell):
            t = int(np.flatnonzero(buy < sell)[0])
            raise InputError(
                f"buy_price in slot {t} is {buy[t]:g} EUR/Wh, below the sell price of {sell[t]:g}: "
                "trading in a circle would earn without end."
            )
        for name, value in (("buy_price", buy), ("sell_price", sell)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "requests", tuple(self.requests))
        object.__setattr__(self, "reserve", tuple(self.reserve))
        for kind, products in (("request", self.requests), ("reserve", self.reserve)):
            for product in products:
                if product.slots[-1] >= self.slots:
                    raise InputError(
                        f"{kind} {product.name} has slot {product.slots[-1]}, but there are {self.slots} slots "
                        f"(0 to {self.slots - 1})."
                    )
        self._check_overlap()

    @property
    def slots(self) -> int:
        return int(self.buy_price.size)

    def checked(self, slots: int) -> "Market":
        """The market itself, where it has as many slots as the fleet; else InputError."""
        if self.slots != slots:
            raise InputError(f"The market has {self.slots} slots, the fleet {slots}: both need the same.")
        return self

    def held(self, direction: str) -> Held:
        """The slots in which reserve of this direction is held, and by which product."""
        pairs = sorted((t, p) for p, one in enumerate(self.reserve) if one.direction == direction for t in one.slots)
        slots, product = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        endurance = np.array([one.endurance for one in self.reserve], dtype=np.int64)
        return Held(slots, product, endurance[product])

    def _check_overlap(self) -> None:
        for direction in (UP, DOWN):
            held = self.held(direction)
            twice = np.flatnonzero(held.slots[1:] == held.slots[:-1])
            if twice.size:
                first, second = (self.reserve[int(p)].name for p in held.product[twice[0] : twice[0] + 2])
                raise InputError(
                    f"reserve {first} and {second} are both held {direction} in slot {held.slots[twice[0]]}: "
                    "a slot has one product per direction."
                )


def no_market(slots: int) -> Market:
    """A portfolio that trades nothing and has promised nothing."""
    return Market(np.zeros(slots), np.zeros(slots))


def holders(fleet: Fleet, held: Held) -> NDArray[np.bool_]:
    """[S, J] whether a store may hold reserve in a held slot: its home is no backup, and what it promises may come."""
    home = (fleet.reliability[:, held.slots] > 0) & (fleet.backup[:, np.newaxis] == 0)
    may: NDArray[np.bool_] = home[fleet.store_home]
    return may


def _check_product(
    who: str, direction: str, slots: Sequence[int], power_w: float, price: float, shortfall_penalty: float
) -> None:
    if direction not in (UP, DOWN):
        raise InputError(f"direction of {who} is {direction!r}; it is {UP!r} or {DOWN!r}.")
    if len(slots) == 0 or slots[0] < 0 or any(after <= before for before, after in pairwise(slots)):
        raise InputError(f"slots of {who} are {list(slots)}; they are numbers of slots, at least one, rising from 0.")
    if not 0 <= power_w < np.inf:
        raise InputError(f"power_w of {who} is {power_w}; it is a power of at least 0 W.")
    if not np.isfinite(price):
        raise InputError(f"price of {who} is {price}; it is a number [EUR/Wh].")
    if not 0 <= shortfall_penalty < np.inf:
        raise InputError(f"shortfall_penalty of {who} is {shortfall_penalty}; it is at least 0 [EUR/Wh].")


def _series(what: str, value: Any) -> Floats:
    try:
        array = np.atleast_1d(np.asarray(value, dtype=np.float64))
    except (TypeError, ValueError):
        raise InputError(f"{what} holds something that is not a number.") from None
    if array.ndim != 1 or array.size == 0:
        raise InputError(f"{what} has shape {array.shape}; it is a number per slot.")
    wrong = np.flatnonzero(~np.isfinite(array))
    if wrong.size:
        raise InputError(f"{what} is not a finite number in entry {int(wrong[0])}.")
    return array
