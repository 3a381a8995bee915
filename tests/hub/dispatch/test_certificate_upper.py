"""What a schedule costs, against an independent replay of it, and never below the optimum."""

from dataclasses import replace

import numpy as np
import pytest
from certificate_fleets import random_fleet, random_market, random_schedule
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from replay import most_reserve, replay
from whole_lp import whole_lp

from osb_hub.dispatch.certificate import parts, powers, upper_bound, without_stores
from osb_hub.dispatch.market import Market, Request, Reserve
from osb_hub.dispatch.schedule import Schedule
from osb_hub.errors import InputError

INF = np.inf
BATTERY = {"charge_max_w": 1000, "discharge_max_w": 1000, "fill_max_wh": 1000}
KEPT = 1e-3  # Wh or W beyond a hard band or fuse that rounding explains


def idle(slots, **products):
    return Market(np.zeros(slots), np.zeros(slots), **products)


def still(fleet, charge=0.0, discharge=0.0):
    shape = (fleet.stores, fleet.slots)
    return Schedule(np.full(shape, charge), np.full(shape, discharge), np.array(fleet.pv_w))


def in_order(fleet):
    """The fleet with prices that order what gives way: comfort, then feeders, before anything that is promised."""
    below = np.where(np.isfinite(fleet.below_price), 0.02, INF)
    return replace(fleet, below_price=below, feeder_penalty=np.array([[0.005]]))


def beyond(result):
    return max([one.amount for one in (result.worst_band, result.worst_fuse) if one], default=0.0)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32), slots=st.integers(1, 8), homes=st.integers(1, 6))
def test_an_upper_bound_is_what_a_replay_of_the_schedule_comes_to(seed, slots, homes):
    fleet, market, wild = random_fleet(seed, slots, homes), random_market(seed, slots), None
    wild = random_schedule(seed, fleet)
    schedule = Schedule(
        wild.charge_w.clip(0, fleet.charge_max_w),
        wild.discharge_w.clip(0, fleet.discharge_max_w),
        wild.pv_used_w.clip(0, fleet.pv_w),
    )
    result = upper_bound(fleet, market, wild)
    seen = replay(fleet, market, schedule.charge_w, schedule.discharge_w, schedule.pv_used_w)
    reserve, penalty = most_reserve(fleet, market, seen, schedule.charge_w, schedule.discharge_w)

    payers = [payer for payer in result.costs_eur if payer != "reserve"]
    assert_allclose([result.costs_eur[p] for p in payers], [getattr(seen, p) for p in payers], rtol=1e-9, atol=1e-9)
    assert result.costs_eur["reserve"] == pytest.approx(reserve, rel=1e-6, abs=1e-6)
    assert result.shortfall_penalty_eur == pytest.approx(seen.missing + penalty, rel=1e-6, abs=1e-6)
    assert result.objective_eur == pytest.approx(sum(getattr(seen, p) for p in payers) + reserve, abs=1e-5)
    assert_allclose(result.feeder_net_w, seen.feeder_net, atol=1e-6)
    assert_allclose(result.import_excess_w, seen.import_excess, atol=1e-6)
    assert_allclose(result.export_excess_w, seen.export_excess, atol=1e-6)
    made = powers(fleet, wild)
    assert_allclose(made.fill, seen.fill, atol=1e-6)
    assert_allclose(made.net, seen.net, atol=1e-6)
    hard = np.maximum(
        np.where(np.isinf(fleet.below_price), seen.below, 0), np.where(np.isinf(fleet.above_price), seen.above, 0)
    )
    for worst, amounts in ((result.worst_band, hard), (result.worst_fuse, seen.fuse_excess)):
        assert (worst.amount if worst else 0.0) == pytest.approx(amounts.max(initial=0.0), abs=1e-6)
        if worst:
            assert amounts[:, worst.slot].max() == pytest.approx(worst.amount)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32), slots=st.integers(1, 8), homes=st.integers(1, 5))
