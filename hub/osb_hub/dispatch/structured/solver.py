"""The structured interior-point method: iterate until its own measure of the gap is small, hand over schedule and multipliers.

Each iteration is one sweep over all homes, partition by partition, and one dense system of the portfolio's columns. Step lengths and barrier targets belong
to a home; the certificate, which shares nothing with this, judges what comes out.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Floats
from osb_hub.dispatch.market import Market
from osb_hub.dispatch.result import Multipliers, Raw, multiplier_shapes
from osb_hub.dispatch.schedule import Schedule
from osb_hub.dispatch.structured.partition import Fleetwork, Linear
from osb_hub.dispatch.structured.portfolio import Columns, Portfolio
from osb_hub.dispatch.structured.recover import recover
from osb_hub.dispatch.structured.reserve import KEPT_PAIRS, PER_WINDOW
from osb_hub.dispatch.structured.rows import IMPORT, RHO, STRIDE

MOST_ITERATIONS = 120
SETTLING = 5  # iterations at a standing barrier, at most
WHOLE, BROKEN = (
    0.97,
    0.3,
)  # a mean step, and what broken limits cost beside complementarity, that leave nothing to settle
LAGGARD = 0.6  # a home whose step was shorter is centred once more, but for settling: it would leave the prices' straight line
PORTFOLIO_WEIGHT = 0.3  # of a home's barrier, per home
_START = 0.1  # complementarity to begin with, times the price of a kW and slot
_HARD = 10.0  # times the highest price: what a hard band costs inside
_HARDEST = 1000.0  # EUR/kWh


class Structured:
    """An interior-point solve that can be gone on with until the certificate is content."""

    def __init__(self, fleet: Fleet, market: Market, workers: int, dtype: Any = None) -> None:
        self._fleet, self._market = fleet, market
        dt = fleet.slot_h
        self._dtype = dtype or precision(fleet)
        scale = 1e3 * dt * max(_mean_of(fleet.import_price) + _mean_of(market.buy_price), 1e-5)
        mu = _START * scale
        self._columns = Columns.of(market)
        self._work = Fleetwork(fleet, self._columns, _hard_price(fleet, market), mu, workers, self._dtype)
        weight = PORTFOLIO_WEIGHT * fleet.homes
        self._portfolio = Portfolio(fleet, market, self._columns, mu, weight, self._work.loose)
        self._work.start(self._portfolio.net_price, mu)
        self._full: Floats = np.zeros(self._columns.width)
        self._goals = (self._portfolio.net_price, self._portfolio.reserve_price)
        self._mean, self._step = mu, 0.0
        stores, homes, slots = fleet.stores, fleet.homes, fleet.slots
        self._powers = tuple(np.zeros((n, slots), self._dtype) for n in (stores, stores, homes))
        width = self._columns.slot.size
        self._best = (
            np.full(fleet.feeders, np.inf),
            np.zeros((fleet.feeders, slots)),
            np.zeros((fleet.feeders, width)),
        )
        self.iterations = 0
        self.products_eur = np.inf

    def iterate(self, until_eur: float, deadline: float, each: Callable[[], None] = lambda: None) -> bool:
        """Go on until complementarity sums to less than `until_eur`; False where time or iterations ran out first.

        At the end the barrier stands still for some iterations: steps get whole, what homes do adds up to what feeders and portfolio
        reckon with, and each feeder keeps the best of its schedules and their means. `each` is called after every iteration.
        """
        while self.products_eur > until_eur and self._may_go_on(deadline):
            self._once()
            each()
        for _ in range(SETTLING):
            self._once(settling=True)
            broken = self._recover()
            each()
            if (self._step >= WHOLE and broken <= BROKEN * until_eur) or time.perf_counter() > deadline:
                break
        return self._may_go_on(deadline)

    def _may_go_on(self, deadline: float) -> bool:
        lost = not np.isfinite(self.products_eur) and self.iterations > 0
        return not lost and time.perf_counter() < deadline and self.iterations < MOST_ITERATIONS

    def _once(self, settling: bool = False) -> None:
        portfolio = self._portfolio
        now = (portfolio.net_price, portfolio.reserve_price)
        shrink = 1.0 if settling else _shrink(self._step) if self._work.loose else 0.0
        short = 1.0 - self._step
        goal = self._mean * (shrink or min(0.6, max(0.05, short * short)))
        laggard = 0.0 if settling else LAGGARD
        linear: Linear = self._work.sweep(self._full, self._goals, now, goal, shrink, laggard, self.iterations == 0)
        self.iterations += 1
        self.products_eur = linear.products
        self._mean = linear.products / max(linear.pairs, 1.0)
        self._step = min(linear.primal, linear.dual) / linear.homes if linear.homes else 0.3
        try:
            with np.errstate(all="ignore"):  # a lost solve shows in its numbers, and `_may_go_on` looks at them
                self._full, *goals = portfolio.newton(linear.total, linear.link, linear.doing, goal)
        except np.linalg.LinAlgError:
            self.products_eur = np.nan
            return
        self._goals = (goals[0], goals[1])

    def raw(self) -> Raw:
        """Schedule and multipliers of the iterate that has been reached."""
        return Raw("feasible", Schedule(*self._powers), self._multipliers(), self.iterations)

    def _recover(self) -> float:
        """Take over the schedules of feeders as far as those of this iterate are better; what their limits still cost [EUR]."""
        fleet, work, portfolio = self._fleet, self._work, self._portfolio
        if not work.loose:
            self._best[0][:] = np.inf

        def part(feeders: Any) -> float:
            broken: float = recover(
                feeders, work.homes_of, work.stores_of, work.data, work.fills, work.peaks, work.kept, work.reserves, work.hold,
                work.limits, work.penalty, portfolio.net_price, portfolio.reserve_price, fleet.slot_h, work.hard, work.grain,
                fleet.slots, work.space.home, work.space.schedule, self._best, *self._powers,
            )  # fmt: skip
            return broken

        return float(sum(work.run(part)))

    def _multipliers(self) -> Multipliers:
        fleet, market, work, columns = self._fleet, self._market, self._work, self._columns
        shapes = multiplier_shapes(fleet, market)
        prices: dict[str, Floats] = {name: np.zeros(shape) for name, shape in shapes.items() if "window" not in name}
        per_power = 1.0 / (1e3 * fleet.slot_h)
        prices["portfolio_price"] = self._portfolio.net_price * per_power
        limits = work.state[:, 0] * per_power
        prices["feeder_price"] = limits[:, 0] - limits[:, 1]
        prices["feeder_both_price"] = limits.min(axis=1)
        prices["home_price"] = work.kept[3][:, (RHO - IMPORT) // STRIDE] * self._dtype(per_power)
        at = 0
        for q, request in enumerate(market.requests):
            many = len(request.slots)
            prices["request_price"][q, list(request.slots)] = self._portfolio.request_price[at : at + many] * per_power
            at += many
        prices["reserve_price"][columns.product, columns.slot] = self._portfolio.reserve_price * per_power
        kept, store_at, psi, _, holds = work.reserves
        some = np.flatnonzero(store_at >= 0)
        for side, room, window in (
            (0, "export_room_price", "up_window_price"),
            (1, "import_room_price", "down_window_price"),
        ):
            mine = np.flatnonzero(columns.side == side)
            prices[room] = np.where(holds[:, np.newaxis], psi[:, mine], 0.0) * per_power
            longest = shapes[window][2]
            full = np.zeros(shapes[window], self._dtype)
            for m in range(min(longest, columns.longest)):
                reached = columns.length[mine] > m
                duals = kept[:, KEPT_PAIRS + PER_WINDOW * m + 2][:, mine[reached]] / 1e3
                full[..., m][np.ix_(some, np.flatnonzero(reached))] = duals
            prices[window] = full
        return Multipliers(**prices)


def precision(fleet: Fleet) -> Any:
    """The numbers to reckon with: large fleets do with half the memory."""
    return np.float64 if fleet.homes <= 20_000 else np.float32


def _shrink(step: float) -> float:
    """Part of the complementarity to keep: little after a good step, all after a bad one."""
    return 0.2 if step > 0.8 else 0.35 if step > 0.6 else 0.5 if step > 0.4 else 1.0


def _mean_of(values: Floats) -> float:
    return float(np.mean(np.abs(values)))


def _hard_price(fleet: Fleet, market: Market) -> float:
    """What a hard band costs in the method [EUR/kWh]: more than anything else can be worth."""
    prices = [fleet.below_price, fleet.above_price, fleet.import_price, fleet.feeder_penalty, market.buy_price]
    highest = max(float(np.max(a, where=np.isfinite(a), initial=0.0)) for a in prices)
    promised = [r.shortfall_penalty + abs(r.price) for r in market.requests]
    promised += [r.shortfall_penalty + abs(r.price) for r in market.reserve]
    return float(min(_HARDEST, max(1e3 * _HARD * max([highest, *promised]), 1.0)))
