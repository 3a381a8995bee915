"""Modulating air-to-water heat pump with its own controller and the protections that no one outside can override.

COP of an air-source heat pump over the lift from outdoor air to flow: 6.81 - 0.121 lift + 0.000630 lift², 15..60 K
(Staffell et al., A review of domestic heat pumps, Energy Environ. Sci. 5 (2012) 9291).
"""

from osb_hil.home.controls import HEAT_PUMP_AUTO, HEAT_PUMP_RUN, Controls
from osb_hil.home.spec import HeatPumpSpec

_BAND_K = 0.2  # the own thermostat starts this much below the set-point and stops this much above
_GAIN_PER_K = 1.0  # of the power span, for each K of error
_INTEGRAL_S = 7200.0
_ROOM_HYSTERESIS_K = 0.3


def curve_cop(outdoor_c: float, flow_c: float) -> float:
    """The published curve."""
    lift = min(max(flow_c - outdoor_c, 15.0), 60.0)
    return 6.81 - 0.121 * lift + 0.000630 * lift * lift


class HeatPump:
    """State of one heat pump: whether the compressor runs, for how long, and what it gives."""

    def __init__(self, spec: HeatPumpSpec, room_c: float, outdoor_c: float, heat_w: float) -> None:
        """In balance with a building that needs `heat_w`."""
        self.spec = spec
        self.heat_w = heat_w
        power = heat_w / self.cop(room_c, outdoor_c)
        self.on = power > spec.power_min_w
        self._since_s = 86400.0  # since the compressor last started or stopped
        self._integral_w = power
        self._too_warm = False

    def cop(self, room_c: float, outdoor_c: float) -> float:
        """COP at the heat it gives now: the more heat, the warmer the flow."""
        return self.spec.quality * curve_cop(outdoor_c, room_c + self.heat_w / self.spec.emitter_w_k)

    def step(self, dt_s: float, controls: Controls, room_c: float, outdoor_c: float) -> float:
        """Advance by `dt_s`; returns the electrical power [W]. `heat_w` is what the building gets meanwhile."""
        spec = self.spec
        wanted = self._wanted_w(dt_s, controls, room_c)
        run = wanted >= spec.power_min_w
        if run != self.on and self._since_s >= (spec.min_pause_s if run else spec.min_run_s):
            self.on, self._since_s = run, 0.0
        self._since_s += dt_s
        if not self.on:
            self.heat_w = 0.0
            return spec.standby_w
        power = min(max(wanted, spec.power_min_w), spec.power_max_w)
        for _ in range(2):  # heat and flow temperature depend on each other; what is left settles in the next minutes
            self.heat_w = power * self.cop(room_c, outdoor_c)
        return power

    def _wanted_w(self, dt_s: float, controls: Controls, room_c: float) -> float:
        spec = self.spec
        if controls.heat_pump_mode == HEAT_PUMP_RUN:
            limit_c = spec.room_max_c - (_ROOM_HYSTERESIS_K if self._too_warm else 0.0)
            self._too_warm = room_c >= limit_c
            return 0.0 if self._too_warm else controls.heat_pump_limit_w
        if controls.heat_pump_mode != HEAT_PUMP_AUTO:
            return 0.0
        error = controls.heat_pump_setpoint_c - room_c
        gain = _GAIN_PER_K * (spec.power_max_w - spec.power_min_w)
        if self.on:  # proportional-integral, the integral bounded by what the compressor can do
            self._integral_w += gain * error * dt_s / _INTEGRAL_S
            self._integral_w = min(max(self._integral_w, 0.0), spec.power_max_w)
            if error < -_BAND_K and gain * error + self._integral_w < spec.power_min_w:
                return 0.0
            return max(gain * error + self._integral_w, spec.power_min_w)
        return spec.power_min_w if error > _BAND_K else 0.0