def test_no_schedule_that_keeps_bands_and_fuses_is_better_than_the_optimum(seed, slots, homes):
    fleet = replace(random_fleet(seed, slots, homes, soft_only=True), import_max_w=1e5, export_max_w=1e5)
    fleet, market = in_order(fleet), random_market(seed, slots)
    solved = whole_lp(fleet, market)
    assert solved.status == "optimal"
    result = upper_bound(fleet, market, random_schedule(seed, fleet))
    assert beyond(result) < KEPT
    assert result.objective_eur >= solved.optimum - 1e-6 * (1 + abs(solved.optimum))


@pytest.mark.parametrize("seed", range(30))
def test_the_optimal_schedule_costs_the_optimum(seed):
    slots = (3, 6, 23)[seed % 3]
    fleet, market = in_order(random_fleet(seed, slots)), random_market(seed, slots)
    solved = whole_lp(fleet, market)
    result = upper_bound(fleet, market, solved.schedule)
    assert beyond(result) < KEPT
    assert result.objective_eur == pytest.approx(solved.optimum, rel=1e-6, abs=1e-5)


def test_who_pays_what(make_fleet):
    # 2000 W of load at 200 EUR/MWh above a floor of 1500 W at 1 EUR/kW, 500 W of charge at 10 EUR/MWh of wear; the 500
    # Wh left are worth 100 EUR/MWh; the portfolio buys 2500 Wh at 50; 500 W beyond the feeder's limit at 5 EUR/kWh
    store = {**BATTERY, "wear_price": 1e-5, "end_value": 1e-4, "fill_min_wh": 700, "below_price": 0.02}
    fleet = make_fleet(
        1, [store], load_w=[[2000]], peak_price=1e-3, peak_floor_w=1500, feeder_import_max_w=2000, feeder_penalty=5e-3
    )
    result = upper_bound(fleet, Market(np.array([5e-5]), np.array([5e-5])), still(fleet, charge=500))
    assert result.costs_eur == pytest.approx(
        {
            "household_energy": 0.5,
            "household_peak": 1.0,
            "wear": 0.005,
            "end_value": -0.05,
            "comfort": 4.0,  # 200 Wh short at 20 EUR/kWh
            "portfolio_energy": 0.125,
            "requests": 0.0,
            "reserve": 0.0,
            "feeder_penalty": 2.5,
        }
    )
    assert result.penalties_eur == pytest.approx(6.5)
    assert result.without_penalties_eur == pytest.approx(0.5 + 1 + 0.005 - 0.05 + 0.125)


def test_a_broken_hard_band_and_a_broken_fuse_are_named(make_fleet):
    stores = [{**BATTERY}, {**BATTERY, "home": 1, "fill0_wh": 500}]
    fleet = make_fleet(3, stores, homes=2, load_w=[[0, 0, 0], [900, 0, 0]], import_max_w=1000)
    schedule = still(fleet)
    schedule.charge_w[1] = [300, 400, 0]
    result = upper_bound(fleet, None, schedule)
    assert (result.worst_band.who, result.worst_band.slot, result.worst_band.what) == ("store 1 of home 1", 1, "band")
    assert result.worst_band.amount == pytest.approx(200)
    assert (result.worst_fuse.who, result.worst_fuse.slot, result.worst_fuse.what) == ("home 1", 0, "fuse")
    assert result.worst_fuse.amount == pytest.approx(200)


def test_reserve_takes_what_drains_least_first(make_fleet):
    # 500 W of charge that can stop (500 W of fill), and discharge of 1000 W that drains twice as much; 900 Wh are left
    # after the slot, of which 500 spare the charge and 400 give 200 W: together 700 W
    store = {**BATTERY, "fill0_wh": 400, "eta_out": 0.5}
    fleet = make_fleet(1, [store])
    market = idle(1, reserve=(Reserve("r", "up", (0,), 1000, 1, 1e-5, 1e-3),))
    result = upper_bound(fleet, market, still(fleet, charge=500))
    assert_allclose(result.reserve_w, [[700]])
    assert_allclose(result.reserve_shortfall_w, [[300]])
    assert result.costs_eur["reserve"] == pytest.approx(0.3 - 0.01)
    assert result.shortfall_penalty_eur == pytest.approx(0.3)


