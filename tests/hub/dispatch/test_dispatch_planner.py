"""Offers from the wire to watts per actuator. Slots are 900 s: 1000 W are 250 Wh."""

import numpy as np
import pytest

from osb_hub.dispatch.planner import plan
from osb_hub.dispatch.problem import PlanProblem
from osb_hub.errors import InputError
from osb_wire.messages import decode, encode

START = 1768431600  # 2026-01-15T00:00+01:00
INF = np.inf


def store(actuator, **fields):
    return {
        "actuator": actuator,
        "fill_wh": 0,
        "retention_ppm": 1000000,
        "eta_in_pm": 1000,
        "eta_out_pm": 1000,
        "charge_max_w": 4000,
        "discharge_max_w": 0,
        "usage_w": 0,
        "fill_min_wh": 0,
        "fill_max_wh": 20000,
        "below_price": None,
        "above_price": None,
        "wear_price": 0,
        "end_value": 0,
        **fields,
    }


def offer(slots, *stores, start=START, **fields):
    message = {
        "id": 1,
        "t": start,
        "start": start,
        "slots": slots,
        "load_w": 0,
        "pv_w": 0,
        "import_max_w": 9200,
        "export_max_w": 9200,
        "stores": list(stores),
        **fields,
    }
    return decode("offer", encode("offer", message))


def problem(slots, offers, **fields):
    given = {
        "now": START - 60,
        "start": START,
        "slots": slots,
        "offers": offers,
        "feeders": dict.fromkeys([*offers, *fields.get("committed", {})], "street"),
        "committed": {},
        "import_price": np.full(slots, 300.0),
        "export_price": np.full(slots, 50.0),
        "limits": {},
        "margin_w": {},
        "previous": {},
    }
    return PlanProblem(**{**given, **fields})


def needs(wh, by, slots):
    """A car that must hold `wh` at the end of slot `by` and is worth nothing more afterwards."""
    return store("ev", fill_min_wh=[wh if t == by else 0 for t in range(slots)], fill_max_wh=wh)


def test_a_car_charges_when_it_is_cheap_and_under_the_limit_less_its_margin():
    car = needs(1000, 3, 4)
    result = plan(
        problem(
            4,
            {"box-1": offer(4, car, load_w=500)},
            import_price=np.array([300.0, 200, 250, 400]),
            limits={"street": np.array([INF, 3000, INF, INF])},
            margin_w={"street": 100.0},
        )
    )
    # slot 1: 3000 − 100 − 500 of load = 2400 W = 600 Wh; slot 2 the other 400 Wh = 1600 W
    assert result.status == "optimal"
    assert result.sentence == "Every limit is kept."
    assert result.power_w == {"box-1": {"ev": [0, 2400, 1600, 0]}}
    assert result.net_w == {"box-1": [500, 2900, 2100, 500]}
    assert result.shortfall_w == {"street": [0, 0, 0, 0]}
    assert result.shadow_price["street"].tolist() == pytest.approx([0, 50, 0, 0])


def test_a_cap_that_nobody_can_keep_is_broken_as_little_as_possible_and_out_loud():
    result = plan(problem(2, {"box-1": offer(2, load_w=[2000, 5200])}, limits={"street": np.full(2, 3000.0)}))
    assert result.status == "optimal"
    assert result.shortfall_w == {"street": [0, 2200]}
    assert result.sentence == (
        "street exceeds its limit by up to 2.2 kW between 23:15 UTC and 23:30 UTC, 0.6 kWh in all: "
        "nothing else can be moved."
    )


def test_comfort_is_not_given_up_for_a_cap_however_cheap_the_box_says_it_is():
    room = store("heat_pump", eta_in_pm=3000, usage_w=-6000, below_price=1, above_price=1, fill_max_wh=0)
    result = plan(problem(2, {"box-1": offer(2, room)}, limits={"street": np.full(2, 500.0)}))
    assert result.shortfall_w["street"] == [1500, 1500]


