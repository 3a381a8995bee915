"""Reserve that can be held, worked out by hand. Slots are one hour: W and Wh are the same number."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from osb_hub.dispatch.market import DOWN, UP, Reserve
from osb_hub.dispatch.referee import referee

INF = np.inf
# 1000 Wh that are worth as much at the end as energy costs, so that by itself it stays idle
BATTERY = {
    "fill0_wh": 1000,
    "charge_max_w": 5000,
    "discharge_max_w": 2000,
    "fill_max_wh": 4000,
    "end_value": 2e-4,
    "wear_price": 1e-6,
}


def a_reserve(direction=UP, slots=(0,), power_w=1500, endurance=1, price=0.0, shortfall_penalty=1e-3, **changes):
    return Reserve("afrr", direction, slots, power_w, endurance, price, shortfall_penalty, **changes)


@pytest.mark.parametrize(
    ("slot", "endurance", "held"),
    [
        (0, 1, 1000),  # the fill lasts an hour
        (0, 3, 1000 / 3),  # three hours at most
        (0, 2, 500),
        (1, 3, 500),  # two of the three hours are left before the horizon ends
        (2, 3, 1000),  # one hour left
    ],
)
def test_a_battery_holds_what_it_can_give_for_the_endurance(make_fleet, make_market, optimum, slot, endurance, held):
    fleet = make_fleet(3, [{**BATTERY, "charge_max_w": 0}])
    best = optimum(fleet, make_market(3, reserve=[a_reserve(slots=(slot,), endurance=endurance)]))
    assert_allclose(best.up_discharge, [[held]], atol=0.1)
    assert_allclose(best.shortfall[0, slot], 1500 - held, atol=0.1)
    assert best.objective == pytest.approx((1500 - held) * 1e-3 - 1000 * 2e-4)


def test_each_product_has_its_own_endurance(make_fleet, make_market, optimum):
    fleet = make_fleet(4, [{**BATTERY, "charge_max_w": 0}])
    long, short = a_reserve(slots=(0,), endurance=4), a_reserve(slots=(1,), endurance=1)
    best = optimum(fleet, make_market(4, reserve=[short, long]))
    assert_allclose(best.up_discharge, [[250, 1000]], atol=0.1)


def test_power_limits_what_is_held_less_what_is_used(make_fleet, make_market, optimum):
    fleet = make_fleet(1, [{**BATTERY, "fill0_wh": 4000, "charge_max_w": 0, "end_value": 0}], load_w=[[1200]])
    # 2000 W in all: 1200 spare an import of 200 EUR/MWh, the rest may be promised at 100
    best = optimum(fleet, make_market(1, reserve=[a_reserve(power_w=1500, shortfall_penalty=1e-4)]))
    assert_allclose((best.discharge, best.up_discharge), [[[1200]], [[800]]], atol=0.1)
    # at 300 reserve comes first
    best = optimum(fleet, make_market(1, reserve=[a_reserve(power_w=1500, shortfall_penalty=3e-4)]))
    assert_allclose((best.discharge, best.up_discharge), [[[500]], [[1500]]], atol=0.1)


def test_a_car_holds_reserve_by_charging_less(make_fleet, make_market, optimum):
    # 1800 Wh are needed after the third hour; the car charges 0.9 of what it draws
    car = {"charge_max_w": 2000, "eta_in": 0.9, "fill_min_wh": [0, 0, 1800]}
    fleet = make_fleet(3, [car], import_price=[3e-4, 2e-4, 3e-4])
    best = optimum(fleet, make_market(3, reserve=[a_reserve(slots=(1,), power_w=9000)]))
    assert_allclose(best.charge, [[0, 2000, 0]], atol=0.1)
    assert_allclose(best.up_charge, [[2000]], atol=0.1)
    # for two hours on end: what is not charged then must not be needed for the departure at the end of the second
    best = optimum(fleet, make_market(3, reserve=[a_reserve(slots=(1,), power_w=9000, endurance=2)]))
    # c0 + c1 + c2 = 2000 + 2·r: every W that is held asks 2 Wh more to be charged, of which 4000 can be before or after
    assert_allclose(best.up_charge, [[2000]], atol=0.1)
    assert_allclose(best.charge, [[2000, 2000, 2000]], atol=0.1)


def test_a_heat_pump_s_efficiency_counts_for_what_is_missing_afterwards(make_fleet, make_market, optimum):
    tank = {"fill0_wh": 900, "eta_in": 3.0, "charge_max_w": 1000, "usage_w": -3000, "fill_min_wh": 0}
    best = optimum(make_fleet(1, [tank]), make_market(1, reserve=[a_reserve(power_w=9000)]))
    # it must charge 700 W to reach 0; at 1000 W it has 900 Wh to spare, which are 300 W less for an hour
    assert_allclose((best.charge, best.up_charge), [[[1000]], [[300]]], atol=0.1)


def test_downward_reserve_is_room_to_charge_or_discharge_that_can_stop(make_fleet, make_market, optimum):
    market = make_market(2, reserve=[a_reserve(DOWN, power_w=9000, endurance=2)])
    best = optimum(make_fleet(2, [{**BATTERY, "discharge_max_w": 0}]), market)
    assert_allclose(best.down_charge, [[1500]], atol=0.1)  # 3000 Wh of room for two hours
    emptying = {**BATTERY, "fill0_wh": 4000, "charge_max_w": 0, "discharge_max_w": [2000, 0], "eta_out": 0.8}
    best = optimum(make_fleet(2, [emptying], load_w=[[2000, 0]]), market)
    # 2000 W given back take 2500 Wh; stopping that for two hours puts 2·r/0.8 Wh back into the 2500 of room
    assert_allclose(best.discharge, [[2000, 0]], atol=0.1)
    assert_allclose(best.down_discharge, [[1000]], atol=0.1)


def test_upward_and_downward_reserve_share_one_battery(make_fleet, make_market, optimum):
    fleet = make_fleet(1, [{**BATTERY, "fill0_wh": 1000, "fill_max_wh": 1600}])
    both = [a_reserve(power_w=1000), a_reserve(DOWN, power_w=1000)]
    best = optimum(fleet, make_market(1, reserve=both))
    # 1600 Wh of band are 1600 W of both together: between them 400 W are missing
    assert_allclose(best.up_discharge + best.up_charge + best.down_charge + best.down_discharge, 1600, atol=0.1)
    assert_allclose(best.shortfall.sum(), 400, atol=0.1)


def test_backup_homes_are_held_out_and_unreliable_ones_count_for_less(make_fleet, make_market, optimum):
    stores = [{**BATTERY, "home": h, "charge_max_w": 0} for h in range(3)]
    fleet = make_fleet(1, stores, homes=3, backup=[1, 0, 0], reliability=[[1], [0.5], [0.8]])
    best = optimum(fleet, make_market(1, reserve=[a_reserve(power_w=1000, pool_margin=0.4)]))
    # 0.5·1000 + 0.8·1000 = 1300 of the 1400 that are to be held
    assert_allclose(best.up_discharge[:, 0], [0, 1000, 1000], atol=0.1)
    assert_allclose(best.shortfall, [[100]], atol=0.1)


def test_a_call_fits_the_fuse(make_fleet, make_market, optimum):
    up = make_market(1, reserve=[a_reserve(power_w=9000)])
    best = optimum(make_fleet(1, [BATTERY], load_w=[[300]], export_max_w=400), up)
    assert_allclose(best.up_discharge, [[700]], atol=0.1)  # 300 of load and 400 fed in
    down = make_market(1, reserve=[a_reserve(DOWN, power_w=9000)])
    fleet = make_fleet(1, [BATTERY], load_w=[[300]], import_max_w=1500)
    best = optimum(fleet, down)
    # the fill leaves room for 3000 W; the fuse for 1200, or for 2200 if 1000 are discharged meanwhile that can stop
    assert_allclose(best.down_charge + best.down_discharge, [[2200]], atol=0.1)
    assert_allclose(best.discharge, [[1000]], atol=0.1)


def test_stores_of_one_home_share_its_fuse(make_fleet, make_market, optimum):
    fleet = make_fleet(1, [{**BATTERY, "charge_max_w": 0}] * 2, export_max_w=1300)
    best = optimum(fleet, make_market(1, reserve=[a_reserve(power_w=9000)]))
    assert_allclose(best.up_discharge.sum(), 1300, atol=0.1)


def test_a_call_fits_every_feeder_above_the_home(make_fleet, make_market, optimum):
    stores = [{**BATTERY, "home": h, "charge_max_w": 0} for h in range(3)]
    fleet = make_fleet(
        1,
        stores,
        homes=3,
        home_feeder=[0, 0, 1],
        load_w=[[0], [0], [50]],
        feeder_export_max_w=[[600], [INF], [900]],
        feeder_parent=[2, 2, -1],
    )
    best = optimum(fleet, make_market(1, reserve=[a_reserve(power_w=9000)]))
    # at most 600 from the two homes of feeder 0; 900 fed in and 50 of load through the transformer
    assert_allclose(best.feeder_up[:, 0], [best.up_discharge[:2].sum(), best.up_discharge[2, 0], 950], atol=0.1)
    assert best.up_discharge[:2].sum() <= 600.1
    assert_allclose(best.feeder_excess, 0, atol=0.1)


def test_a_limit_gives_way_to_reserve_only_where_that_is_cheaper(make_fleet, make_market, optimum):
    fleet = make_fleet(1, [{**BATTERY, "charge_max_w": 0}], feeder_export_max_w=600, feeder_penalty=5e-3)
    best = optimum(fleet, make_market(1, reserve=[a_reserve(power_w=800, shortfall_penalty=6e-3)]))
    assert_allclose((best.shortfall, best.feeder_excess[1]), [[[0]], [[200]]], atol=0.1)


def test_reserve_in_both_directions_can_fill_a_feeder_to_both_limits(make_fleet, make_market, optimum):
    fleet = make_fleet(1, [{**BATTERY, "fill0_wh": 2000}], feeder_import_max_w=700, feeder_export_max_w=400)
    market = make_market(1, reserve=[a_reserve(power_w=3000, shortfall_penalty=3e-4), a_reserve(DOWN, power_w=3000)])
    best = optimum(fleet, market)
    assert_allclose(best.feeder_up + best.feeder_down, [[1100]], atol=0.1)  # net moves both by as much
    prices = referee(fleet, market).multipliers
    # all that is left is downward reserve, which pays more: net is at its lowest, −400, so that upward is 0
    assert_allclose(best.feeder_down, [[1100]], atol=0.1)
    assert_allclose(prices.feeder_import_price * 1e6, [[1000]], atol=1e-3)
    assert prices.feeder_export_price[0, 0] * 1e6 >= 300 - 1e-3
    assert_allclose(prices.feeder_import_price - prices.feeder_export_price, prices.feeder_price, atol=1e-12)


def test_offered_reserve_is_the_same_in_all_its_slots_and_only_as_much_as_can_be_held(make_fleet, make_market, optimum):
    fleet = make_fleet(3, [{**BATTERY, "charge_max_w": 0, "discharge_max_w": [2000, 600, 2000]}])
    offered = a_reserve(slots=(0, 1, 2), power_w=900, price=1e-4, offered=True)
    best = optimum(fleet, make_market(3, reserve=[offered]))
    assert_allclose(best.promised, [600], atol=0.1)
    assert best.objective == pytest.approx(-3 * 600 * 1e-4 - 1000 * 2e-4)
    at_most = a_reserve(slots=(0, 2), power_w=900, price=1e-4, offered=True)
    assert_allclose(optimum(fleet, make_market(3, reserve=[at_most])).promised, [900], atol=0.1)
    costly = a_reserve(slots=(0, 1, 2), power_w=900, price=-1e-6, offered=True)
    assert_allclose(optimum(fleet, make_market(3, reserve=[costly])).promised, [0], atol=0.1)


def test_the_price_of_reserve_is_what_the_energy_held_back_would_spare(make_fleet, make_market):
    # 900 Wh given back at 300 EUR/MWh instead of bought at 100 each 0.9: who holds 500 W for an hour cannot give 500
    battery = {"fill0_wh": 1000, "discharge_max_w": 5000, "fill_max_wh": 1000}
    fleet = make_fleet(2, [battery], load_w=[[1000, 1000]], import_price=[3e-4, 1e-4])
    market = make_market(2, reserve=[a_reserve(power_w=500)])
    raw = referee(fleet, market)
    assert_allclose(raw.schedule.discharge_w, [[500, 500]], atol=0.1)  # what was held is used an hour later
    assert_allclose(raw.multipliers.reserve_price * 1e6, [[200, 0]], atol=1e-3)
    assert_allclose(raw.multipliers.up_window_price * 1e6, [[[200]]], atol=1e-3)


def test_a_contract_earns_its_price_whole_and_pays_for_what_is_missing(make_fleet, make_market, optimum):
    fleet = make_fleet(2, [{**BATTERY, "charge_max_w": 0}])
    best = optimum(fleet, make_market(2, reserve=[a_reserve(slots=(0, 1), power_w=1200, price=2e-5)]))
    assert best.objective == pytest.approx(2 * (-1200 * 2e-5 + 200 * 1e-3) - 1000 * 2e-4)


def test_comfort_goes_before_reserve_where_a_band_is_soft(make_fleet, make_market, optimum):
    room = {"fill0_wh": 800, "eta_in": 2.0, "charge_max_w": 1000, "usage_w": -800, "below_price": 0.02}
    fleet = make_fleet(1, [room])
    best = optimum(fleet, make_market(1, reserve=[a_reserve(power_w=1500)]))
    # each W that is held needs 2 Wh to spare, which charging it gives: all 1000 W, and not one Wh below the band
    assert_allclose(best.up_charge, [[1000]], atol=0.1)
    assert_allclose(best.below, 0, atol=0.1)
    assert_allclose(best.shortfall, [[500]], atol=0.1)


def test_a_room_that_is_too_cold_anyway_can_hold_reserve_only_against_more_discomfort(make_fleet, make_market, optimum):
    # no heating helps in time: 600 below the band, whatever is done; a W held would be 2 Wh more of it if it is called
    room = {"fill0_wh": -1400, "eta_in": 2.0, "charge_max_w": 400, "below_price": 0.02}
    best = optimum(make_fleet(1, [room]), make_market(1, reserve=[a_reserve(power_w=100, shortfall_penalty=0.039)]))
    assert_allclose((best.below, best.up_charge), [[[600]], [[0]]], atol=0.1)
    best = optimum(make_fleet(1, [room]), make_market(1, reserve=[a_reserve(power_w=100, shortfall_penalty=0.041)]))
    assert_allclose((best.below, best.up_charge), [[[800]], [[100]]], atol=0.1)
