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

TOLERANCE = 2e-5  # of the cost: a hard band or fuse may be missed by a Wh or a W before the result says so


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
    about = TOLERANCE * (100 + abs(best.objective_eur))
    assert result.lower_bound_eur - about <= best.objective_eur <= result.objective_eur + about


@pytest.mark.parametrize("tens", range(0, CASES, 10))
def test_any_small_fleet_reaches_the_gap_and_its_bounds_enclose_the_optimum(tens):
    for seed in range(tens, tens + 10):
        fleet, market = random_case(seed)
        best = dispatch(fleet, market, solver="linprog")
        result = dispatch(fleet, market, solver="structured", gap=1e-3)
        assert result.status == "optimal", (seed, result.sentence)
        assert result.gap <= 1e-3, seed
        about = TOLERANCE * (100 + abs(best.objective_eur))
        assert result.lower_bound_eur - about <= best.objective_eur <= result.objective_eur + about, seed
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
        about = TOLERANCE * (100 + abs(best.objective_eur))
        assert result.lower_bound_eur - about <= best.objective_eur, seed
        assert result.status == "infeasible" or best.objective_eur <= result.objective_eur + about, seed
        reached += result.status == "optimal"
    assert reached >= CASES // 4 // 2


def test_the_same_fleet_gives_the_same_answer():
    fleet, market = generate(60)
    first, second = (dispatch(fleet, market, solver="structured", gap=1e-3) for _ in range(2))
    assert first.status == "optimal"
    assert first.objective_eur == second.objective_eur
    assert np.array_equal(first.schedule.charge_w, second.schedule.charge_w)
