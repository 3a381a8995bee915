"""The plain control that a home has without a box: the counterfactual that dispatch is measured against.

It sees what such a home's own devices see, and knows neither prices nor plans.
"""

from osb_hil.home.controls import HEAT_PUMP_AUTO, Controls
from osb_hil.home.flows import NO_CAR, Flows
from osb_hil.home.occupants import Occupants
from osb_hil.home.spec import HomeSpec

_TANK_STOPS_BELOW_MAX_K, _TANK_STARTS_BELOW_MAX_K = 2.0, 8.0


class Plain:
    """Thermostat with night set-back, tank hysteresis, a car that charges on arrival, a greedy battery."""

    def __init__(self, spec: HomeSpec, occupants: Occupants) -> None:
        self._spec, self._occupants = spec, occupants
        self._tank_on = False

    def controls(self, t: int, flows: Flows) -> Controls:
        """Commands for the step that begins at `t`, from the flows of the one before."""
        spec = self._spec
        if spec.tank:
            if flows.tank_c <= spec.tank.max_c - _TANK_STARTS_BELOW_MAX_K:
                self._tank_on = True
            elif flows.tank_c >= spec.tank.max_c - _TANK_STOPS_BELOW_MAX_K:
                self._tank_on = False
        return Controls(
            heat_pump_mode=HEAT_PUMP_AUTO,
            heat_pump_setpoint_c=self._occupants.setpoint_c(t),
            tank_on=self._tank_on,
            ev_current_a=spec.ev.max_a if spec.ev and flows.ev_state != NO_CAR else 0.0,
            battery_w=flows.battery_w - flows.grid_w if spec.battery else 0.0,
        )
