"""Hot-water tank, fully stirred, with an immersion heater and its own safety thermostat."""

from osb_hil.home.spec import TankSpec

WATER_WH_L_K = 1.163  # 4.187 kJ/(kg K)
COLD_C, TAP_C = 10.0, 40.0
_SAFETY_HYSTERESIS_K = 3.0


class Tank:
    """State of one tank."""

    def __init__(self, spec: TankSpec, temp_c: float) -> None:
        self.spec = spec
        self.temp_c = temp_c
        self._tripped = False

    def heat_wh(self) -> float:
        """Heat held above cold water."""
        return self.spec.litres * WATER_WH_L_K * (self.temp_c - COLD_C)

    def step(self, dt_s: float, on: bool, draw_l: float) -> float:
        """Advance by `dt_s` while `draw_l` litres are tapped at 40 °C; returns the electrical power [W].

        The mixer takes as much hot water as 40 °C needs; from a tank below that it takes all, and the tap runs cold.
        """
        spec = self.spec
        self._tripped = self.temp_c >= spec.safety_c - (_SAFETY_HYSTERESIS_K if self._tripped else 0.0)
        power = spec.power_w if on and not self._tripped else 0.0
        drawn_wh = draw_l * WATER_WH_L_K * (min(self.temp_c, TAP_C) - COLD_C)
        lost_wh = spec.loss_w_k * (self.temp_c - spec.ambient_c) * dt_s / 3600
        self.temp_c += (power * dt_s / 3600 - drawn_wh - lost_wh) / (spec.litres * WATER_WH_L_K)
        return power
