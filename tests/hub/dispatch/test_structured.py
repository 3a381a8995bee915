"""The structured solver against the referee and the certificate. Its first start compiles: a minute or two, once."""

import dataclasses

import numpy as np
import pytest
from random_fleets import CASES, random_case

from osb_hub.dispatch.bench.generate import generate
from osb_hub.dispatch.certificate import lower_bound, upper_bound
from osb_hub.dispatch.dispatch import dispatch
from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import Market

EXACT = 1e-6  # of the cost: what HiGHS itself is exact to
TOLERANCE = 2e-5  # where a hard band or fuse is missed by up to a Wh or a W, which no result says


def about(fleet, market, result, best):
    """How far beyond the optimum a bound may lie [EUR]."""
    replayed = upper_bound(fleet, market, result.schedule)
    if replayed.worst_band or replayed.worst_fuse:
        return TOLERANCE * (100 + abs(best.objective_eur))
    return EXACT * (1 + abs(best.objective_eur))


def parts_of(fleet: Fleet, market: Market) -> list[tuple[str, Fleet, Market]]:
    """The benchmark's homes with one thing left out at a time."""
    free = np.full((1, 1), np.inf)
    without = Market(market.buy_price, market.sell_price)
    return [
        ("no reserve", fleet, without),
        ("upward only", fleet, Market(market.buy_price, market.sell_price, (), market.reserve[:1])),
        ("downward only", fleet, Market(market.buy_price, market.sell_price, (), market.reserve[1:])),
        ("no feeder limit", dataclasses.replace(fleet, feeder_import_max_w=free, feeder_export_max_w=free), market),
    ]


@pytest.mark.parametrize("case", range(4))
def test_homes_of_every_kind_reach_the_gap_and_enclose_the_optimum(case):
    _name, fleet, market = parts_of(*generate(10))[case]
    best = dispatch(fleet, market, solver="linprog")
    result = dispatch(fleet, market, solver="structured", gap=1e-3)
    assert result.status == "optimal"
    assert result.gap <= 1e-3
    most = about(fleet, market, result, best)
    assert result.lower_bound_eur - most <= best.objective_eur <= result.objective_eur + most


@pytest.mark.parametrize("tens", range(0, CASES, 10))
def test_any_small_fleet_reaches_the_gap_and_its_bounds_enclose_the_optimum(tens):
    for seed in range(tens, tens + 10):
        fleet, market = random_case(seed)
        best = dispatch(fleet, market, solver="linprog")
        result = dispatch(fleet, market, solver="structured", gap=1e-3)
        assert result.status == "optimal", (seed, result.sentence)
        assert result.gap <= 1e-3, seed
        most = about(fleet, market, result, best)
        assert result.lower_bound_eur - most <= best.objective_eur <= result.objective_eur + most, seed
        # what anybody can work out again from the result alone
        assert result.lower_bound_eur == pytest.approx(lower_bound(fleet, market, result.multipliers)), seed
        assert result.objective_eur == pytest.approx(upper_bound(fleet, market, result.schedule).objective_eur), seed


def test_without_the_step_for_all_the_bounds_still_enclose_the_optimum_of_any_small_fleet(monkeypatch):
    monkeypatch.setattr("osb_hub.dispatch.dispatch.EXACT", 0)
    reached = 0
    for seed in range(0, CASES, 4):
        fleet, market = random_case(seed)
        best = dispatch(fleet, market, solver="linprog")
        result = dispatch(fleet, market, solver="structured", gap=1e-3, time_limit_s=5)
        most = about(fleet, market, result, best)
        assert result.lower_bound_eur - most <= best.objective_eur, seed
        assert result.status != "infeasible", (seed, result.sentence)
        assert best.objective_eur <= result.objective_eur + most, seed
        reached += result.status == "optimal"
    assert reached >= CASES // 4 // 2


def test_the_same_fleet_gives_the_same_answer():
    fleet, market = generate(60)
    first, second = (dispatch(fleet, market, solver="structured", gap=1e-3) for _ in range(2))
    assert first.status == "optimal"
    assert first.objective_eur == second.objective_eur
    assert np.array_equal(first.schedule.charge_w, second.schedule.charge_w)


def test_a_method_that_is_stopped_at_once_breaks_no_fuse_that_nobody_has_to_break():
    for seed in range(0, 60, 3):
        fleet, market = random_case(seed)
        result = dispatch(fleet, market, solver="structured", gap=1e-3, time_limit_s=0.001)
        assert result.status != "infeasible", (seed, result.sentence)


def test_limits_and_promises_that_are_broken_at_a_price_are_named_with_the_worst_slot():
    fleet, market = generate(10)
    tight = dataclasses.replace(fleet, feeder_import_max_w=np.full((1, 1), 1000.0))
    result = dispatch(tight, market, solver="linprog")
    replayed = upper_bound(tight, market, result.schedule)
    (worst,) = [one for one in result.shortfalls if one.what == "import limit"]
    assert worst.who == "feeder 0"
    assert worst.amount == pytest.approx(replayed.import_excess_w.max())
    assert replayed.import_excess_w[0, worst.slot] == pytest.approx(worst.amount)
    assert f"{result.shortfalls[0].amount:.0f} W" in result.sentence
    held = {market.reserve[p].name for p in np.flatnonzero(replayed.reserve_shortfall_w.max(axis=1) > 1)}
    assert {one.who for one in result.shortfalls if one.what == "reserve"} == held
