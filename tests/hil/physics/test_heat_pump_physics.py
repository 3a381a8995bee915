import pytest

from osb_hil.home.building import Building
from osb_hil.home.controls import Controls
from osb_hil.home.heat_pump import HeatPump, curve_cop
from osb_hil.home.spec import BuildingSpec, HeatPumpSpec

PUMP = HeatPumpSpec(
    power_max_w=2500.0,
    power_min_w=500.0,
    emitter_w_k=450.0,
    quality=0.9,
    standby_w=12.0,
    min_run_s=600,
    min_pause_s=600,
    room_max_c=24.0,
)
HOUSE = BuildingSpec(160.0, 500.0, 7000.0, 1400.0, 0.4, 3.0, 300.0)
RUN = Controls(heat_pump_mode=2, heat_pump_limit_w=1500.0)
OFF = Controls(heat_pump_mode=1)


def test_cop_is_the_published_curve():
    # Staffell 2012: 6.81 - 0.121 x 30 + 0.000630 x 900 = 3.747; at 50 K: 6.81 - 6.05 + 1.575 = 2.335
    assert curve_cop(5.0, 35.0) == pytest.approx(3.747)
    assert curve_cop(-7.0, 43.0) == pytest.approx(2.335)
    assert curve_cop(20.0, 22.0) == curve_cop(10.0, 25.0)  # never better than at 15 K


def test_more_heat_needs_a_warmer_flow_and_a_worse_cop():
    """1500 W at 2 °C into a room of 20 °C: heat Q solves Q = 1500 x 0.9 x cop(18 + Q / 450)."""
    pump = HeatPump(PUMP, 20.0, 2.0, 3000.0)
    for _ in range(30):
        assert pump.step(60, RUN, 20.0, 2.0) == 1500.0
    lift = 18.0 + pump.heat_w / 450.0
    assert pump.heat_w == pytest.approx(1350.0 * (6.81 - 0.121 * lift + 0.000630 * lift**2), rel=1e-6)
    assert 3.0 < pump.heat_w / 1500.0 < 3.6


def test_compressor_keeps_its_least_run_and_pause_against_orders():
    pump = HeatPump(PUMP, 20.0, 2.0, 0.0)
    started = [pump.step(60, RUN, 20.0, 2.0)]
    stopping = [pump.step(60, OFF, 20.0, 2.0) for _ in range(12)]
    restarting = [pump.step(60, RUN, 20.0, 2.0) for _ in range(12)]
    assert started == [1500.0]
    assert stopping == [500.0] * 9 + [12.0] * 3  # ten minutes in all, the rest of them at least power
    assert restarting == [12.0] * 7 + [1500.0] * 5


def test_it_cannot_run_below_its_least_power_nor_above_its_greatest():
    low, high = (
        Controls(heat_pump_mode=2, heat_pump_limit_w=400.0),
        Controls(heat_pump_mode=2, heat_pump_limit_w=9000.0),
    )
    assert HeatPump(PUMP, 20.0, 2.0, 0.0).step(60, low, 20.0, 2.0) == 12.0
    assert HeatPump(PUMP, 20.0, 2.0, 0.0).step(60, high, 20.0, 2.0) == 2500.0


def test_ordered_to_run_it_stops_in_too_warm_a_room():
    pump = HeatPump(PUMP, 20.0, 2.0, 3000.0)
    assert pump.step(60, RUN, 24.1, 2.0) == 500.0 or not pump.on
    for _ in range(12):
        power = pump.step(60, RUN, 24.1, 2.0)
    assert power == 12.0
    assert pump.step(60, RUN, 23.8, 2.0) == 12.0  # hysteresis


@pytest.mark.parametrize("outdoor", [-8.0, 0.0, 7.0, 13.0])
def test_own_thermostat_holds_the_setpoint(outdoor):
    house = Building(HOUSE, 19.5, outdoor)
    pump = HeatPump(PUMP, 19.5, outdoor, house.holding_w(19.5, outdoor))
    rooms = []
    for minute in range(36 * 60):
        pump.step(60, Controls(heat_pump_setpoint_c=20.5), house.air_c, outdoor)
        house.step(60, pump.heat_w, 0.0, outdoor, 99.0)
        if minute > 12 * 60:
            rooms.append(house.air_c)
    assert min(rooms) > 20.0
    assert max(rooms) < 21.1