def test_under_a_feeders_limit_the_reliable_homes_hold_the_reserve(make_fleet):
    # 1000 W each; 1200 W of room: 1000 W of the home with 0.9, 200 W of that with 0.5
    stores = [{**BATTERY, "fill0_wh": 1000, "home": h} for h in range(2)]
    fleet = make_fleet(1, stores, homes=2, reliability=[[0.5], [0.9]], feeder_export_max_w=1200)
    market = idle(1, reserve=(Reserve("r", "up", (0,), 2000, 1, 0, 1e-3),))
    assert_allclose(upper_bound(fleet, market, still(fleet)).reserve_w, [[1000]])  # 900 + 100


def test_backup_homes_and_homes_that_never_answer_hold_nothing(make_fleet):
    stores = [{**BATTERY, "fill0_wh": 1000, "home": h} for h in range(3)]
    fleet = make_fleet(1, stores, homes=3, reliability=[[1.0], [1.0], [0.0]], backup=[0, 1, 0])
    market = idle(1, reserve=(Reserve("r", "up", (0,), 3000, 1, 0, 1e-3),))
    assert_allclose(upper_bound(fleet, market, still(fleet)).reserve_w, [[1000]])


def test_offered_reserve_is_what_can_be_held_in_all_of_its_slots(make_fleet):
    # 1000 W in the first hour; after 400 Wh of discharge 600 in the second; 600 / 1.2 = 500 W, at 10 EUR/MWh twice
    store = {**BATTERY, "fill0_wh": 1000, "discharge_max_w": 1400}
    fleet = make_fleet(2, [store])
    schedule = still(fleet)
    schedule.discharge_w[0, 1] = 400
    market = idle(2, reserve=(Reserve("r", "up", (0, 1), 5000, 1, 1e-5, 1e-3, 0.2, True),))
    result = upper_bound(fleet, market, schedule)
    assert_allclose(result.promised_w, [500])
    assert result.costs_eur["reserve"] == pytest.approx(-0.01)
    assert result.shortfall_penalty_eur == 0
    unpaid = idle(2, reserve=(Reserve("r", "up", (0, 1), 5000, 1, -1e-5, 1e-3, 0.2, True),))
    assert upper_bound(fleet, unpaid, schedule).costs_eur["reserve"] == 0


def test_a_request_that_is_missed_costs_price_and_penalty(make_fleet):
    # 1000 W where 1000 − 400 were asked: nothing is delivered; 400 Wh at 500 EUR/MWh of penalty
    fleet = make_fleet(1, load_w=[[1000]])
    missed = idle(1, requests=(Request("q", "up", (0,), 400, 1000, 1e-4, 5e-4),))
    result = upper_bound(fleet, missed, still(fleet))
    assert result.costs_eur["requests"] == pytest.approx(0.2)
    assert_allclose(result.request_shortfall_w, [[400]])
    met = idle(1, requests=(Request("q", "up", (0,), 400, 1500, 1e-4, 5e-4),))
    assert upper_bound(fleet, met, still(fleet)).costs_eur["requests"] == pytest.approx(-0.04)


def test_the_fleet_without_stores_is_its_load_and_pv(make_fleet):
    store = {**BATTERY, "fill0_wh": 500, "end_value": 1e-3, "usage_w": -1000, "below_price": 0.02}
    fleet = make_fleet(1, [store], load_w=[[1000]], pv_w=400)
    result = without_stores(fleet, None)
    assert result.objective_eur == pytest.approx(0.12)
    assert result.penalties_eur == 0


def test_parts_are_the_whole(monkeypatch):
    fleet, market = random_fleet(7, 12, homes=9), random_market(7, 12)
    schedule = random_schedule(7, fleet)
    whole = upper_bound(fleet, market, schedule)
    monkeypatch.setattr(parts, "ROWS_AT_ONCE", 1)
    assert upper_bound(fleet, market, schedule).costs_eur == pytest.approx(whole.costs_eur, rel=1e-9, abs=1e-12)


def test_a_schedule_of_another_fleet_is_refused(make_fleet):
    fleet = make_fleet(2, [BATTERY])
    with pytest.raises(InputError, match=r"^charge_w has shape \(1, 3\); this fleet needs \(1, 2\)\.$"):
        upper_bound(fleet, None, replace(still(fleet), charge_w=np.zeros((1, 3))))
