"""Multipliers brought into the ranges in which every closed form of the lower bound is finite."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from osb_hub.dispatch.certificate.parts import Doubles
from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import DOWN, UP, Held, Market
from osb_hub.dispatch.result import Multipliers, multiplier_shapes
from osb_hub.dispatch.tree import depth
from osb_hub.errors import InputError

MOST = 1000.0  # no price is further from 0 [EUR/Wh]


@dataclass(frozen=True, eq=False)
class Called:
    """Prices around the reserve of one direction. J held slots, E the longest endurance."""

    held: Held
    promise: Doubles  # [J] of a reliable W held
    path: Doubles  # [F, J] Σ over the feeders above of the limit that the reserve would meet when called
    room: NDArray[Any]  # [H, J] of the fuse that it would meet; as given
    window: NDArray[Any]  # [S, J, E] as given


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of all above the homes [EUR/Wh]; those of homes and stores are as given and are repaired part by part."""

    portfolio: Doubles  # [T]
    import_limit: Doubles  # [F, T] of the feeder's own limits, at least 0
    export_limit: Doubles  # [F, T]
    net: Doubles  # [F, T] of one more Wh of net in a home of the feeder: portfolio and all feeders above
    reserve: Doubles  # [P, T]
    home: NDArray[Any]  # [H, T] as given
    up: Called
    down: Called


def repaired(fleet: Fleet, market: Market, multipliers: Multipliers) -> Prices:
    """Prices of which the lower bound is finite, and the same where it was finite before.

    A price that is not a number counts as 0. Raises InputError for an array of the wrong shape.
    """
    up, down = market.held(UP), market.held(DOWN)
    given = _of_full_shape(fleet, market, multipliers)
    lowest, highest = portfolio_range(market)
    portfolio = clean(given["portfolio_price"]).clip(lowest, highest)
    feeder, both = clean(given["feeder_price"]), clean(given["feeder_both_price"])
    import_limit, export_limit = (
        np.where(np.isfinite(limit), (price.clip(min=0.0) + both).clip(0.0, fleet.feeder_penalty), 0.0)
        for price, limit in ((feeder, fleet.feeder_import_max_w), (-feeder, fleet.feeder_export_max_w))
    )
    import_path, export_path = along_path(fleet, import_limit), along_path(fleet, export_limit)
    reserve = clean(given["reserve_price"]).clip(min=0.0)
    for p, product in enumerate(market.reserve):
        if not product.offered:
            reserve[p] = reserve[p].clip(max=product.shortfall_penalty)
    return Prices(
        portfolio=portfolio,
        import_limit=import_limit,
        export_limit=export_limit,
        net=portfolio + import_path - export_path,
        reserve=reserve,
        home=given["home_price"],
        up=_called(up, reserve, export_path, given["export_room_price"], given["up_window_price"]),
        down=_called(down, reserve, import_path, given["import_room_price"], given["down_window_price"]),
    )


def clean(array: ArrayLike) -> Doubles:
    """As doubles between −MOST and MOST, with 0 for what is not a number."""
    return np.nan_to_num(np.asarray(array, dtype=np.float64), nan=0.0).clip(-MOST, MOST)


def portfolio_range(market: Market) -> tuple[Doubles, Doubles]:
    """[T] each: the lowest and highest slope of the portfolio's cost over its net."""
    lowest, highest = market.sell_price.astype(np.float64), market.buy_price.astype(np.float64)
    for request in market.requests:
        failing = request.price + request.shortfall_penalty
        if request.direction == UP:
            highest[list(request.slots)] += failing
        else:
            lowest[list(request.slots)] -= failing
    return lowest, highest


def along_path(fleet: Fleet, values: Doubles) -> Doubles:
    """[F, T] Σ of the values of each feeder and all above it."""
    result = values.copy()
    level = depth(fleet.feeder_parent)
    for deep in range(1, int(level.max(initial=0)) + 1):
        nodes = np.flatnonzero(level == deep)
        result[nodes] += result[fleet.feeder_parent[nodes]]
    return result


def _called(held: Held, reserve: Doubles, path: Doubles, room: NDArray[Any], window: NDArray[Any]) -> Called:
    return Called(held, reserve[held.product, held.slots], path[:, held.slots], room, window)


def _of_full_shape(fleet: Fleet, market: Market, multipliers: Multipliers) -> dict[str, NDArray[Any]]:
    """Every array of the multipliers in its full shape, as a view."""
    full: dict[str, NDArray[Any]] = {}
    for name, shape in multiplier_shapes(fleet, market).items():
        array = np.asarray(getattr(multipliers, name))
        if 0 in shape and array.size == 0:
            array = np.zeros(shape)
        try:
            full[name] = np.broadcast_to(array, shape)
        except ValueError:
            raise InputError(f"{name} has shape {array.shape}; this fleet and market need {shape}.") from None
    return full
