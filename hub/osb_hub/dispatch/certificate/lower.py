"""What no schedule can undercut, from any multipliers: the Lagrangian of the programme, minimised part by part."""

from math import fsum

import numpy as np

from osb_hub.dispatch.certificate.home import least_cost_of_homes
from osb_hub.dispatch.certificate.parts import Doubles, Part, over_parts
from osb_hub.dispatch.certificate.prices import Prices, repaired
from osb_hub.dispatch.certificate.store import least_cost_of_stores
from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import UP, Market, no_market
from osb_hub.dispatch.result import Multipliers

WORTH_COMPILING = 200 * 96  # store-slots: from here on compiled code is loaded


def lower_bound(
    fleet: Fleet, market: Market | None, multipliers: Multipliers, *, compiled: bool | None = None
) -> float:
    """A lower bound on the objective of every schedule [EUR], whatever the multipliers; good ones give a good bound.

    Duality of linear programming: the rows that couple stores, homes, feeders and portfolio (home_balance, the tree
    with its limits, reserve_fuse, reserve_window, reserve_promise, request) are put into the objective at their
    prices; what is left falls apart into problems that are solved exactly. Prices out of range are brought into it
    first (`prices.py`, `home.py`). The bound holds up to the rounding of doubles.

    A store that cannot keep a hard band whatever it does counts with UNREACHABLE_PRICE (1 EUR per Wh and slot) on
    all its hard edges, and fuses with FUSE_PRICE (100 EUR/Wh): the programme has no solution then, and the bound is
    one of the programme in which those may be broken at these prices. To bound the programme in which *every* hard
    band may be broken, give them a price in `fleet`.

    `compiled` says whether to load compiled code; by default it is for large fleets only. The result is the same.
    Raises InputError for an array of the wrong shape.
    """
    market = no_market(fleet.slots) if market is None else market.checked(fleet.slots)
    prices = repaired(fleet, market, multipliers)
    load = fleet.stores * fleet.slots >= WORTH_COMPILING if compiled is None else compiled

    def least_cost(part: Part) -> float:
        of_homes, home_price = least_cost_of_homes(part, prices)
        return of_homes + least_cost_of_stores(part, prices, home_price, load)

    dt = fleet.slot_h
    of_portfolio = float(least_cost_of_portfolio(market, prices.portfolio).sum()) * dt
    above = (of_portfolio, least_cost_of_feeders(fleet, prices), least_cost_of_promises(market, prices, dt))
    return fsum([*above, *over_parts(fleet, least_cost)])


def least_cost_of_portfolio(market: Market, price: Doubles) -> Doubles:
    """[T] min over N of cost(N) − price·N [EUR/h], cost being that of trading N and of missing requests.

    Convex and piecewise linear in N: the least lies at 0 or where a request is just fulfilled. What requests earn is
    in it.
    """
    slots = market.slots
    corners = np.zeros((1 + len(market.requests), slots))
    for q, request in enumerate(market.requests):
        sign = 1.0 if request.direction == UP else -1.0
        corners[1 + q, list(request.slots)] = request.baseline_w - sign * request.power_w
    cost = np.maximum(market.buy_price * corners, market.sell_price * corners) - price * corners
    for request in market.requests:
        at, sign = list(request.slots), 1.0 if request.direction == UP else -1.0
        missing = (request.power_w + sign * (corners[:, at] - request.baseline_w)).clip(min=0.0)
        cost[:, at] += (request.price + request.shortfall_penalty) * missing - request.price * request.power_w
    least: Doubles = cost.min(axis=0)
    return least


def least_cost_of_feeders(fleet: Fleet, prices: Prices) -> float:
    """What the limits allow, at their prices [EUR]; beyond them costs at least as much as the price, so nothing is."""
    paid = 0.0
    for price, limit in (
        (prices.import_limit, fleet.feeder_import_max_w),
        (prices.export_limit, fleet.feeder_export_max_w),
    ):
        priced = price > 0.0
        paid += float((price[priced] * limit[priced]).sum())
    return -paid * fleet.slot_h


def least_cost_of_promises(market: Market, prices: Prices, dt: float) -> float:
    """Reserve promised at its price [EUR]: contracted as much as it is, offered all or nothing."""
    cost = 0.0
    for product, price in zip(market.reserve, prices.reserve, strict=True):
        of_one = dt * float(((1.0 + product.pool_margin) * price[list(product.slots)] - product.price).sum())
        cost += product.power_w * (min(0.0, of_one) if product.offered else of_one)
    return cost
