"""The referee: the whole programme through HiGHS. What comes back is always said, never guessed.

Programmes are solved in kW, kWh and EUR, so that HiGHS' absolute tolerances fit the numbers.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_array

from osb_hub.dispatch.fleet import Fleet, Floats, Ints
from osb_hub.dispatch.market import Market, no_market
from osb_hub.dispatch.model import Model, Previous, Program, build
from osb_hub.dispatch.result import Multipliers, Raw, Violation, plain_multipliers
from osb_hub.dispatch.schedule import Schedule, hold

# What a hard band or a fuse costs while looking for those that cannot be kept [EUR/Wh]: the fuse gives way last.
BAND_ELASTIC = 1.0
FUSE_ELASTIC = 100.0

_KILO = 1000.0
_VISIBLE_WH = 1.0
_VISIBLE_W = 1.0
OPTIMAL, TIME_LIMIT, INFEASIBLE, STOPPED = 0, 1, 2, 4  # scipy's status; 1 is a time or iteration limit
_LEAST_S = 1e-6  # HiGHS takes a time limit of 0 for none

Lp = tuple[Floats, csr_array, Floats, csr_array, Floats, Floats]
Solve = Callable[[Lp, float], OptimizeResult]


def highs(lp: Lp, until: float) -> OptimizeResult:
    """The dual simplex method of HiGHS, until `until` by time.perf_counter()."""
    left = max(_LEAST_S, until - time.perf_counter())
    return linprog(*lp, method="highs-ds", options={"time_limit": left})


def referee(
    fleet: Fleet,
    market: Market | None = None,
    previous: Previous | None = None,
    time_limit_s: float = 60.0,
    solve: Solve = highs,
) -> Raw:
    """The cheapest schedule of the fleet in its market.

    Where the time limit came first, the schedule is that of homes without dispatch, with `plain_multipliers`. An
    infeasible fleet gets the schedule that violates least, and the multipliers of the programme that allows it.
    """
    until = time.perf_counter() + time_limit_s
    market = no_market(fleet.slots) if market is None else market.checked(fleet.slots)
    model = build(fleet, market, previous)
    found = solve(_scaled(model.program), until)
    if found.status == OPTIMAL:
        return _raw(fleet, market, model, found, "optimal", ())
    if found.status == TIME_LIMIT:
        return _held(fleet, market, "feasible", found)
    # The programme cannot be unbounded, so anything else is infeasible, or numerically so close that it is treated so.
    return _least_violation(fleet, market, previous, until, found, solve)


def whole_lp(fleet: Fleet, market: Market | None = None) -> Lp:
    """The programme as c, A_ub, b_ub, A_eq, b_eq, bounds [columns, 2] of min c·x, in kW, kWh and EUR.

    min c·x is the objective: what is fixed is in it, and peaks count from their floor.
    """
    return _scaled(build(fleet, market).program)


def _scaled(lp: Program) -> Lp:
    return (
        np.concatenate(lp.cost) * _KILO,
        lp.at_most.matrix(lp.columns),
        lp.at_most.right() / _KILO,
        lp.equal.matrix(lp.columns),
        lp.equal.right() / _KILO,
        np.column_stack([np.concatenate(lp.low), np.concatenate(lp.high)]) / _KILO,
    )


def _least_violation(
    fleet: Fleet, market: Market, previous: Previous | None, until: float, first: OptimizeResult, solve: Solve
) -> Raw:
    """Solve again with a price on every hard band and fuse, and name those that were paid for."""
    below, above = np.isinf(fleet.below_price), np.isinf(fleet.above_price)
    elastic = replace(
        fleet,
        below_price=np.where(below, BAND_ELASTIC, fleet.below_price),
        above_price=np.where(above, BAND_ELASTIC, fleet.above_price),
    )
    model = build(elastic, market, previous, FUSE_ELASTIC)
    found = solve(_scaled(model.program), until)
    if found.status != OPTIMAL:
        return _held(fleet, market, "infeasible" if first.status == INFEASIBLE else "feasible", found)
    v, x = model.variables, found.x * _KILO
    outside = np.maximum(np.where(below, x[v.below], 0), np.where(above, x[v.above], 0))
    over = x[v.fuse_excess].max(axis=0)
    violations = (*_bands(fleet, outside), *_fuses(fleet, over))
    return _raw(fleet, market, model, found, "infeasible" if violations else "optimal", violations)


def _bands(fleet: Fleet, outside: Floats) -> list[Violation]:
    stores = np.flatnonzero(outside.max(axis=1, initial=0) > _VISIBLE_WH).tolist()
    return [Violation(fleet.store_name(s), "band", outside[s].max(), int(outside[s].argmax())) for s in stores]


def _fuses(fleet: Fleet, over: Floats) -> list[Violation]:
    homes = np.flatnonzero(over.max(axis=1, initial=0) > _VISIBLE_W).tolist()
    return [Violation(fleet.home_name(h), "fuse", over[h].max(), int(over[h].argmax())) for h in homes]


def _raw(
    fleet: Fleet,
    market: Market,
    model: Model,
    found: OptimizeResult,
    status: str,
    violations: tuple[Violation, ...],
) -> Raw:
    v, x = model.variables, found.x * _KILO
    # within the solver's tolerance, but a schedule has no negative power
    planned = Schedule(*(np.maximum(0.0, x[columns]) for columns in (v.charge, v.discharge, v.pv_used)))
    return Raw(status, planned, _multipliers(fleet, model, found), int(found.nit), violations)


def _held(fleet: Fleet, market: Market, status: str, found: OptimizeResult) -> Raw:
    return Raw(status, hold(fleet), plain_multipliers(fleet, market), int(found.nit or 0))


def _multipliers(fleet: Fleet, model: Model, found: OptimizeResult) -> Multipliers:
    """Duals are EUR per kW of a row (per kWh in reserve_window); those of `at most` rows are at most 0."""
    per_wh = _KILO * fleet.slot_h
    rows = model.rows

    def price(row: Ints, per: float = per_wh) -> Floats:
        """What tightening these rows by one unit costs; 0 where there is no row."""
        result = np.zeros(row.shape)
        result[row >= 0] = np.maximum(0.0, -found.ineqlin.marginals[row[row >= 0]]) / per
        return result

    importing, exporting = price(rows.feeder_import_limit), price(rows.feeder_export_limit)
    return Multipliers(
        portfolio_price=found.eqlin.marginals[rows.portfolio_balance] / per_wh,
        feeder_price=importing - exporting,
        home_price=found.eqlin.marginals[rows.home_balance] / per_wh,
        request_price=price(rows.request),
        reserve_price=price(rows.reserve_promise),
        import_room_price=price(rows.import_room),
        export_room_price=price(rows.export_room),
        up_window_price=price(rows.up_window, _KILO),
        down_window_price=price(rows.down_window, _KILO),
        feeder_both_price=np.minimum(importing, exporting),
    )
