"""One home: its parts, stepped together on the bench's clock."""

from dataclasses import dataclass

from osb_hil.home.battery import Battery
from osb_hil.home.building import Building
from osb_hil.home.car import Car
from osb_hil.home.controls import Controls
from osb_hil.home.flows import CONNECTED, NO_CAR, Flows, used_meters
from osb_hil.home.heat_pump import HeatPump
from osb_hil.home.inputs import Inputs
from osb_hil.home.occupants import TOLERANCE_C
from osb_hil.home.spec import HomeSpec
from osb_hil.home.tank import TAP_C, Tank

MINUTE_S = 60
_BATTERY_START_SOC = 0.3
_TANK_BELOW_MAX_K = 5.0  # at the start
_OTHER_HEATING_W_K = 15_000.0  # a home without a heat pump has a boiler on the thermostat; it burns no electricity
_OTHER_HEATING_OFFSET_K = 0.2
_OTHER_HEATING_MAX_W = 15_000.0


@dataclass
class State:
    """The parts of a home as they are, and what its occupants have suffered so far."""

    building: Building
    heat_pump: HeatPump | None
    tank: Tank | None
    battery: Battery | None
    car: Car | None
    comfort_violation_min: float = 0.0  # outside the occupants' band by more than 0.1 K
    cold_water_min: float = 0.0  # tapping hot water from a tank below 40 °C

    @property
    def ev_short_wh(self) -> float:
        """Energy that the car lacked for its trips when it left."""
        return self.car.short_wh if self.car else 0.0


class Home:
    """A home that starts in balance at its set-point. Two of the same spec and inputs start identical."""

    def __init__(self, spec: HomeSpec, inputs: Inputs) -> None:
        self.spec, self.inputs = spec, inputs
        self.controls = Controls(heat_pump_setpoint_c=spec.comfort.setpoint_c)
        self.counters = used_meters(spec)
        room, outdoor = inputs.occupants.setpoint_c(inputs.start), inputs.outdoor_c[0]
        building = Building(spec.building, room, outdoor)
        holding_w = building.holding_w(room, outdoor)
        self.state = State(
            building,
            HeatPump(spec.heat_pump, room, outdoor, holding_w) if spec.heat_pump else None,
            Tank(spec.tank, spec.tank.max_c - _TANK_BELOW_MAX_K) if spec.tank else None,
            Battery(spec.battery, _BATTERY_START_SOC) if spec.battery else None,
            Car(spec.ev, inputs.trips) if spec.ev else None,
        )
        self.flows = Flows(room_c=room, outdoor_c=outdoor, ev_state=CONNECTED if spec.ev else NO_CAR)
        if self.state.tank:
            self.flows.tank_c = self.state.tank.temp_c
        if self.state.battery:
            self.flows.battery_soc = self.state.battery.soc

    def step(self, t: int, dt_s: int) -> None:
        """Advance from `t` to `t + dt_s` with the controls held; longer steps go minute by minute."""
        end = t + dt_s
        while t < end:
            part = min(end, t - t % MINUTE_S + MINUTE_S) - t
            self._part(t, part)
            t += part

    def _part(self, t: int, dt_s: int) -> None:
        """Advance within one minute."""
        inputs, flows, state, controls = self.inputs, self.flows, self.state, self.controls
        minute = (t - inputs.start) // MINUTE_S
        outdoor = inputs.outdoor_c[minute]
        low, high = inputs.occupants.band(t)
        building = state.building

        flows.base_w = inputs.base_w[minute]
        if state.heat_pump:
            flows.heat_pump_w = state.heat_pump.step(dt_s, controls, building.air_c, outdoor)
            heat_w = state.heat_pump.heat_w
        else:
            lacking_k = inputs.occupants.setpoint_c(t) + _OTHER_HEATING_OFFSET_K - building.air_c
            heat_w = min(max(_OTHER_HEATING_W_K * lacking_k, 0.0), _OTHER_HEATING_MAX_W)
        building.step(dt_s, heat_w, inputs.ghi_w_m2[minute], outdoor, high)
        if state.tank:
            draw_l = inputs.draw_l[minute] * dt_s / MINUTE_S
            if draw_l and state.tank.temp_c < TAP_C:
                state.cold_water_min += dt_s / 60
            flows.tank_w = state.tank.step(dt_s, controls.tank_on, draw_l)
            flows.tank_c = state.tank.temp_c
        if state.battery:
            flows.battery_w = state.battery.step(dt_s, controls.battery_w)
            flows.battery_soc = state.battery.soc
        if state.car:
            flows.ev_w = state.car.step(t, dt_s, controls.ev_current_a)
            flows.ev_state = state.car.state
        if self.spec.pv:
            flows.pv_w = -min(inputs.pv_w[minute], max(controls.pv_limit, 0.0) * self.spec.pv.peak_w)

        flows.grid_w = flows.base_w + flows.heat_pump_w + flows.tank_w + flows.ev_w + flows.battery_w + flows.pv_w
        flows.room_c, flows.outdoor_c = building.air_c, outdoor
        if not low - TOLERANCE_C <= building.air_c <= high + TOLERANCE_C:
            state.comfort_violation_min += dt_s / 60
        self._count(dt_s / 3600)

    def _count(self, hours: float) -> None:
        flows, counters = self.flows, self.counters
        if flows.grid_w > 0:
            counters.grid_import_wh += flows.grid_w * hours
        else:
            counters.grid_export_wh -= flows.grid_w * hours
        if flows.battery_w > 0:
            counters.battery_import_wh += flows.battery_w * hours
        else:
            counters.battery_export_wh -= flows.battery_w * hours
        counters.heat_pump_wh += flows.heat_pump_w * hours
        counters.tank_wh += flows.tank_w * hours
        counters.ev_wh += flows.ev_w * hours
        counters.pv_wh -= flows.pv_w * hours
