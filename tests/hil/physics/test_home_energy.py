"""A home as a whole: its energy adds up whatever it is told, and is the same each time."""

import random

import pytest

from osb_hil.home.controls import Controls
from osb_hil.home.flows import COUNTER_NAMES
from osb_hil.home.home import Home
from osb_hil.home.inputs import Inputs
from osb_hil.home.tank import WATER_WH_L_K
from osb_hil.mix import neighbourhood
from osb_hil.weather import Weather


@pytest.fixture
def full_home(day_start, zone):
    """A home that has one of everything, on a spring day."""

    def build():
        start = day_start(2026, 4, 20)
        spec = neighbourhood(1, 3)[0]
        assert spec.has == ["heat_pump", "tank", "ev", "battery", "pv"]
        return Home(spec, Inputs(spec, Weather(start, start + 86400), zone))

    return build


def whims(rng):
    return Controls(
        heat_pump_mode=rng.choice([0, 1, 2]),
        heat_pump_limit_w=rng.uniform(0, 4000),
        heat_pump_setpoint_c=rng.uniform(18, 23),
        tank_on=rng.random() < 0.5,
        ev_current_a=rng.choice([0.0, 3.0, 6.0, 16.0, 40.0]),
        battery_w=rng.uniform(-9000, 9000),
        pv_limit=rng.choice([0.0, 0.3, 1.0]),
    )


@pytest.mark.parametrize("step_s", [15, 60, 300])
def test_energy_adds_up_whatever_the_home_is_told(full_home, step_s):
    home, rng = full_home(), random.Random(step_s)
    begin = dict(zip(COUNTER_NAMES, home.counters.values(), strict=True))
    battery_wh, car_wh, tank_wh = home.state.battery.wh, home.state.car.wh, home.state.tank.heat_wh()
    base_wh = 0.0
    for t in range(home.inputs.start, home.inputs.end, step_s):
        home.controls = whims(rng)
        home.step(t, step_s)
        f = home.flows
        assert f.grid_w == pytest.approx(f.base_w + f.heat_pump_w + f.tank_w + f.ev_w + f.battery_w + f.pv_w, abs=1e-6)
        assert f.pv_w <= 0
    base_wh = sum(home.inputs.base_w) / 60
    meter = {name: value - begin[name] for name, value in zip(COUNTER_NAMES, home.counters.values(), strict=True)}
    assert all(value >= 0 for value in meter.values())
    used = meter["heat_pump_wh"] + meter["tank_wh"] + meter["ev_wh"] + meter["battery_import_wh"] + base_wh
    made = meter["battery_export_wh"] + meter["pv_wh"]
    assert meter["grid_import_wh"] - meter["grid_export_wh"] == pytest.approx(used - made, abs=1e-6 * used)
    # what the meters saw is in the stores, less what was used and lost on the way
    eta = home.spec.battery.eta
    into_cells = meter["battery_import_wh"] * eta - meter["battery_export_wh"] / eta
    standby_wh = home.spec.battery.standby_w * 24
    assert home.state.battery.wh - battery_wh == pytest.approx(into_cells, abs=standby_wh)
    driven = home.inputs.trips[0].wh
    assert home.state.car.wh - car_wh == pytest.approx(meter["ev_wh"] * home.spec.ev.eta - driven, abs=1e-6)
    drawn_most = sum(home.inputs.draw_l) * WATER_WH_L_K * 30
    assert meter["tank_wh"] - drawn_most - 24 * 120 <= home.state.tank.heat_wh() - tank_wh <= meter["tank_wh"]


def test_same_seed_same_day(full_home):
    runs = []
    for _ in range(2):
        home, rng = full_home(), random.Random(1)
        for t in range(home.inputs.start, home.inputs.end, 60):
            home.controls = whims(rng)
            home.step(t, 60)
        runs.append((home.counters, home.flows, home.state.comfort_violation_min))
    assert runs[0] == runs[1]


def test_meters_have_hung_there_for_years(day_start, zone):
    start = day_start(2026, 1, 15)
    weather = Weather(start, start + 3600)
    for spec in neighbourhood(6, 2):
        home = Home(spec, Inputs(spec, weather, zone))
        counted = {name for name, value in zip(COUNTER_NAMES, home.counters.values(), strict=True) if value > 1000}
        parts = {"heat_pump": ["heat_pump_wh"], "tank": ["tank_wh"], "ev": ["ev_wh"], "pv": ["pv_wh"]}
        parts["battery"] = ["battery_import_wh", "battery_export_wh"]
        expected = {"grid_import_wh", "grid_export_wh"} | {name for part in spec.has for name in parts[part]}
        assert counted == expected
