import pytest

from osb_hil.mix import box_home_config, neighbourhood

PARTS = ("heat_pump", "tank", "ev", "battery", "pv")


def test_twelve_homes_are_a_realistic_mix():
    # 75 % of 12 = 9, 50 % = 6, 58 % = 6.96, 60 % = 7.2, a third = 4
    homes = neighbourhood(12, 1)
    owned = {part: sum(part in home.has for home in homes) for part in PARTS}
    assert owned == {"heat_pump": 9, "tank": 6, "ev": 7, "battery": 6, "pv": 7}
    assert sum(home.grid_meter == "p1" for home in homes) == 4
    assert [home.id for home in homes][::11] == ["box-01", "box-12"]
    assert {home.feeder for home in homes} == {"feeder-1"}


@pytest.mark.parametrize("seed", range(5))
def test_six_homes_have_at_least_two_of_each_thing(seed):
    homes = neighbourhood(6, seed)
    assert all(sum(part in home.has for home in homes) >= 2 for part in PARTS)
    assert sum(home.grid_meter == "p1" for home in homes) >= 2


def test_a_neighbourhood_is_drawn_from_its_seed():
    assert neighbourhood(8, 5) == neighbourhood(8, 5)
    assert neighbourhood(8, 5) != neighbourhood(8, 6)


def test_a_single_home_has_everything_and_none_is_refused():
    assert neighbourhood(1, 1)[0].has == list(PARTS)
    with pytest.raises(ValueError, match="at least 1 home, not 0"):
        neighbourhood(0, 1)


@pytest.mark.parametrize("seed", range(4))
def test_what_the_installer_types_is_right_on_plates_and_wrong_where_nobody_knows(seed):
    for spec in neighbourhood(12, seed):
        home = box_home_config(spec)
        assert {part for part in PARTS if part in home} == set(spec.has)
        assert home["comfort"]["min_mc"] == round(1000 * spec.comfort.min_c)
        assert home["comfort"]["night"][0] in ("22:00", "23:00")
        true_capacity = spec.building.air_wh_k + spec.building.mass_wh_k
        for typed, true in (
            (home["building"]["loss_w_k"], spec.building.loss_w_k),
            (home["building"]["capacity_wh_k"], true_capacity),
        ):
            assert 0.09 < abs(typed / true - 1) < 0.16
        if spec.heat_pump:
            assert home["heat_pump"]["power_max_w"] == spec.heat_pump.power_max_w
            outdoors, cops = zip(*home["heat_pump"]["cop_pm"], strict=True)
            assert outdoors == (-7000, 2000, 7000)
            assert 1700 < cops[0] < cops[1] < cops[2] < 5600
        if spec.ev:
            assert home["ev"]["max_a"] * 230 * home["ev"]["phases"] in (7360, 11040)
            assert home["ev"]["ready_by"] == f"{spec.ev.departure // 60:02d}:{spec.ev.departure % 60:02d}"
            assert 6.75 <= spec.ev.departure / 60 <= 8.5
        if spec.battery:
            assert 5000 <= home["battery"]["capacity_wh"] <= 13_000


@pytest.mark.parametrize("seed", range(4))
def test_heat_pumps_are_big_enough_and_houses_slow_enough(seed):
    for spec in neighbourhood(12, seed):
        house = spec.building
        assert 30 <= (house.air_wh_k + house.mass_wh_k) / house.loss_w_k <= 80
        if spec.heat_pump:
            needed_w = house.loss_w_k * (spec.comfort.setpoint_c - 0.0) - house.gain_w
            assert spec.heat_pump.power_max_w * 2.5 > 1.3 * needed_w  # a COP of 2.5 is a poor one at 0 °C
            assert spec.heat_pump.power_min_w < 0.3 * spec.heat_pump.power_max_w
