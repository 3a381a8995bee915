"""A large schedule as meters in every home and feeder would see it: nothing is broken beyond what the result says."""

import numpy as np
import pytest
from replay import replay

from osb_hub.dispatch.bench.generate import generate
from osb_hub.dispatch.dispatch import dispatch

HOMES = 10_000
GAP = 5e-3
VISIBLE = 1.0  # W, Wh: less is not said


@pytest.fixture(scope="module")
def dispatched():
    fleet, market = generate(HOMES)
    result = dispatch(fleet, market, solver="structured", gap=GAP, time_limit_s=600.0)
    powers = result.schedule
    return fleet, result, replay(fleet, market, powers.charge_w, powers.discharge_w, powers.pv_used_w)


def test_ten_thousand_homes_are_dispatched_within_the_gap(dispatched):
    _fleet, result, _seen = dispatched
    assert result.status == "optimal"
    assert result.gap <= GAP


def test_no_store_is_asked_for_more_than_it_can_do(dispatched):
    fleet, result, _seen = dispatched
    powers = result.schedule
    for asked, most in (
        (powers.charge_w, fleet.charge_max_w),
        (powers.discharge_w, fleet.discharge_max_w),
        (powers.pv_used_w, fleet.pv_w),
    ):
        assert asked.min() >= 0
        assert np.all(asked <= most + VISIBLE)


def test_no_hard_band_and_no_fuse_is_broken(dispatched):
    fleet, _result, seen = dispatched
    assert seen.fuse_excess.max() <= VISIBLE
    for outside, price in ((seen.below, fleet.below_price), (seen.above, fleet.above_price)):
        assert np.where(np.isinf(price), outside, 0).max() <= VISIBLE


def test_what_is_left_undone_costs_what_the_result_says(dispatched):
    _fleet, result, seen = dispatched
    said = result.costs_eur
    assert seen.comfort == pytest.approx(said["comfort"], rel=1e-4, abs=0.01)
    assert seen.feeder_penalty <= said["feeder_penalty"] + 0.01  # the result counts called reserve as well
    for name in ("household_energy", "household_peak", "wear", "end_value", "portfolio_energy"):
        assert getattr(seen, name) == pytest.approx(said[name], rel=1e-4, abs=0.01), name
