"""Tank, battery and car: what goes in, stays, and comes out."""

import pytest

from osb_hil.home.battery import Battery
from osb_hil.home.car import Car, Trip
from osb_hil.home.spec import BatterySpec, EvSpec, TankSpec
from osb_hil.home.tank import Tank

TANK = TankSpec(
    litres=200.0,
    power_w=2000.0,
    loss_w_k=1.6,
    ambient_c=18.0,
    min_c=45.0,
    max_c=62.0,
    safety_c=68.0,
    daily_litres=110.0,
)
BATTERY = BatterySpec(
    capacity_wh=10_000.0, charge_max_w=5000.0, discharge_max_w=4000.0, eta=0.95, soc_min=0.05, standby_w=12.0
)
CAR = EvSpec(phases=3, max_a=16.0, battery_wh=50_000.0, eta=0.9, wh_per_km=170.0, departure=420, back=1050, km=50.0)


def test_an_hour_of_heating_warms_the_tank_as_water_does():
    # 2000 Wh / (200 l x 1.163 Wh/(l K)) = 8.60 K, less 1.6 W/K x ~36 K x 1 h = 58 Wh = 0.25 K
    tank = Tank(TANK, 50.0)
    for _ in range(60):
        tank.step(60, True, 0.0)
    assert tank.temp_c == pytest.approx(50.0 + 8.60 - 0.25, abs=0.02)


def test_a_shower_takes_its_energy_however_hot_the_tank():
    # 42 l from 10 to 40 °C: 42 x 1.163 x 30 = 1465 Wh = 6.3 K of 200 l
    for start in (60.0, 50.0):
        tank = Tank(TANK, start)
        tank.step(1, False, 42.0)
        assert start - tank.temp_c == pytest.approx(6.30, abs=0.01)


def test_a_cold_tank_gives_all_it_has():
    tank = Tank(TANK, 30.0)
    tank.step(1, False, 10.0)  # 10 of 200 litres at 30 °C replaced by 10 °C: 30 - 20 / 20
    assert tank.temp_c == pytest.approx(29.0, abs=0.001)


def test_safety_thermostat_opens_whoever_asks():
    tank = Tank(TANK, 66.0)
    powers = [tank.step(60, True, 0.0) for _ in range(180)]
    assert 0.0 in powers
    assert tank.temp_c < 68.3
    cooled = Tank(TANK, 68.5)
    assert cooled.step(60, True, 0.0) == 0.0
    cooled.temp_c = 66.0
    assert cooled.step(60, True, 0.0) == 0.0  # 3 K of hysteresis
    cooled.temp_c = 64.9
    assert cooled.step(60, True, 0.0) == 2000.0


def test_battery_pays_its_efficiency_each_way():
    battery = Battery(BATTERY, 0.5)
    assert battery.step(3600, 2000.0) == 2000.0
    assert battery.wh == pytest.approx(6900.0)  # + 2000 x 0.95
    assert battery.step(3600, -1900.0) == -1900.0
    assert battery.wh == pytest.approx(4900.0)  # - 1900 / 0.95


def test_battery_keeps_to_its_own_limits():
    assert Battery(BATTERY, 0.5).step(60, 9000.0) == 5000.0
    assert Battery(BATTERY, 0.5).step(60, -9000.0) == -4000.0
    full, empty = Battery(BATTERY, 0.999), Battery(BATTERY, 0.051)
    assert full.step(3600, 5000.0) == pytest.approx(10.0 / 0.95 + 12.0)  # the last 10 Wh, then standby
    assert full.soc == pytest.approx(1.0)
    assert empty.step(3600, -4000.0) == pytest.approx(-10.0 * 0.95 + 12.0)
    assert empty.soc == pytest.approx(0.05)
    assert empty.step(3600, -4000.0) == 12.0


def test_car_takes_what_the_charging_point_offers_until_it_is_full():
    car = Car(CAR, [Trip(60, 120, 8280.0)])
    assert car.step(0, 60, 16.0) == 0.0
    assert car.state == 1
    assert car.step(60, 60, 16.0) == 0.0
    assert car.state == 0
    assert car.step(120, 60, 16.0) == 11_040.0  # 16 A x 230 V x 3
    assert car.state == 2
    assert car.step(180, 60, 32.0) == 11_040.0  # its own charger takes no more
    assert car.step(240, 60, 6.0) == 4140.0
    assert car.step(300, 60, 5.9) == 0.0  # IEC 61851 knows nothing between 0 and 6 A
    assert car.state == 1
    taken = sum(car.step(t, 60, 16.0) for t in range(360, 7200, 60)) / 60
    assert taken + (2 * 11_040 + 4140) / 60 == pytest.approx(8280.0 / 0.9)
    assert car.wh == 50_000.0


def test_a_car_that_leaves_short_of_its_trip_is_told_apart():
    car = Car(CAR, [Trip(60, 120, 20_000.0)])
    car.wh = 15_000.0
    car.step(60, 60, 0.0)
    assert car.short_wh == 5000.0
    assert car.wh == 0.0
