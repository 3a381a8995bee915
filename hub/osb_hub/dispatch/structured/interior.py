"""A primal-dual interior point on the whole programme, with one step length for everyone.

Steps per home and their shortcuts (`solver`) make the large fleets fast, but may stop short of a tight gap where a few homes decide everything. This method
takes nothing for granted: exact rows of the model, Mehrotra's predictor and corrector, a sparse factor of the whole quasi-definite system. Minimum-degree
ordering finds homes, feeders and portfolio by itself; it only costs some ten times as much a home as elimination that knows them.
"""

import time
from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult
from scipy.sparse import block_array, csr_array, diags_array
from scipy.sparse.linalg import SuperLU, splu

from osb_hub.dispatch.fleet import Floats
from osb_hub.dispatch.referee import OPTIMAL, STOPPED, TIME_LIMIT, Lp

MOST_ITERATIONS = 150
CLOSE = 1e-8  # of the cost: complementarity at which it is solved
CLOSE_ENOUGH = 1e-6  # where numbers do not allow more
RESIDUAL = 1e-6  # kW and EUR/kWh
PROGRESS, PATIENCE = 0.9, 10  # less in so many iterations is none
BOUNDARY = 0.99  # of the way to the nearest bound
REGULAR = (1e-9, 1e-7, 1e-5)  # makes the system quasi-definite, so that it can be factored in any order
NARROW = 1e-9  # kW: a column with less room is fixed
FIRST_KW, FIRST_PRICE, FIRST_SHARE = 5.0, 1.0, 0.1  # least distances at the start, and most of a column's range


def interior_point(lp: Lp, until: float) -> OptimizeResult:
    """As `referee.highs`: the same programme, and the result in the same words; `until` by time.perf_counter()."""
    cost, at_most, most, equal, right, bounds = lp
    low, high = bounds.T
    moves = high - low > NARROW
    x = np.where(moves, 0.0, low)
    part = _Programme(
        cost[moves], equal[:, moves], right - equal @ x, at_most[:, moves], most - at_most @ x, low[moves], high[moves]
    )
    point = best = part.first()
    least, close, since, status = np.inf, np.inf, 0, STOPPED
    for iterations in range(MOST_ITERATIONS):  # noqa: B007
        missing, products = part.missing(point), part.products(point)
        since += 1
        if not np.isfinite(products) or since > PATIENCE:
            break
        if missing < PROGRESS * least or (missing <= RESIDUAL and products < PROGRESS * close):
            least, since = min(missing, least), 0
            if missing <= RESIDUAL:
                best, close = point, products
        if close <= CLOSE * (1.0 + abs(float(part.cost @ best.x))):
            break
        if time.perf_counter() >= until:
            status = TIME_LIMIT
            break
        try:
            with np.errstate(all="ignore"):  # ratios to distances of 0 are not taken
                point = part.step(point)
        except RuntimeError:  # rounding has made the system singular
            break
    if close <= CLOSE_ENOUGH * (1.0 + abs(float(part.cost @ best.x))):
        status = OPTIMAL
    point = best
    x[moves] = point.x.clip(part.low, part.high)
    return OptimizeResult(
        status=status,
        x=x,
        nit=iterations,
        eqlin=OptimizeResult(marginals=point.equal_price),
        ineqlin=OptimizeResult(marginals=-point.most_price),
    )


@dataclass(frozen=True, eq=False)
class _Point:
    """An iterate: columns and slacks of the `at most` rows, and the prices of rows and bounds; a step has the same parts."""

    x: Floats
    slack: Floats
    equal_price: Floats
    most_price: Floats
    low_price: Floats
    high_price: Floats


