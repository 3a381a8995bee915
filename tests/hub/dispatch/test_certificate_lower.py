"""No schedule undercuts the lower bound, whatever the multipliers; those of an optimum give the optimum."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from certificate_fleets import random_fleet, random_market, random_multipliers
from hypothesis import given, settings
from hypothesis import strategies as st
from whole_lp import whole_lp

from osb_hub.dispatch.certificate import lower_bound, parts
from osb_hub.dispatch.certificate.home import FUSE_PRICE
from osb_hub.dispatch.certificate.store import UNREACHABLE_PRICE
from osb_hub.dispatch.market import Market, Request, Reserve
from osb_hub.dispatch.result import Multipliers, plain_multipliers
from osb_hub.errors import InputError

INF = np.inf
BATTERY = {"charge_max_w": 1000, "discharge_max_w": 1000, "fill_max_wh": 1000}


def idle(slots):
    """A market in which nothing happens."""
    return Market(np.zeros(slots), np.zeros(slots))


def priced(fleet, market, **prices):
    """No prices but these."""
    plain = plain_multipliers(fleet, market)
    zero = {name: np.zeros_like(values) for name, values in vars(plain).items()}
    return Multipliers(**zero | {name: np.array(values, dtype=float) for name, values in prices.items()})


@pytest.mark.parametrize("seed", range(30))
def test_the_multipliers_of_the_optimum_give_the_optimum(seed):
    slots = (3, 6, 23)[seed % 3]
    fleet, market = random_fleet(seed, slots), random_market(seed, slots)
    solved = whole_lp(fleet, market)
    assert solved.status == "optimal"
    assert lower_bound(fleet, market, solved.multipliers) == pytest.approx(solved.optimum, rel=1e-6, abs=1e-6)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 2**32), slots=st.integers(1, 8), homes=st.integers(1, 5), spread=st.sampled_from([0.1, 1, 9])
)
def test_no_multipliers_give_more_than_the_optimum(seed, slots, homes, spread):
    fleet, market = random_fleet(seed, slots, homes), random_market(seed, slots)
    solved = whole_lp(fleet, market)
    if solved.status != "optimal":
        assert solved.status == "infeasible"
        return
    best, arbitrary = vars(solved.multipliers), vars(random_multipliers(seed, fleet, market, spread))
    tried = [arbitrary, {name: values + 0.01 * arbitrary[name] for name, values in best.items()}]
    # and all of them the best but for one, which may be far out of range
    tried += [best | {name: 10 * values + arbitrary[name]} for name, values in best.items()]
    for multipliers in tried:
        bound = lower_bound(fleet, market, Multipliers(**multipliers))
        assert bound <= solved.optimum + 1e-6 * (1 + abs(solved.optimum))


@pytest.mark.parametrize("seed", range(12))
def test_where_fuses_cannot_be_kept_the_bound_is_that_of_breaking_them(seed):
    fleet, market = random_fleet(seed, 6, soft_only=True), random_market(seed, 6)
    generated = 1500.0 * (seed % 2)  # by what cannot be held back
    fleet = replace(fleet, load_w=fleet.load_w - generated, import_max_w=200, export_max_w=300, peak_price=0.0)
    assert whole_lp(fleet, market).status == "infeasible"
    solved = whole_lp(fleet, market, fuse_price=FUSE_PRICE)
    assert solved.optimum > 1000
    assert lower_bound(fleet, market, solved.multipliers) == pytest.approx(solved.optimum, rel=1e-6)
    arbitrary = vars(random_multipliers(seed, fleet, market))
    for name, values in vars(solved.multipliers).items():
        wrong = Multipliers(**vars(solved.multipliers) | {name: 10 * values + arbitrary[name]})
        assert lower_bound(fleet, market, wrong) <= solved.optimum * (1 + 1e-6)


def test_a_bound_worked_out_by_hand(make_fleet):
    # 1000 W of load, a full battery, prices of 100 and 300 EUR/MWh; at the home's prices 100 and 300 import is free to
    # choose, the load costs 0.1 + 0.3, the battery gives its 1000 Wh at 300
    fleet = make_fleet(2, [{**BATTERY, "fill0_wh": 1000}], load_w=[[1000, 1000]], import_price=[1e-4, 3e-4])
    bound = lower_bound(fleet, None, plain_multipliers(fleet, idle(2)))
    assert bound == pytest.approx(0.1 + 0.3 - 0.3)


def test_a_peak_costs_what_it_is_above_the_floor(make_fleet):
    # 4000 W against a floor of 2500: 1500 W at 1 EUR/kW, and 4 kWh at 200 EUR/MWh; a home price of 200 + 1000 says so
    fleet = make_fleet(1, load_w=[[4000]], peak_price=1e-3, peak_floor_w=2500, import_max_w=10000)
    assert lower_bound(fleet, None, priced(fleet, idle(1), home_price=[[1.2e-3]])) == pytest.approx(1.5 + 0.8)


def test_a_request_is_bounded_by_what_failing_costs(make_fleet):
    # 1000 W that cannot move, where 400 W less than the baseline of 1000 are asked at 100 EUR/MWh, or pay 500 more:
    # all 0.4 kWh fail: 0.4·0.6 − 0.4·0.1, beside 0.2 EUR of energy
    fleet = make_fleet(1, load_w=[[1000]])
    market = replace(idle(1), requests=(Request("q", "up", (0,), 400, 1000, 1e-4, 5e-4),))
    multipliers = priced(fleet, market, portfolio_price=[6e-4], home_price=[[8e-4]])
    assert lower_bound(fleet, market, multipliers) == pytest.approx(0.24 - 0.04 + 0.2)


def test_reserve_that_nobody_can_hold_is_paid_for(make_fleet):
    # 1000 W promised up for 2 slots by a battery of 600 Wh, which is 300 W; at 1 EUR/kWh of promise the window of two
    # slots is worth 0.5 a Wh: 1.0 − 0.3 is missing. The energy is worth nothing here.
    battery = {**BATTERY, "fill0_wh": 600, "charge_max_w": 0}
    fleet = make_fleet(2, [battery], import_price=0)
    market = replace(idle(2), reserve=(Reserve("r", "up", (0,), 1000, 2, 0.0, 1e-3),))
    windows = np.array([[[0, 0.5e-3]]])
    multipliers = priced(fleet, market, reserve_price=[[1e-3, 0]], up_window_price=windows)
    assert lower_bound(fleet, market, multipliers) == pytest.approx(0.7)


def test_reserve_of_both_directions_can_fill_a_feeder_to_both_limits(make_fleet):
    # 300 W of 1000 W up and 300 W of 1000 W down fit: 0.7 kWh of each are missing at 1 EUR/kWh
    fleet = make_fleet(
        1, [{**BATTERY, "fill0_wh": 500}], import_price=0, feeder_import_max_w=300, feeder_export_max_w=300
    )
    products = tuple(Reserve(way, way, (0,), 1000, 1, 0.0, 1e-3) for way in ("up", "down"))
    market = replace(idle(1), reserve=products)
    multipliers = priced(fleet, market, reserve_price=[[1e-3], [1e-3]], feeder_both_price=[[1e-3]])
    assert lower_bound(fleet, market, multipliers) == pytest.approx(1.4)


def test_compiled_is_uncompiled_and_parts_are_the_whole(monkeypatch):
    fleet, market = random_fleet(5, 24, homes=12), random_market(5, 24)
    multipliers = random_multipliers(5, fleet, market, 0.1)
    plain = lower_bound(fleet, market, multipliers, compiled=False)
    assert lower_bound(fleet, market, multipliers, compiled=True) == plain
    monkeypatch.setattr(parts, "ROWS_AT_ONCE", 1)
    assert lower_bound(fleet, market, multipliers, compiled=False) == pytest.approx(plain, rel=1e-12)
    assert lower_bound(fleet, market, multipliers, compiled=True) == pytest.approx(plain, rel=1e-12)


def test_single_precision_is_enough_for_fleet_and_multipliers():
    fleet, market = random_fleet(2, 6), random_market(2, 6)
    solved = whole_lp(fleet, market)
    single = {name: np.asarray(values, dtype=np.float32) for name, values in vars(solved.multipliers).items()}
    arrays = {name: a.astype(np.float32) for name, a in vars(fleet).items() if getattr(a, "dtype", None) == np.float64}
    bound = lower_bound(replace(fleet, **arrays), market, Multipliers(**single))
    assert bound == pytest.approx(solved.optimum, rel=1e-5)
    assert bound != solved.optimum


def test_nonsense_among_the_multipliers_does_not_break_the_bound():
    fleet, market = random_fleet(3, 6), random_market(3, 6)
    optimum = whole_lp(fleet, market).optimum
    for nonsense in (np.nan, INF, -INF, 1e300):
        every = {
            name: np.full(values.shape, nonsense) for name, values in vars(plain_multipliers(fleet, market)).items()
        }
        bound = lower_bound(fleet, market, Multipliers(**every))
        assert np.isfinite(bound)
        assert bound <= optimum


def test_a_store_that_cannot_keep_its_band_does_not_make_the_bound_infinite(make_fleet):
    # 1500 Wh are needed and 1000 can be charged, in the fleet; 500 Wh at 1 EUR and 0.2 EUR of energy
    store = {"charge_max_w": 1000, "fill_min_wh": 1500, "fill_max_wh": 2000}
    fleet = make_fleet(1, [store])
    assert lower_bound(fleet, None, plain_multipliers(fleet, idle(1))) == pytest.approx(500.2)


def test_where_bands_cannot_be_kept_the_bound_is_that_of_breaking_them():
    batteries = 0
    for seed in range(12):
        fleet, market = random_fleet(seed, 6), random_market(seed, 6)
        hard = np.isinf(fleet.below_price).any(axis=1)
        least = np.where(hard[:, np.newaxis] & (np.arange(6) == 0), 7990.0, fleet.fill_min_wh)  # of 3000, by 5000 W
        fleet = replace(fleet, fill_min_wh=least)
        softened = {
            edge: np.minimum(getattr(fleet, edge), UNREACHABLE_PRICE) for edge in ("below_price", "above_price")
        }
        solved = whole_lp(replace(fleet, **softened), market)
        assert lower_bound(fleet, market, solved.multipliers) == pytest.approx(solved.optimum, rel=1e-6)
        assert not hard.any() or solved.optimum > 200
        batteries += hard.sum()
    assert batteries > 12


def test_a_fuse_that_no_home_can_keep_costs_its_price_and_not_without_end(make_fleet):
    # 3 kW behind a fuse of 1 kW: 2 kWh at 100 EUR/Wh, and 3 kWh at 0.2
    fleet = make_fleet(1, load_w=[[3000]], import_max_w=1000)
    for price in (100.0, 1e9):
        bound = lower_bound(fleet, None, priced(fleet, idle(1), home_price=[[price + 2e-4]]))
        assert bound == pytest.approx(2000 * 100.0 + 0.6)


def test_a_home_price_is_not_taken_where_it_can_only_harm(make_fleet):
    # 10 EUR/MWh too much or too little for a home that is far from its fuse of 100 kW would cost up to 1 EUR
    fleet = make_fleet(1, load_w=[[1000]], pv_w=500, import_price=2e-4, export_price=1e-4)
    for price in (2.1e-4, 2e-4):
        bound = lower_bound(fleet, None, priced(fleet, idle(1), home_price=[[price]]))
        assert bound == pytest.approx(0.5 * 0.2)
    assert lower_bound(fleet, None, priced(fleet, idle(1), home_price=[[0.9e-4]])) == pytest.approx(0.5 * 0.1)


def test_multipliers_of_another_fleet_are_refused():
    fleet, market = random_fleet(1, 6), random_market(1, 6)
    other = replace(random_multipliers(1, fleet, market), home_price=np.zeros((9, 6)))
    with pytest.raises(InputError, match=r"^home_price has shape \(9, 6\); this fleet and market need \(4, 6\)\.$"):
        lower_bound(fleet, market, other)


def test_a_small_fleet_never_waits_for_a_compiler():
    script = """
import sys
from certificate_fleets import random_fleet, random_market
from osb_hub.dispatch.certificate import lower_bound
from osb_hub.dispatch.result import plain_multipliers
fleet, market = random_fleet(0, 96, homes=12), random_market(0, 96)
assert fleet.stores > 12
lower_bound(fleet, market, plain_multipliers(fleet, market))
assert "numba" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parent, check=True, timeout=60)
