"""The best response of one store, against a linear programme of it and against what can be worked out by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from osb_hub.dispatch.certificate.best_response import StoreRows, least_costs

INF = np.inf
BATTERY = {"charge_max": 1000.0, "discharge_max": 1000.0, "high": 1000.0, "below": INF, "above": INF}


def least_cost(slots, **given):
    """Of one store with one-hour slots, lossless and free of charge where nothing is said."""
    usual = {"fill0": 0.0, "retention": 1.0, "gain": 1.0, "drain": 1.0}
    row = {name: np.broadcast_to(given.get(name, usual.get(name, 0.0)), slots) for name in StoreRows._fields}
    rows = StoreRows(
        **{name: [values.astype(float).tolist()] for name, values in row.items() if name != "fill0"},
        fill0=[row["fill0"][0]],
    )
    result = [0.0]
    least_costs(rows, slots, [[0.0] * (4 * slots + 8) for _ in range(5)], result)
    return result[0]


def by_linprog(slots, **row):
    """The same store as a linear programme, in kW and kWh; inf if it is infeasible."""
    one, none = np.eye(slots), np.zeros((slots, slots))
    balance = np.hstack(
        [-np.diag(row["gain"]), np.diag(row["drain"]), one - np.diag(row["retention"][1:], -1), none, none]
    )
    right = row["inflow"].copy()
    right[0] += row["retention"][0] * row["fill0"]
    soft_below, soft_above = np.isfinite(row["below"]), np.isfinite(row["above"])
    band = np.block([[none, none, -one, -one, none], [none, none, one, none, -one]])
    below, above = np.where(soft_below, row["below"], 0), np.where(soft_above, row["above"], 0)
    low = np.concatenate([np.zeros(2 * slots), np.full(slots, -INF), np.zeros(2 * slots)])
    high = np.concatenate(
        [
            row["charge_max"],
            row["discharge_max"],
            np.full(slots, INF),
            np.where(soft_below, INF, 0),
            np.where(soft_above, INF, 0),
        ]
    )
    found = linprog(
        np.concatenate([row["charge_cost"], row["discharge_cost"], row["fill_cost"], below, above]) * 1e3,
        band,
        np.concatenate([-row["low"], row["high"]]) / 1e3,
        balance,
        right / 1e3,
        np.column_stack([low, high]) / 1e3,
    )
    return INF if found.status == 2 else found.fun


def random_store(seed, slots):
    """Any retention, also 0; bands that are hard, soft, free, narrow or out of reach; powers that are 0."""
    rng = np.random.default_rng(seed)

    def sometimes(values):
        return values * (rng.random(slots) < rng.choice([0.0, 0.7, 1.0]))

    retention = rng.choice([rng.uniform(0.9, 1), 1.0, rng.uniform(0.2, 1)])
    low = rng.uniform(0, 3000, slots)
    return {
        "fill0": rng.uniform(0, 5000),
        "retention": np.where(rng.random(slots) < 0.1, 0.0, retention),
        "inflow": sometimes(rng.uniform(-1500, 500, slots)),
        "gain": rng.uniform(0.1, 4, slots),
        "drain": 1 / rng.uniform(0.5, 4, slots),
        "charge_max": sometimes(rng.uniform(0, 5000, slots)),
        "discharge_max": sometimes(rng.uniform(0, 5000, slots)),
        "charge_cost": rng.uniform(-1e-4, 4e-4, slots),
        "discharge_cost": rng.uniform(-4e-4, 1e-4, slots),
        "fill_cost": sometimes(rng.uniform(-1e-4, 1e-4, slots)),
        "low": low,
        "high": low + sometimes(rng.uniform(0, 6000, slots)),
        "below": np.where(rng.random(slots) < rng.choice([0, 0.2, 1]), INF, rng.choice([0, 2e-2, 1e-4], slots)),
        "above": np.where(rng.random(slots) < rng.choice([0, 0.2, 1]), INF, rng.choice([0, 2e-2, 1e-4], slots)),
    }


@settings(max_examples=150, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32), slots=st.integers(1, 20))
def test_the_best_response_is_the_optimum_of_the_stores_programme(seed, slots):
    store = random_store(seed, slots)
    optimum = by_linprog(slots, **store)
    assert least_cost(slots, **store) == pytest.approx(optimum, rel=1e-6, abs=1e-6)
    softened = store | {edge: np.minimum(store[edge], 1.0) for edge in ("below", "above")}
    assert least_cost(slots, **softened) == pytest.approx(by_linprog(slots, **softened), rel=1e-6, abs=1e-6)


def test_a_battery_earns_the_difference_of_two_prices():
    # 1000 Wh bought at 100 and sold at 300 EUR/MWh
    assert least_cost(2, **BATTERY, charge_cost=[1e-4, 3e-4], discharge_cost=[-1e-4, -3e-4]) == pytest.approx(-0.2)


def test_charging_and_discharging_at_once_is_part_of_the_programme():
    # full, 20 % lost on the way in: 1000 W in and 800 W out leave it full and burn 200 W at −100 EUR/MWh; and in the
    # programme 1000 W out need not be: 800 W are what keeps the band
    earned = least_cost(1, **BATTERY, fill0=1000.0, gain=0.8, charge_cost=-1e-4, discharge_cost=1e-4)
    assert earned == pytest.approx(-0.1 + 0.08)


def test_a_store_without_power_costs_what_its_band_costs():
    # 500 Wh lose 200 an hour: 300, 100, −100: below 0 by 100 Wh in the last slot
    assert least_cost(3, fill0=500.0, inflow=-200.0, high=1e4, below=0.02) == pytest.approx(2.0)
    # and 300 Wh above 200: 100, 100 and 0 Wh (the fills are 300, 300 and then 100)
    assert least_cost(3, fill0=300.0, inflow=[0, 0, -200], high=200.0, above=0.01) == pytest.approx(2.0)


def test_a_store_that_keeps_nothing_does_not_care_what_came_before():
    # of each hour's fill nothing is left: 500 Wh must be bought anew in both, at 1 and at 3
    store = {"retention": 0.0, "charge_max": 1000.0, "low": 500.0, "high": 1000.0, "below": INF, "above": INF}
    assert least_cost(2, **store, charge_cost=[1e-4, 3e-4]) == pytest.approx(0.2)


def test_a_hard_band_out_of_reach_has_no_cost():
    store = {"charge_max": 1000.0, "high": 2000.0, "below": INF, "above": INF}
    assert least_cost(1, **store, low=1001.0) == INF
    assert least_cost(1, **store, low=999.0) == 0
    assert least_cost(1, **store, low=0.0, fill0=2001.0) == INF


def test_a_hard_band_that_is_met_but_for_rounding_is_met():
    # 5 mWh are missing, which is what single precision leaves of a car's battery; they make nothing unreachable
    store = {"charge_max": 100.0 / 3, "high": 1e4, "below": INF, "above": INF}
    low = np.zeros(10)
    low[-1] = 1000.0 / 3 + 5e-3
    assert least_cost(10, **store, low=low, charge_cost=1e-4) == pytest.approx(0.1 / 3, abs=1e-4)


def test_rounding_does_not_grow_in_a_store_that_loses_most_of_its_fill():
    # nothing can be done: the fills follow, and are short of 2000 Wh by what they are
    fill, cost = 5000.0, 0.0
    for _ in range(40):
        fill = 0.07 * fill + 200
        cost += 0.02 * (2000 - fill)
    store = {"fill0": 5000.0, "retention": 0.07, "inflow": 200.0, "low": 2000.0, "high": 4000.0, "below": 0.02}
    assert least_cost(40, **store, above=INF) == pytest.approx(cost)


def test_what_is_in_the_store_has_its_price_in_every_slot():
    # a Wh is worth 4 EUR at the end, and costs 1 in each slot that it is there: bought in the first slot, for nothing,
    # 4 − 3 are left, bought in the last, for 2, 4 − 1 − 2; so 1 EUR for each of 1000 Wh
    cost = least_cost(3, **BATTERY, charge_cost=[0, 1, 2], discharge_cost=9, fill_cost=[1, 1, 1 - 4])
    assert cost == pytest.approx(-1000.0)