def test_what_is_committed_is_load_and_limits_the_others():
    offers = {name: offer(2, needs(500, 1, 2)) for name in ("box-1", "box-2")}
    result = plan(
        problem(
            2,
            offers,
            committed={"box-1": {"ev": [3000, 0]}, "box-3": {"tank": [500]}},
            limits={"street": np.array([4000.0, INF])},
        )
    )
    assert "box-1" not in result.power_w
    assert result.net_w["box-1"] == [3000, 0]
    assert result.net_w["box-3"] == [500, 0]
    assert result.power_w["box-2"]["ev"][0] <= 500  # 4000 − 3000 − 500
    assert sum(result.power_w["box-2"]["ev"]) == 2000


def test_an_older_offer_is_seen_from_the_start_of_the_plan():
    tank = store("tank", fill_wh=1000, usage_w=[-400, -800, -1200, -1600], fill_max_wh=3000, end_value=0)
    result = plan(problem(4, {"box-1": offer(4, tank, start=START - 2 * 900, load_w=[10, 20, 30, 40])}))
    # two slots gone: 1000 − 100 − 200 = 700 Wh left; then −300, −400, and past the end the offer's first slots of a day
    assert result.net_w["box-1"][:2] == [30, 40]
    drawn = 300 + 400 + 100 + 100
    assert sum(result.power_w["box-1"]["tank"]) / 4 >= drawn - 700


def test_an_offer_whose_band_is_upside_down_disturbs_nobody_else():
    wrong = offer(2, store("tank", fill_min_wh=500, fill_max_wh=400), load_w=700)
    result = plan(problem(2, {"box-1": wrong, "box-2": offer(2, needs(500, 1, 2))}))
    assert result.sentence == "box-1 is not dispatched: the tank's band is upside down."
    assert result.net_w["box-1"] == [700, 700]
    assert sum(result.power_w["box-2"]["ev"]) == 2000


def test_a_car_that_cannot_be_ready_is_named_and_the_others_are_planned():
    result = plan(problem(2, {"box-1": offer(2, needs(5000, 1, 2)), "box-2": offer(2, needs(500, 1, 2))}))
    assert result.status == "infeasible"
    assert result.sentence == "Cannot be kept: box-1 ev (3000 Wh outside its band in 23:15 UTC)."
    assert result.power_w["box-1"]["ev"] == [4000, 4000]
    assert sum(result.power_w["box-2"]["ev"]) == 2000


def test_a_battery_is_not_emptied_towards_the_horizon():
    battery = store("battery", fill_wh=5000, discharge_max_w=4000, eta_in_pm=950, eta_out_pm=950, fill_max_wh=10000)
    result = plan(problem(8, {"box-1": offer(8, battery, load_w=500)}))
    assert result.power_w["box-1"]["battery"] == [0] * 8  # all hours cost the same: nothing to be gained
    dear_end = np.array([200.0] * 4 + [400.0] * 4)
    evening = plan(problem(8, {"box-1": offer(8, battery, load_w=500)}, import_price=dear_end))
    assert evening.power_w["box-1"]["battery"][4:] == [-500] * 4


def test_a_plan_does_not_flap():
    before = {"box-1": {"ev": [0, 4000, 0, 0]}}
    offers = {"box-1": offer(4, needs(1000, 3, 4))}
    assert plan(problem(4, offers, previous=before)).power_w == before
    cheaper = np.array([300.0, 300, 300, 290])
    assert plan(problem(4, offers, previous=before, import_price=cheaper)).power_w == {"box-1": {"ev": [0, 0, 0, 4000]}}


def test_pv_is_told_to_hold_back_only_where_feeding_in_costs_money():
    sunny = offer(3, pv_w=[1000, 3000, 2000], load_w=400)
    result = plan(problem(3, {"box-1": sunny}, export_price=np.array([10.0, -20, 10])))
    assert result.power_w == {"box-1": {"pv": [-3000, -400, -3000]}}
    assert result.net_w["box-1"] == [-600, 0, -1600]