@dataclass(frozen=True, eq=False)
class _Programme:
    """min cost·x: equal·x = right, at_most·x + slack = most, low ≤ x ≤ high."""

    cost: Floats
    equal: csr_array
    right: Floats
    at_most: csr_array
    most: Floats
    low: Floats
    high: Floats

    def first(self) -> _Point:
        """Least squares for rows and for prices, pushed off the bounds (after Mehrotra, SIAM J. Optim. 2, 1992)."""
        factor, _ = self._factor(np.ones(self.cost.size), np.ones(self.most.size))
        columns, rows = self.cost.size, self.right.size
        x = factor.solve(np.concatenate([np.zeros(columns), self.right, self.most]))[:columns]
        off = np.minimum(FIRST_KW, FIRST_SHARE * (self.high - self.low))
        x = x.clip(self.low + off, self.high - off)
        prices = factor.solve(np.concatenate([self.cost, np.zeros(rows + self.most.size)]))[columns:]
        equal_price, most_price = prices[:rows], np.maximum(-prices[rows:], FIRST_PRICE)
        left = self.cost - self.equal.T @ equal_price + self.at_most.T @ most_price
        low_price = np.where(np.isfinite(self.low), np.maximum(left, FIRST_PRICE), 0.0)
        high_price = np.where(np.isfinite(self.high), np.maximum(-left, FIRST_PRICE), 0.0)
        return _Point(
            x, np.maximum(self.most - self.at_most @ x, FIRST_KW), equal_price, most_price, low_price, high_price
        )

    def products(self, p: _Point) -> float:
        """Sum of the products that are 0 at an optimum [EUR]."""
        return float(self._below(p) @ p.low_price + self._above(p) @ p.high_price + p.slack @ p.most_price)

    def missing(self, p: _Point) -> float:
        """The largest residual of a row or of a column's price."""
        return max(float(np.abs(a).max(initial=0.0)) for a in self._residuals(p))

    def step(self, p: _Point) -> _Point:
        """Mehrotra: how far would a step to the optimum go; then one to where that says the centre is."""
        below, above = self._below(p), self._above(p)
        factor, system = self._factor(p.low_price / below + p.high_price / above, p.slack / p.most_price)
        pairs = np.isfinite(self.low).sum() + np.isfinite(self.high).sum() + p.slack.size
        mean = self.products(p) / pairs
        affine = self._direction(
            p, factor, system, -below * p.low_price, -above * p.high_price, -p.slack * p.most_price
        )
        aimed = self.products(self._moved(p, affine, 1.0)) / pairs
        centre = mean * (aimed / mean) ** 3
        to_low = centre - below * p.low_price - affine.x * affine.low_price
        to_high = centre - above * p.high_price + affine.x * affine.high_price
        to_most = centre - p.slack * p.most_price - affine.slack * affine.most_price
        return self._moved(p, self._direction(p, factor, system, to_low, to_high, to_most), BOUNDARY)

    def _below(self, p: _Point) -> Floats:
        return np.where(np.isfinite(self.low), p.x - self.low, 1.0)

    def _above(self, p: _Point) -> Floats:
        return np.where(np.isfinite(self.high), self.high - p.x, 1.0)

    def _residuals(self, p: _Point) -> tuple[Floats, Floats, Floats]:
        priced = self.cost - self.equal.T @ p.equal_price + self.at_most.T @ p.most_price - p.low_price + p.high_price
        return priced, self.right - self.equal @ p.x, self.most - self.at_most @ p.x - p.slack

    def _factor(self, of_columns: Floats, of_slacks: Floats) -> tuple[SuperLU, csr_array]:
        """The system's factor; where rounding makes it singular, that of one with larger regular terms. Raises RuntimeError."""
        columns, rows = self.cost.size, self.right.size + self.most.size
        signs = np.concatenate([np.full(columns, -1.0), np.ones(rows)])
        system = block_array(
            [
                [diags_array(-of_columns), self.equal.T, self.at_most.T],
                [self.equal, None, None],
                [self.at_most, None, diags_array(of_slacks)],
            ],
            format="csc",
        )
        for regular in REGULAR:
            try:
                firm = (system + diags_array(regular * signs)).tocsc()
                return splu(
                    firm, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
                ), system
            except RuntimeError:  # exactly singular
                continue
        raise RuntimeError("The interior point's system is singular.")

    def _direction(
        self, p: _Point, factor: SuperLU, system: csr_array, to_low: Floats, to_high: Floats, to_most: Floats
    ) -> _Point:
        """The Newton step after which the products have changed by `to_...`, with all residuals gone."""
        below, above = self._below(p), self._above(p)
        has_low, has_high = np.isfinite(self.low), np.isfinite(self.high)
        priced, equal, most = self._residuals(p)
        priced = priced - np.where(has_low, to_low / below, 0.0) + np.where(has_high, to_high / above, 0.0)
        right = np.concatenate([priced, equal, most - to_most / p.most_price])
        found = factor.solve(right)
        for _ in range(2):  # what the regular terms and the missing pivots took
            found = found + factor.solve(right - system @ found)
        x, equal_price, most_price = np.split(found, [self.cost.size, self.cost.size + self.right.size])
        most_price = -most_price
        return _Point(
            x,
            (to_most - p.slack * most_price) / p.most_price,
            equal_price,
            most_price,
            np.where(has_low, (to_low - p.low_price * x) / below, 0.0),
            np.where(has_high, (to_high + p.high_price * x) / above, 0.0),
        )

    def _moved(self, p: _Point, d: _Point, most: float) -> _Point:
        primal = min(
            1.0,
            most * _room(self._below(p), np.where(np.isfinite(self.low), d.x, 0.0)),
            most * _room(self._above(p), np.where(np.isfinite(self.high), -d.x, 0.0)),
            most * _room(p.slack, d.slack),
        )
        dual = min(
            1.0,
            most * _room(p.low_price, d.low_price),
            most * _room(p.high_price, d.high_price),
            most * _room(p.most_price, d.most_price),
        )
        return _Point(
            p.x + primal * d.x,
            p.slack + primal * d.slack,
            p.equal_price + dual * d.equal_price,
            p.most_price + dual * d.most_price,
            p.low_price + dual * d.low_price,
            p.high_price + dual * d.high_price,
        )


def _room(distance: Floats, change: Floats) -> float:
    """The longest step along `change` that keeps all distances above 0."""
    nearing = change < 0.0
    return float(np.min(distance[nearing] / -change[nearing], initial=np.inf))
