"""Feeders under feeders: every limit counts what is below it. Slots are one hour: W and Wh are the same number."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from osb_hub.dispatch.referee import referee
from osb_hub.dispatch.schedule import simulate
from osb_hub.dispatch.tree import a_cycle, add_children, depth
from osb_hub.errors import InputError

INF = np.inf
CAR = {"charge_max_w": 4000, "fill_min_wh": [0, 2000]}  # 2000 Wh within two hours


def test_a_transformer_limits_its_streets_together(make_fleet):
    fleet = make_fleet(
        2,
        [{**CAR, "home": 0}, {**CAR, "home": 1}],
        homes=2,
        home_feeder=[0, 1],
        import_price=[[1e-4, 1.6e-4]],
        feeder_import_max_w=[[INF], [INF], [2500]],
        feeder_parent=[2, 2, -1],
    )
    raw = referee(fleet)
    # 2500 of the 4000 Wh fit into the cheap hour; one more would save 60 EUR/MWh, whichever street it is for
    assert_allclose(simulate(fleet, raw.schedule).feeder_net_w[2], [2500, 1500], atol=0.1)
    assert_allclose(raw.multipliers.feeder_price * 1e6, [[0, 0], [0, 0], [60, 0]], atol=1e-3)
    assert_allclose(raw.multipliers.home_price * 1e6, [[160, 160], [160, 160]], atol=1e-3)


def test_on_the_way_up_prices_of_limits_add(make_fleet):
    fleet = make_fleet(
        2,
        [{**CAR, "home": 0}, {**CAR, "home": 1, "fill_min_wh": [2000, 2000]}],
        homes=2,
        home_feeder=[0, 1],
        import_price=[[1e-4, 3e-4]],
        feeder_import_max_w=[[500, INF], [INF, INF], [1500, INF]],
        feeder_parent=[2, 2, -1],
        feeder_penalty=[[5e-3], [5e-3], [1.5e-4]],
    )
    raw = referee(fleet)
    # home 1 must charge 2000 now, so the transformer's limit is broken at 150 EUR/MWh; home 0 needs 2000 in two hours:
    # now it would pay 100 + 150, later 300. It charges now what its street carries, which is worth 50 more.
    outcome = simulate(fleet, raw.schedule)
    assert_allclose(outcome.net_w, [[500, 1500], [2000, 0]], atol=0.1)
    assert_allclose(outcome.import_excess_w, [[0, 0], [0, 0], [1000, 0]], atol=0.1)
    assert_allclose(raw.multipliers.feeder_price[:, 0] * 1e6, [50, 0, 150], atol=1e-3)


def test_a_node_of_the_tree_may_have_homes_of_its_own(make_fleet):
    fleet = make_fleet(
        1,
        homes=3,
        home_feeder=[0, 1, 2],
        load_w=[[100], [20], [3]],
        feeder_import_max_w=[[INF], [INF], [110]],
        feeder_parent=[2, 0, -1],  # 1 under 0 under 2
    )
    outcome = simulate(fleet, referee(fleet).schedule)
    assert_allclose(outcome.feeder_net_w[:, 0], [120, 20, 123])
    assert_allclose(outcome.import_excess_w[:, 0], [0, 0, 13])
    assert outcome.penalty_eur == pytest.approx(13 * 5e-3)


def test_an_export_limit_of_the_transformer_holds_back_pv_of_all_streets(make_fleet):
    fleet = make_fleet(
        1,
        homes=2,
        home_feeder=[0, 1],
        pv_w=[[3000], [2000]],
        export_price=[[1e-4], [2e-4]],
        feeder_export_max_w=[[INF], [INF], [4000]],
        feeder_parent=[2, 2, -1],
    )
    raw = referee(fleet)
    assert_allclose(raw.schedule.pv_used_w, [[2000], [2000]], atol=0.1)  # held back where feeding in earns least
    assert_allclose(raw.multipliers.feeder_price * 1e6, [[0], [0], [-100]], atol=1e-3)


@pytest.mark.parametrize(
    ("parent", "sentence"),
    [
        ([1, 2, 0], "feeder_parent of a leads back to itself; feeders form a tree."),
        ([-1, 1, -1], "feeder_parent of b leads back to itself; feeders form a tree."),
        ([-1, 3, -1], "feeder_parent of b is 3; it is the number of a feeder (0 to 2) or -1 for the portfolio."),
        ([-1, 0.5, -1], "feeder_parent holds something that is not a whole number."),
    ],
)
def test_what_is_no_tree_is_refused(make_fleet, parent, sentence):
    with pytest.raises(InputError) as error:
        make_fleet(2, homes=3, home_feeder=[0, 1, 2], feeder_parent=parent, feeder_names=("a", "b", "c"))
    assert str(error.value) == sentence


def test_without_a_parent_every_feeder_is_right_under_the_portfolio(make_fleet):
    assert_array_equal(make_fleet(2, homes=2, home_feeder=[0, 1]).feeder_parent, [-1, -1])


def test_sums_over_a_tree():
    parent = np.array([3, 3, 4, 4, -1, 0])  # 5 under 0, 0 and 1 under 3, 2 and 3 under 4
    assert_array_equal(depth(parent), [2, 2, 1, 1, 0, 3])
    values = np.array([[1.0], [2], [4], [8], [16], [32]])
    add_children(parent, values)
    assert_array_equal(values[:, 0], [33, 2, 4, 43, 63, 32])
    assert a_cycle(parent) is None
    assert a_cycle(np.array([1, 0, 1, -1])) == 0  # 2 leads into the cycle but is not on it
    assert a_cycle(np.arange(1000) - 1) is None
