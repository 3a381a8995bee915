"""What the random fleets promise to the tests that use them."""

import numpy as np
import pytest
from random_fleets import CASES, random_case
from scipy.optimize import linprog

from osb_hub.dispatch.market import DOWN, UP
from osb_hub.dispatch.referee import whole_lp


@pytest.mark.parametrize("tens", range(0, CASES, 10))
def test_hard_bands_and_fuses_can_always_be_kept(tens):
    for seed in range(tens, tens + 10):
        assert linprog(*whole_lp(*random_case(seed)), method="highs-ds").status == 0, seed


def test_they_hold_everything_the_model_knows():
    cases = [random_case(seed) for seed in range(CASES)]
    fleets = [fleet for fleet, _ in cases]
    reserve = [one for _, market in cases for one in market.reserve]
    assert {1, 12} <= {fleet.homes for fleet in fleets}
    assert {92, 96, 100} <= {fleet.slots for fleet in fleets}
    assert {(one.direction, one.offered) for one in reserve} == {(d, o) for d in (UP, DOWN) for o in (True, False)}
    assert {1, 16} <= {one.endurance for one in reserve}
    assert {one.direction for _, market in cases for one in market.requests} == {UP, DOWN}
    for what, there in {
        "no store at all": [fleet.stores == 0 for fleet in fleets],
        "a home without stores": [set(fleet.store_home.tolist()) < set(range(fleet.homes)) for fleet in fleets],
        "no capacity": [np.any(fleet.fill_max_wh.max(axis=1, initial=0) == 0) for fleet in fleets],
        "no power": [np.any(fleet.charge_max_w.max(axis=1, initial=0) == 0) for fleet in fleets],
        "negative prices": [fleet.import_price.min() < 0 for fleet in fleets],
        "a tree": [np.any(fleet.feeder_parent >= 0) for fleet in fleets],
        "no limit": [np.all(np.isinf(fleet.feeder_import_max_w)) for fleet in fleets],
        "a peak price": [np.any(fleet.peak_price > 0) for fleet in fleets],
        "none": [not np.any(fleet.peak_price > 0) for fleet in fleets],
        "backup": [np.any(fleet.backup > 0) for fleet in fleets],
        "single precision": [fleet.load_w.dtype == np.float32 for fleet in fleets],
        "a soft band": [np.any(np.isfinite(fleet.below_price)) for fleet in fleets],
        "hard in some slots": [
            np.any(np.isinf(fleet.below_price).any(axis=1) & np.isfinite(fleet.below_price).any(axis=1))
            for fleet in fleets
        ],
    }.items():
        assert any(there), what
