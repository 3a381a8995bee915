"""What homes do without dispatch, by hand. Slots are one hour: W and Wh are the same number."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from osb_hub.dispatch.schedule import hold, simulate


@pytest.mark.parametrize(
    ("store", "charge"),
    [
        # just in time for the departure, at full power
        ({"charge_max_w": 2000, "fill_min_wh": [0, 0, 0, 5000]}, [0, 1000, 2000, 2000]),
        # nothing while the car is away; the trip of the last hour must be in it before
        ({"charge_max_w": [2000, 2000, 0, 0], "usage_w": [0, 0, 0, -3000]}, [1000, 2000, 0, 0]),
        # a leaky tank is filled in the last hour if that suffices ...
        ({"charge_max_w": 4000, "retention": 0.5, "fill_min_wh": [0, 0, 0, 1000]}, [0, 0, 0, 1000]),
        # ... else as late as possible: (1000 − 700)/0.5 = 600 an hour before
        ({"charge_max_w": 700, "retention": 0.5, "fill_min_wh": [0, 0, 0, 1000]}, [0, 0, 600, 700]),
        # a heat pump keeps the lower edge against the cold, 3 Wh of heat for each it draws
        ({"charge_max_w": 2000, "eta_in": 3, "usage_w": -1500, "fill0_wh": 1500}, [0, 500, 500, 500]),
        # more than the store can take is not charged, even if it will be missing
        ({"charge_max_w": [9000, 9000, 0, 0], "usage_w": [0, 0, 0, -3000], "fill_max_wh": 2000}, [0, 2000, 0, 0]),
        # in a slot that keeps nothing of what was there, what came before does not help
        ({"charge_max_w": 500, "retention": [1, 1, 0, 1], "fill_min_wh": [0, 0, 800, 800]}, [0, 0, 500, 300]),
    ],
)
def test_without_dispatch_a_store_is_charged_just_in_time(make_fleet, store, charge):
    schedule = hold(make_fleet(4, [store]))
    assert_allclose(schedule.charge_w, [charge], atol=1e-9)
    assert schedule.discharge_w.max() == 0


def test_without_dispatch_a_store_is_discharged_only_above_its_upper_edge(make_fleet):
    battery = {"fill0_wh": 3000, "discharge_max_w": 900, "eta_out": 0.5, "fill_max_wh": [5000, 2000, 500]}
    fleet = make_fleet(3, [battery], load_w=[[5000] * 3], pv_w=700)
    schedule = hold(fleet)
    # 1000 Wh too much give 500; then 1500 too much, of which 900 W take 1800
    assert_allclose(schedule.discharge_w, [[0, 500, 750]])
    assert_allclose(schedule.pv_used_w, 700)
    assert_allclose(simulate(fleet, schedule).fill_wh, [[3000, 2000, 500]])


def test_float32_is_enough_for_what_is_read_and_computed_in_double(make_fleet):
    slots = 96
    store = {"fill0_wh": 1e6, "usage_w": 0.001, "fill_max_wh": 1e7}
    exact = make_fleet(slots, [store])
    single = make_fleet(slots, [store], usage_w=np.full((1, slots), 0.001, dtype=np.float32))
    assert single.usage_w.dtype == np.float32
    assert simulate(single, hold(single)).fill_wh.dtype == np.float64
    # float32 cannot tell 1 000 000.001 from 1 000 000; 96 slots add up to 0.096
    assert simulate(single, hold(single)).fill_wh[0, -1] == pytest.approx(1e6 + 0.096, abs=1e-3)
    assert_allclose(simulate(exact, hold(exact)).fill_wh, simulate(single, hold(single)).fill_wh, atol=1e-6)
