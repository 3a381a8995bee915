"""Gaps are relative to what dispatch is about: no constant and no penalty makes them small."""

from math import inf

import numpy as np
import pytest

from osb_hub.dispatch.certificate import gaps, upper_bound, without_stores
from osb_hub.dispatch.schedule import Schedule


@pytest.fixture
def battery(make_fleet):
    """1000 Wh of battery, 5 kWh of load at 100 and 300 EUR/MWh; the second hour is 4 kW above the feeder's limit."""
    store = {"charge_max_w": 1000, "discharge_max_w": 1000, "fill_max_wh": 1000}
    return make_fleet(2, [store], load_w=[[5000, 5000]], import_price=[1e-4, 3e-4], feeder_import_max_w=[[1e5, 1000]])


def plan(fleet, charge, discharge):
    result = upper_bound(fleet, None, Schedule(np.array([charge]), np.array([discharge]), np.zeros((1, 2))))
    assert result.worst_band is None
    return result


def test_both_gaps_of_half_a_plan(battery):
    # without penalties: 0.5 + 1.5 = 2.0 EUR of load; half the battery saves 0.5·(0.3 − 0.1) = 0.1; the best plan 0.2
    half, none = plan(battery, [500, 0], [0, 500]), plan(battery, [0, 0], [0, 0])
    best = plan(battery, [1000, 0], [0, 1000])
    # with penalties half a plan is 0.5 · 5 EUR more than the best, and 0.1 more of energy
    result = gaps(best.objective_eur, half, none, without_stores(battery, None))
    assert half.objective_eur - best.objective_eur == pytest.approx(2.6)
    assert result.gap == pytest.approx(2.6 / 0.1)
    assert result.gap_of_savings == pytest.approx(2.6 / 0.1)


def test_the_savings_are_those_against_what_homes_do_anyway(battery):
    # homes that fill their battery and leave it so spend 0.1 EUR more than without: the gap of savings is half the gap
    half, full = plan(battery, [500, 0], [0, 500]), plan(battery, [1000, 0], [0, 0])
    result = gaps(half.objective_eur - 0.02, half, full, without_stores(battery, None))
    assert result.gap == pytest.approx(0.2)
    assert result.gap_of_savings == pytest.approx(0.1)


def test_relative_to_nothing_a_gap_is_infinite_unless_there_is_none(battery):
    none, fixed = plan(battery, [0, 0], [0, 0]), without_stores(battery, None)
    assert gaps(none.objective_eur, none, none, fixed).gap == 0.0
    assert gaps(none.objective_eur, none, none, fixed).gap_of_savings == 0.0
    assert gaps(none.objective_eur - 0.1, none, none, fixed).gap == inf
    assert gaps(none.objective_eur - 0.1, none, none, fixed).gap_of_savings == inf
    worse = plan(battery, [0, 1000], [0, 0])  # 0.3 EUR more than without dispatch
    assert gaps(worse.objective_eur - 0.1, worse, none, fixed).gap_of_savings == inf
