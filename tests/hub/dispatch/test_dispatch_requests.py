"""Trade and requests of the portfolio, worked out by hand. Slots are one hour: W and Wh are the same number."""

import pytest
from numpy.testing import assert_allclose

from osb_hub.dispatch.market import DOWN, UP, Request
from osb_hub.dispatch.referee import referee

CAR = {"charge_max_w": 2000, "fill_min_wh": [0, 2000]}  # 2000 Wh within two hours, best in the first, at 100 EUR/MWh
BATTERY = {"charge_max_w": 5000, "discharge_max_w": 5000, "eta_in": 0.9, "eta_out": 0.9, "fill_max_wh": 1000}


def a_request(direction=UP, slots=(0,), power_w=1500, baseline_w=2000, price=3e-4, shortfall_penalty=0.0):
    return Request("evening", direction, slots, power_w, baseline_w, price, shortfall_penalty)


@pytest.fixture
def car(make_fleet):
    return make_fleet(2, [CAR], import_price=[1e-4, 2e-4])


def test_load_moves_where_the_request_pays_more_than_the_prices_differ(car, make_market, optimum):
    market = make_market(2, [a_request()])
    best = optimum(car, market)
    # 1500 of 2000 Wh move to the dear hour: 500·100 + 1500·200 − 1500·300 EUR/MWh
    assert_allclose(best.charge, [[500, 1500]], atol=0.1)
    assert best.objective == pytest.approx(0.05 + 0.30 - 0.45)
    raw = referee(car, market)
    assert_allclose(raw.schedule.charge_w, [[500, 1500]], atol=0.1)
    assert_allclose(raw.multipliers.request_price * 1e6, [[100, 0]], atol=1e-3)  # one more Wh: 100 dearer
    # energy of the first hour has become worth as much as in the second: 200 − 100 the home pays the retailer
    assert_allclose(raw.multipliers.portfolio_price * 1e6, [100, 0], atol=1e-3)
    assert_allclose(raw.multipliers.home_price * 1e6, [[200, 200]], atol=1e-3)


def test_a_request_that_pays_less_than_it_costs_is_not_followed(car, make_market, optimum):
    best = optimum(car, make_market(2, [a_request(price=6e-5, shortfall_penalty=2e-5)]))  # 80 < 100 EUR/MWh
    assert_allclose(best.charge, [[2000, 0]], atol=0.1)
    assert_allclose(best.missing[0, 0], 1500, atol=0.1)
    assert best.objective == pytest.approx(0.2 + 1500 * 2e-5)  # nothing earned, and the penalty


def test_the_penalty_counts_beside_the_price_that_is_not_earned(car, make_market, optimum):
    best = optimum(car, make_market(2, [a_request(price=6e-5, shortfall_penalty=5e-5)]))  # 110 > 100 EUR/MWh
    assert_allclose(best.charge, [[500, 1500]], atol=0.1)


def test_what_physics_does_not_give_is_missing(make_fleet, make_market, optimum):
    fleet = make_fleet(2, [{**CAR, "charge_max_w": [2000, 1200]}], import_price=[1e-4, 2e-4])
    best = optimum(fleet, make_market(2, [a_request(shortfall_penalty=1e-3)]))
    assert_allclose(best.charge, [[800, 1200]], atol=0.1)
    assert_allclose(best.missing[0, 0], 300, atol=0.1)
    assert best.objective == pytest.approx(0.08 + 0.24 - 1200 * 3e-4 + 300 * 1e-3)


def test_a_request_down_asks_for_more_import(make_fleet, make_market, optimum):
    fleet = make_fleet(2, [{**CAR, "fill_min_wh": [0, 2000]}], import_price=[2e-4, 1e-4], load_w=[[300, 300]])
    # baseline 300: the car would wait for the cheap hour; 1000 W are wanted now
    best = optimum(fleet, make_market(2, [a_request(DOWN, power_w=1000, baseline_w=300)]))
    assert_allclose(best.charge, [[1000, 1000]], atol=0.1)
    full = {**CAR, "fill_max_wh": 400}
    best = optimum(
        make_fleet(2, [{**full, "fill_min_wh": 0}], load_w=[[300, 300]]),
        make_market(2, [a_request(DOWN, power_w=1000, baseline_w=300)]),
    )
    assert_allclose(best.charge[0, 0], 400, atol=0.1)
    assert_allclose(best.missing[0, 0], 600, atol=0.1)


def test_the_baseline_counts_and_not_what_would_be_done_without_the_request(car, make_market, optimum):
    # against a baseline of 2500 the 2000 W of the car are 500 W delivered already
    best = optimum(car, make_market(2, [a_request(baseline_w=2500, slots=(0,), power_w=500)]))
    assert_allclose(best.charge, [[2000, 0]], atol=0.1)
    assert_allclose(best.missing[0, 0], 0, atol=0.1)


def test_a_request_may_have_a_baseline_for_each_of_its_slots(make_fleet, make_market, optimum):
    fleet = make_fleet(3, load_w=[[1000, 700, 400]])
    best = optimum(fleet, make_market(3, [a_request(slots=(0, 2), power_w=200, baseline_w=[1000, 700])]))
    assert_allclose(best.missing, [[200, 0, 0]], atol=0.1)


def test_homes_balance_each_other_before_the_portfolio_trades(make_fleet, make_market, optimum):
    fleet = make_fleet(2, homes=2, load_w=[[0, 0], [1500, 1500]], pv_w=[[2000, 500], [0, 0]], import_price=0.0)
    market = make_market(2, buy_price=[3e-4, 3e-4], sell_price=[1e-4, 1e-4])
    best = optimum(fleet, market)
    assert_allclose(best.buy, [0, 1000], atol=0.1)
    assert_allclose(best.sell, [500, 0], atol=0.1)
    assert best.objective == pytest.approx(1000 * 3e-4 - 500 * 1e-4)
    assert_allclose(referee(fleet, market).multipliers.portfolio_price * 1e6, [100, 300], atol=1e-3)


def test_every_home_counts_once_however_many_feeders_are_above_it(make_fleet, make_market, optimum):
    fleet = make_fleet(1, homes=2, home_feeder=[0, 1], load_w=[[100], [30]], import_price=0.0, feeder_parent=[1, 2, -1])
    assert_allclose(optimum(fleet, make_market(1, buy_price=1e-4)).buy, [130], atol=0.1)


def test_wholesale_and_retail_prices_add(make_fleet, make_market, optimum):
    # grid fees of 50 EUR/MWh at home, wholesale 100 and 300 at the portfolio: as one tariff of 150 and 350
    fleet = make_fleet(2, [BATTERY], load_w=[[1000, 1000]], import_price=5e-5)
    best = optimum(fleet, make_market(2, buy_price=[1e-4, 3e-4], sell_price=[1e-4, 3e-4]))
    assert_allclose(best.charge, [[1000 / 0.9, 0]], atol=0.1)
    assert best.objective == pytest.approx((1000 + 1000 / 0.9) * 1.5e-4 + 100 * 3.5e-4)


def test_at_a_negative_wholesale_price_all_that_can_be_is_drawn(make_fleet, make_market, optimum):
    fleet = make_fleet(1, [BATTERY], pv_w=2000, load_w=[[500]], import_price=0.0)
    best = optimum(fleet, make_market(1, buy_price=-1e-4, sell_price=-2e-4))
    assert_allclose(best.pv_used, 0, atol=0.1)
    assert best.buy[0] > 1600  # PV is held back, and the battery burns what a programme lets it burn
