"""What cannot be done is said by name and amount; and a solver that runs out of time does not return a zero."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from osb_hub.dispatch.market import UP, Request, Reserve
from osb_hub.dispatch.referee import referee
from osb_hub.dispatch.result import Violation, multiplier_shapes, tell


def test_a_car_that_cannot_be_full_in_time_is_named_and_charged_as_far_as_possible(make_fleet, solve):
    fleet = make_fleet(
        3,
        [
            {"home": 0, "charge_max_w": 2000, "fill_min_wh": [0, 5000, 0]},
            {"home": 1, "charge_max_w": 2000, "fill_min_wh": [0, 0, 3000]},
        ],
        homes=2,
        import_price=[3e-4, 2e-4, 1e-4],
        store_names=("box-01 ev", "box-02 ev"),
    )
    solution = solve(fleet)
    assert solution.status == "infeasible"
    assert solution.violations == (Violation("box-01 ev", "band", pytest.approx(1000, abs=0.1), 1),)
    assert (
        tell(solution.violations, "slot {}".format) == "Cannot be kept: box-01 ev (1000 Wh outside its band in slot 1)."
    )
    assert_allclose(solution.schedule.charge_w, [[2000, 2000, 0], [0, 1000, 2000]], atol=0.1)


def test_a_load_above_the_fuse_is_named(make_fleet, solve):
    fleet = make_fleet(2, load_w=[[500, 9500]], import_max_w=9200, home_names=("box-07",))
    solution = solve(fleet)
    assert solution.status == "infeasible"
    assert tell(solution.violations, "slot {}".format) == "Cannot be kept: box-07 (300 W above its fuse in slot 1)."


def test_a_hard_band_gives_way_before_the_fuse(make_fleet, solve):
    battery = {"fill0_wh": 0, "charge_max_w": 5000, "fill_min_wh": [4000]}
    solution = solve(make_fleet(1, [battery], import_max_w=3000))
    assert [(v.what, v.amount) for v in solution.violations] == [("band", pytest.approx(1000, abs=0.1))]
    assert_allclose(solution.outcome.net_w, 3000, atol=0.1)


def test_at_the_time_limit_the_homes_are_kept_at_their_lower_edge(make_fleet, solve):
    slots, homes = 200, 20
    stores = [
        {
            "home": h,
            "eta_in": 3,
            "charge_max_w": 2000,
            "usage_w": -1000 - 10 * h,
            "below_price": 0.02,
            "wear_price": 1e-6,
        }
        for h in range(homes)
    ]
    price = 2e-4 + 1e-4 * np.sin(np.arange(slots))
    fleet = make_fleet(slots, stores, homes, load_w=np.full((homes, slots), 300.0), import_price=price)
    solution = solve(fleet, time_limit_s=1e-6)
    assert solution.status == "feasible"
    assert_allclose(solution.outcome.below_wh, 0, atol=1e-6)
    assert_allclose(solution.schedule.charge_w[0], 1000 / 3)
    assert solve(fleet).objective_eur < solution.objective_eur


def test_promises_never_make_a_fleet_infeasible_and_do_not_hide_who_is(make_fleet, make_market):
    reserve = Reserve("afrr", UP, (0, 1), 5000, 2, 1e-5, 1e-3)
    request = Request("evening", UP, (1,), 9000, 0, 1e-4, 1e-3)
    market = make_market(2, [request], [reserve])
    alone = {"load_w": [[100, 100]], "feeder_import_max_w": 50}
    assert referee(make_fleet(2, **alone), market).status == "optimal"
    late = {"charge_max_w": 1000, "fill_min_wh": [3000, 0]}
    raw = referee(make_fleet(2, [late], **alone, store_names=("box-01 ev",)), market)
    assert raw.status == "infeasible"
    assert tell(raw.violations, "slot {}".format) == "Cannot be kept: box-01 ev (2000 Wh outside its band in slot 0)."
    assert_allclose(raw.schedule.charge_w[0, 0], 1000, atol=0.1)


def test_at_the_time_limit_there_is_a_multiplier_for_every_constraint_all_the_same(make_fleet, make_market):
    homes = 20
    stores = [{"home": h, "charge_max_w": 2000, "fill_min_wh": 500} for h in range(homes)]
    fleet = make_fleet(96, stores, homes, load_w=np.full((homes, 96), 300.0))
    market = make_market(96, [], [Reserve("afrr", UP, (0, 1), 5000, 2, 1e-5, 1e-3)], buy_price=1e-4)
    raw = referee(fleet, market, time_limit_s=1e-6)
    assert raw.status == "feasible"
    shapes = multiplier_shapes(fleet, market)
    assert {name: getattr(raw.multipliers, name).shape for name in shapes} == shapes
    assert_allclose(raw.multipliers.home_price * 1e6, 300)  # 200 at home and 100 for the portfolio