def test_a_peak_is_worth_avoiding_above_what_the_month_has_seen():
    # 2000 Wh in two of three slots of a quarter of an hour at any price: 4 kW for half an hour, or 2667 W throughout
    offers = {"box-1": offer(3, needs(2000, 2, 3)), "box-2": offer(3, needs(2000, 2, 3))}
    prices = np.array([300.0, 200, 200])
    result = plan(problem(3, offers, import_price=prices, peak_price=0.004, peak_w={"box-2": 4000.0}))
    # 1 W less peak saves 0.4 ct, and costs 0.25 h of 100 EUR/MWh more: box-1 is flat above its floor of 2.5 kW
    assert result.power_w["box-1"]["ev"] == [2667, 2667, 2667]
    assert result.power_w["box-2"]["ev"] == [0, 4000, 4000]  # it has had its 4 kW this month


def test_an_import_price_below_the_export_price_is_refused():
    with pytest.raises(InputError, match=r"^import_price of box-1 in slot 1 is below the export price\.$"):
        plan(problem(2, {"box-1": offer(2)}, import_price=np.array([300.0, 40])))


def test_paid_to_consume_a_battery_fills_up_and_does_nothing_else():
    battery = store("battery", discharge_max_w=4000, eta_in_pm=900, eta_out_pm=900, fill_max_wh=1800)
    prices = np.array([100.0, -50, -50, -50, 100])
    result = plan(problem(5, {"box-1": offer(5, battery, load_w=300)}, import_price=prices, export_price=prices - 60))
    power = result.power_w["box-1"]["battery"]
    # 1800 Wh in it are 2000 Wh charged, three slots at 2667 W or two at 4000; a battery cannot charge and discharge
    assert sum(power[1:4]) / 4 == pytest.approx(2000, abs=1)
    assert min(power[1:4]) >= 0
    assert result.realised_objective_eur >= result.lower_bound_eur - 1e-9


@pytest.mark.parametrize("slots", [92, 100])
def test_days_on_which_the_clock_changes_are_planned_like_others(slots):
    """A horizon of a local day of 23 or 25 hours; boxes always offer 96 slots."""
    car = needs(2000, 90, 96)
    prices = np.full(slots, 300.0)
    prices[89:91] = 100
    load = [100] * 92 + [700] * 4
    result = plan(problem(slots, {"box-1": offer(96, car, load_w=load)}, import_price=prices))
    assert result.status == "optimal"
    assert result.power_w["box-1"]["ev"] == [0] * 89 + [4000, 4000] + [0] * (slots - 91)
    assert result.net_w["box-1"][91:] == ([100] + [700] * 4 + [100] * 4)[: slots - 91]  # then a day earlier


def test_what_a_plan_moves_from_the_one_before_is_counted_and_priced():
    before = {"box-1": {"ev": [0, 4000, 0, 0]}}
    offers = {"box-1": offer(4, needs(1000, 3, 4))}
    kept = plan(problem(4, offers, previous=before))
    assert (kept.change_wh, kept.change_eur) == (0, 0)
    moved = plan(problem(4, offers, previous=before, import_price=np.array([300.0, 300, 300, 290])))
    # 1000 Wh less in one slot and more in another, at 0.2 EUR/MWh
    assert moved.change_wh == pytest.approx(2000)
    assert moved.change_eur == pytest.approx(0.0004)
    assert plan(problem(4, offers)).change_eur == 0


def test_a_plan_says_how_good_it_is():
    result = plan(problem(4, {"box-1": offer(4, needs(1000, 3, 4))}, import_price=np.array([300.0, 200, 250, 400])))
    # 1000 Wh at 200 EUR/MWh, worth the mean price of 287.5 at the end; without dispatch the car is charged just in time
    assert result.objective_eur == pytest.approx(0.2 - 0.2875)
    assert result.realised_objective_eur == pytest.approx(0.2 - 0.2875)
    assert result.no_dispatch_eur == pytest.approx(0.4 - 0.2875)
    assert result.lower_bound_eur == pytest.approx(0.2 - 0.2875, rel=1e-3)
    assert result.lower_bound_eur <= result.objective_eur + 1e-12
    assert 0 <= result.gap <= 1e-3
    assert 0 <= result.gap_of_savings <= 2e-3
    assert result.solver == "linprog"


def test_nobody_there_is_no_error():
    result = plan(problem(4, {}))
    assert (result.status, result.power_w, result.net_w) == ("optimal", {}, {})
