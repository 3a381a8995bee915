"""What a plan costs each home more than its own best plan alone. Slots of one hour: W and Wh are the same number."""

from dataclasses import replace

import numpy as np
import pytest

from osb_hub.dispatch.compensation import compensation, home_costs
from osb_hub.dispatch.dispatch import dispatch
from osb_hub.dispatch.fleet import AXES
from osb_hub.dispatch.schedule import Schedule, simulate

INF = np.inf


def car(home, wh, slots, most=1000.0, by=None):
    least = np.zeros(slots)
    least[slots - 1 if by is None else by :] = wh
    return {"home": home, "charge_max_w": most, "fill_min_wh": least, "fill_max_wh": wh}


def due(fleet):
    return compensation(fleet, dispatch(fleet, gap=1e-6).schedule, 30.0)


def test_who_must_wait_for_a_dear_slot_is_paid_the_difference(make_fleet):
    # 1000 Wh at 100 EUR/MWh alone; under 400 W a part of 600 Wh comes at 300: 0.04 + 0.18 − 0.10 EUR
    limit = np.array([[400.0, INF]])
    prices = np.array([1e-4, 3e-4])
    fleet = make_fleet(2, [car(0, 1000.0, 2)], import_price=prices, feeder_import_max_w=limit)
    assert due(fleet) == pytest.approx([0.12])


def test_who_must_come_before_a_limit_is_paid_when_it_does(make_fleet):
    # alone 1000 Wh in slot 1 at 100; with the limit there 600 Wh are taken before, at 300
    limit = np.array([[INF, 400.0]])
    fleet = make_fleet(2, [car(0, 1000.0, 2)], import_price=np.array([3e-4, 1e-4]), feeder_import_max_w=limit)
    assert due(fleet) == pytest.approx([0.12])


def test_who_is_not_moved_yet_is_paid_nothing_yet(make_fleet):
    # the first slot is too dear for anybody; the limit costs something only in slot 1, and will be paid for then
    limit = np.array([[INF, 400.0, INF]])
    prices = np.array([5e-4, 1e-4, 3e-4])
    fleet = make_fleet(3, [car(0, 1000.0, 3)], import_price=prices, feeder_import_max_w=limit)
    assert due(fleet) == pytest.approx([0.0], abs=1e-9)


def test_only_those_who_are_moved_are_paid(make_fleet):
    # the car of home 1 can wait for nothing cheaper; home 2 has no store
    limit = np.array([[700.0, INF]])
    stores = [car(0, 600.0, 2), car(1, 500.0, 2, by=0)]
    load = np.array([[0.0, 0], [0, 0], [100, 100]])
    prices = np.array([1e-4, 3e-4])
    fleet = make_fleet(2, stores, homes=3, load_w=load, import_price=prices, feeder_import_max_w=limit)
    # 700 − 500 − 100 leave 100 of 600 Wh: 500 Wh at 200 EUR/MWh more
    assert due(fleet) == pytest.approx([0.10, 0.0, 0.0], abs=1e-9)


def test_a_higher_peak_is_paid_for(make_fleet):
    # alone 500 W in both slots; under 200 W in slot 0 it is 800 W in slot 1: 300 W more at 0.4 ct, of which the first
    # slot has used up 200
    limit = np.array([[200.0, INF]])
    fleet = make_fleet(
        2,
        [car(0, 1000.0, 2)],
        import_price=2e-4,
        feeder_import_max_w=limit,
        peak_price=0.004,
        peak_floor_w=100.0,
    )
    assert due(fleet) == pytest.approx([1.2])


def test_the_last_slot_counts_what_is_left(make_fleet):
    # one slot: 1000 Wh worth 300 EUR/MWh could be had at 100; the limit lets 400 in
    limit = np.array([[400.0]])
    battery = {"charge_max_w": 1000.0, "discharge_max_w": 1000.0, "fill_max_wh": 1000.0, "end_value": 3e-4}
    fleet = make_fleet(1, [battery], import_price=1e-4, feeder_import_max_w=limit)
    assert due(fleet) == pytest.approx([600 * 2e-4])


def test_what_a_home_pays_has_five_parts(make_fleet):
    room = {"charge_max_w": 1000.0, "fill_min_wh": 500.0, "fill_max_wh": 800.0, "below_price": 2e-3, "wear_price": 1e-5}
    fleet = make_fleet(1, [{**room, "above_price": 1e-3, "end_value": 4e-4}], homes=2, import_price=1e-4, pv_w=30.0)
    schedule = Schedule(np.array([[100.0]]), np.zeros((1, 1)), np.array([[0.0], [30.0]]))
    # home 0: 100 Wh at 100 EUR/MWh, wear 0.1 ct, 400 Wh short of its band, 100 Wh left; home 1 exports for nothing
    assert home_costs(fleet, schedule) == pytest.approx([0.01 + 0.001 + 0.8 - 0.04, 0.0])


def street(rng, slots):
    """Six homes under one limit: a car each, some with a battery, prices as they come."""
    stores = []
    for home in range(6):
        stores.append(car(home, float(rng.integers(2, 9) * 250), slots, by=int(rng.integers(slots // 2, slots))))
        if home % 2:
            battery = {"home": home, "charge_max_w": 800.0, "discharge_max_w": 800.0, "fill_max_wh": 1500.0}
            stores.append({**battery, "fill0_wh": 700.0, "eta_in": 0.95, "eta_out": 0.95, "wear_price": 1e-6})
    limit = np.full((1, slots), 2500.0)
    limit[0, slots // 3 :] = 1500.0
    prices = rng.uniform(0.5e-4, 4e-4, slots)
    return {"stores": stores, "import_price": prices, "export_price": prices * 0.5, "feeder_import_max_w": limit}


@pytest.mark.parametrize("seed", range(4))
def test_over_a_day_everyone_is_paid_up_to_its_own_best_plan_alone(make_fleet, seed):
    """The plan is made anew in each slot; what a home has paid less what it was due is what it would have paid."""
    rng = np.random.default_rng(seed)
    slots = 8
    given = street(rng, slots)
    load = rng.uniform(50, 300, (6, slots))
    fleet = make_fleet(slots, given.pop("stores"), homes=6, load_w=load, **given)
    free = replace(fleet, feeder_import_max_w=np.full((1, 1), INF))
    alone = home_costs(free, dispatch(free, gap=1e-6).schedule)
    paid, received = np.zeros(6), np.zeros(6)
    for _ in range(slots):
        schedule = dispatch(fleet, gap=1e-6).schedule
        received += compensation(fleet, schedule, 30.0)
        paid += home_costs(*first(fleet, schedule, last=fleet.slots == 1))
        fleet = rest(fleet, schedule)
    assert received.sum() > 0.01  # the limit has moved somebody
    assert paid - received == pytest.approx(alone, abs=1e-6)


def cut(fleet, begin, end, **changes):
    return replace(fleet, **{name: getattr(fleet, name)[:, begin:end] for name in AXES if "T" in AXES[name]}, **changes)


def first(fleet, schedule, last):
    part = cut(fleet, 0, 1) if last else cut(fleet, 0, 1, end_value=np.zeros(1))
    return part, type(schedule)(schedule.charge_w[:, :1], schedule.discharge_w[:, :1], schedule.pv_used_w[:, :1])


def rest(fleet, schedule):
    if fleet.slots == 1:
        return fleet
    return cut(fleet, 1, fleet.slots, fill0_wh=simulate(fleet, schedule).fill_wh[:, 0])
