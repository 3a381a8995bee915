"""The exact step against a plain integration of the equations, and against balances worked by hand."""

import pytest

from osb_hil.home.building import Building
from osb_hil.home.spec import BuildingSpec

HOUSE = BuildingSpec(
    loss_w_k=160.0, air_wh_k=500.0, mass_wh_k=7000.0, air_mass_w_k=1400.0, heat_to_air=0.4, solar_m2=3.0, gain_w=300.0
)
NEVER_C = 99.0


def integrated(air, mass, heat, sun, outdoor, seconds):
    """Heun's method at 1 s, from the differential equations of a 2R2C building."""

    def slope(a, m):
        into_air = 1400.0 * (m - a) - 160.0 * (a - outdoor) + 0.4 * heat + 300.0 + 3.0 * sun
        return into_air / (500.0 * 3600), (1400.0 * (a - m) + 0.6 * heat) / (7000.0 * 3600)

    for _ in range(seconds):
        a1, m1 = slope(air, mass)
        a2, m2 = slope(air + a1, mass + m1)
        air, mass = air + (a1 + a2) / 2, mass + (m1 + m2) / 2
    return air, mass


@pytest.mark.parametrize(("heat", "sun", "outdoor"), [(0.0, 0.0, 0.0), (6000.0, 0.0, -5.0), (1000.0, 400.0, 12.0)])
def test_two_hours_in_minutes_follow_the_equations(heat, sun, outdoor):
    house = Building(HOUSE, 20.0, 5.0)
    expected = integrated(house.air_c, house.mass_c, heat, sun, outdoor, 7200)
    for _ in range(120):
        house.step(60, heat, sun, outdoor, NEVER_C)
    assert (house.air_c, house.mass_c) == pytest.approx(expected, abs=1e-6)


def test_a_step_is_exact_whatever_its_length():
    by_minutes, at_once = Building(HOUSE, 20.0, 0.0), Building(HOUSE, 20.0, 0.0)
    for _ in range(60):
        by_minutes.step(60, 2500.0, 0.0, 0.0, NEVER_C)
    at_once.step(3600, 2500.0, 0.0, 0.0, NEVER_C)
    assert at_once.air_c == pytest.approx(by_minutes.air_c, abs=1e-9)


def test_a_home_in_balance_stays_there():
    # 160 W/K x 20 K - 300 W of gains = 2900 W
    house = Building(HOUSE, 20.0, 0.0)
    assert house.holding_w(20.0, 0.0) == 2900.0
    house.step(86400, 2900.0, 0.0, 0.0, NEVER_C)
    assert house.air_c == pytest.approx(20.0, abs=1e-9)


def test_unheated_it_loses_its_excess_by_e_in_about_two_days():
    # (500 + 7000) Wh/K / 160 W/K = 47 h, and the mass lags behind the air a little; rest at 0 + 300 W / 160 W/K = 1.875
    house = Building(HOUSE, 20.0, 0.0)
    house.step(47 * 3600, 0.0, 0.0, 0.0, NEVER_C)
    assert (house.air_c - 1.875) / (20.0 - 1.875) == pytest.approx(0.368, abs=0.05)


def test_too_warm_a_room_gets_a_window_open_only_if_it_is_cooler_outside():
    airy, sultry = Building(HOUSE, 24.0, 15.0), Building(HOUSE, 24.0, 15.0)
    for _ in range(120):
        airy.step(60, 0.0, 500.0, 15.0, 22.5)
        sultry.step(60, 0.0, 500.0, 30.0, 22.5)
    assert airy.air_c < 23.5
    assert not sultry.window_open
    assert sultry.air_c > 24.5
