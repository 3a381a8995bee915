"""Small fleets whose best schedule can be worked out by hand. Slots are one hour: W and Wh are the same number."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from osb_hub.dispatch.model import Previous

INF = np.inf
BATTERY = {"charge_max_w": 5000, "discharge_max_w": 5000, "eta_in": 0.9, "eta_out": 0.9, "fill_max_wh": 1000}


def test_a_battery_buys_cheap_and_spares_dear(make_fleet, solve):
    fleet = make_fleet(2, [BATTERY], load_w=[[1000, 1000]], import_price=[1e-4, 3e-4])
    solution = solve(fleet)
    # 1000 Wh fit in: 1000/0.9 bought, 900 given back; 2111.1 Wh at 100 and 100 Wh at 300 EUR/MWh
    assert solution.status == "optimal"
    assert_allclose(solution.schedule.charge_w, [[1000 / 0.9, 0]], atol=0.1)
    assert_allclose(solution.schedule.discharge_w, [[0, 900]], atol=0.1)
    assert solution.objective_eur == pytest.approx(0.211111 + 0.03, abs=1e-5)


def test_a_battery_stays_idle_where_its_losses_cost_more_than_the_prices_differ(make_fleet, solve):
    fleet = make_fleet(2, [BATTERY], load_w=[[1000, 1000]], import_price=[2.5e-4, 3e-4])  # 2.5 / 0.81 = 3.09
    assert solve(fleet).schedule.charge_w.max() < 0.1


def test_what_is_left_at_the_end_counts_with_its_value(make_fleet, solve):
    full = {**BATTERY, "fill0_wh": 1000}
    kept = make_fleet(1, [{**full, "end_value": 3e-4}], load_w=[[900]])  # worth 3.0 a Wh; 0.9·2.0 if used
    used = make_fleet(1, [{**full, "end_value": 1e-4}], load_w=[[900]])
    assert_allclose(solve(kept).outcome.fill_wh, [[1000]], atol=0.1)
    assert_allclose(solve(used).outcome.fill_wh, [[0]], atol=0.1)


def test_a_car_is_charged_in_the_cheapest_hours_before_it_leaves(make_fleet, solve):
    car = {"charge_max_w": [2000, 2000, 2000, 0], "fill_min_wh": [0, 0, 3000, 0], "usage_w": [0, 0, 0, -3000]}
    solution = solve(make_fleet(4, [car], import_price=[3e-4, 1e-4, 2e-4, 0]))
    assert_allclose(solution.schedule.charge_w, [[0, 2000, 1000, 0]], atol=0.1)
    assert_allclose(solution.outcome.fill_wh, [[0, 2000, 3000, 0]], atol=0.1)


def test_a_binding_cap_moves_load_and_its_price_is_the_difference_between_the_hours(make_fleet, solve):
    car = {"charge_max_w": 4000, "fill_min_wh": [0, 2000]}
    fleet = make_fleet(
        2,
        [{**car, "home": 0}, {**car, "home": 1}],
        homes=2,
        import_price=[[1e-4, 1.6e-4]],
        feeder_import_max_w=[[1500, INF]],
    )
    solution = solve(fleet)
    assert_allclose(solution.outcome.feeder_net_w, [[1500, 2500]], atol=0.1)
    assert_allclose(solution.feeder_price * 1e6, [[60, 0]], atol=1e-3)
    assert_allclose(solution.home_price * 1e6, [[160, 160], [160, 160]], atol=1e-3)


def test_each_feeder_has_its_own_limit_in_both_directions(make_fleet, solve):
    fleet = make_fleet(
        1,
        homes=2,
        home_feeder=[0, 1],
        load_w=[[3000], [0]],
        pv_w=[[0], [4000]],
        export_price=1e-4,
        feeder_import_max_w=[[1000], [INF]],
        feeder_export_max_w=[[INF], [2500]],
    )
    outcome = solve(fleet).outcome
    assert_allclose(outcome.import_excess_w, [[2000], [0]], atol=0.1)  # load cannot be moved: said, not hidden
    assert_allclose(outcome.net_w, [[3000], [-2500]], atol=0.1)  # PV is held back
    assert_allclose(outcome.export_excess_w, 0, atol=0.1)


def test_a_soft_band_is_left_as_little_as_the_heat_pump_allows(make_fleet, solve):
    room = {
        "fill0_wh": 1000,
        "eta_in": 3,
        "charge_max_w": 1000,
        "usage_w": -4000,
        "fill_min_wh": 0,
        "below_price": 0.02,
    }
    solution = solve(make_fleet(2, [room]))
    # 1000 + 3000 − 4000 = 0, then 0 + 3000 − 4000 = −1000
    assert_allclose(solution.outcome.below_wh, [[0, 1000]], atol=0.1)
    assert solution.outcome.penalty_eur == pytest.approx(20.0, abs=0.01)
    assert solution.status == "optimal"


def test_a_leaky_store_is_filled_late(make_fleet, solve):
    tank = {"fill0_wh": 0, "retention": 0.5, "charge_max_w": 4000, "fill_min_wh": [0, 0, 1000]}
    solution = solve(make_fleet(3, [tank], import_price=[1e-4, 1.5e-4, 4e-4]))
    # a Wh at the end costs 4 now, 1.5/0.5 = 3 an hour and 1/0.25 = 4 two hours before
    assert_allclose(solution.schedule.charge_w, [[0, 2000, 0]], atol=0.1)


def test_pv_is_held_back_only_while_feeding_in_costs_money(make_fleet, solve):
    fleet = make_fleet(2, load_w=[[500, 500]], pv_w=2000, import_price=2e-4, export_price=[-1e-4, 1e-4])
    assert_allclose(solve(fleet).schedule.pv_used_w, [[500, 2000]], atol=0.1)


def test_a_peak_price_is_paid_only_above_the_floor(make_fleet, solve):
    battery = {"fill0_wh": 500, "charge_max_w": 5000, "discharge_max_w": 5000, "fill_max_wh": 500, "end_value": 2e-4}
    fleet = make_fleet(2, [battery], load_w=[[4000, 3000]], peak_price=0.001, peak_floor_w=2500)
    solution = solve(fleet)
    # 500 Wh shave the 4000; 3500 − 2500 = 1000 W are billed at 1 EUR/kW; nothing is gained by refilling
    assert_allclose(solution.outcome.net_w, [[3500, 3000]], atol=0.1)
    assert solution.outcome.peak_eur == pytest.approx(1.0, abs=1e-3)


def test_fuse_before_comfort_before_cap(make_fleet, solve):
    room = {"eta_in": 3, "charge_max_w": 3000, "fill_min_wh": 6000, "below_price": 0.02}
    capped = solve(make_fleet(1, [room], feeder_import_max_w=500))
    assert_allclose(capped.outcome.below_wh, 0, atol=0.1)
    assert_allclose(capped.outcome.import_excess_w, 1500, atol=0.1)
    fused = solve(make_fleet(1, [room], import_max_w=1000))
    assert_allclose(fused.outcome.net_w, 1000, atol=0.1)
    assert_allclose(fused.outcome.below_wh, 3000, atol=0.1)


def test_a_plan_stays_as_it_is_while_nothing_is_gained_by_changing_it(make_fleet, solve):
    car = {"charge_max_w": 1000, "fill_min_wh": [0, 0, 0, 2000]}
    fleet = make_fleet(4, [car])  # all hours cost the same
    for before in ([0, 1000, 0, 1000], [1000, 0, 0, 1000]):
        kept = solve(fleet, Previous(np.array([before], dtype=float), np.full((1, 4), 1e-6)))
        assert_allclose(kept.schedule.charge_w, [before], atol=0.1)
        assert kept.objective_eur == pytest.approx(2000 * 2e-4)  # staying is no part of the cost


def test_energy_is_not_moved_in_a_circle_when_it_has_a_negative_price(make_fleet, solve):
    # 1000 Wh of room; burning more by charging and discharging at once would earn, but a battery cannot do that
    battery = {**BATTERY, "wear_price": 1e-6}
    solution = solve(make_fleet(1, [battery], import_price=-1e-4, export_price=-1e-4))
    assert solution.simultaneous == 1
    assert np.minimum(solution.schedule.charge_w, solution.schedule.discharge_w).max() == 0
    assert_allclose(solution.outcome.fill_wh, 1000, atol=0.1)
    assert_allclose(solution.outcome.net_w, 1000 / 0.9, atol=0.1)
    assert solution.outcome.objective_eur > solution.objective_eur


def test_a_lossless_battery_does_nothing_where_nothing_is_to_be_gained(make_fleet, solve):
    lossless = {"fill0_wh": 500, "charge_max_w": 5000, "discharge_max_w": 5000, "fill_max_wh": 1000, "wear_price": 1e-6}
    solution = solve(make_fleet(3, [{**lossless, "end_value": 2e-4}], load_w=[[300, 300, 300]]))
    assert solution.simultaneous == 0
    assert np.hypot(solution.schedule.charge_w, solution.schedule.discharge_w).max() < 0.1


def test_a_home_without_stores_is_a_home(make_fleet, solve):
    solution = solve(make_fleet(3, load_w=[[100, 200, 300]]))
    assert_allclose(solution.outcome.net_w, [[100, 200, 300]])
    assert solution.objective_eur == pytest.approx(600 * 2e-4)
