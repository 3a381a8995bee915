"""The heated building: two capacities, two resistances (2R2C).

    air:   C_a dT_a/dt = H_am (T_m - T_a) - H (T_a - T_out) + a Q + gains
    mass:  C_m dT_m/dt = H_am (T_a - T_m) + (1 - a) Q

Between two instants the inputs are held, so the step is the matrix exponential and exact for any length.
"""

import numpy as np
from scipy.linalg import expm

from osb_hil.home.spec import BuildingSpec

WINDOW_W_K = 250.0  # a few tilted windows: some 4 air changes an hour in 180 m³

_Coefficients = tuple[float, ...]


class Building:
    """Temperatures of one building [°C]."""

    def __init__(self, spec: BuildingSpec, room_c: float, outdoor_c: float) -> None:
        """In balance: held at `room_c` for a long time with `outdoor_c` outside."""
        self.spec = spec
        self.air_c = room_c
        self.mass_c = room_c + (1 - spec.heat_to_air) * self.holding_w(room_c, outdoor_c) / spec.air_mass_w_k
        self.window_open = False
        self._steps: dict[tuple[float, bool], _Coefficients] = {}

    def holding_w(self, room_c: float, outdoor_c: float) -> float:
        """Heat that holds `room_c` for ever without sun."""
        return max(self.spec.loss_w_k * (room_c - outdoor_c) - self.spec.gain_w, 0.0)

    def heat_wh(self, above_c: float) -> float:
        """Heat held above `above_c`."""
        return self.spec.air_wh_k * (self.air_c - above_c) + self.spec.mass_wh_k * (self.mass_c - above_c)

    def step(self, dt_s: float, heat_w: float, solar_w_m2: float, outdoor_c: float, open_above_c: float) -> None:
        """Advance by `dt_s`. Above `open_above_c` a window is open, until 0.5 K below, if it is cooler outside."""
        spec = self.spec
        if self.window_open:
            self.window_open = self.air_c > open_above_c - 0.5 and outdoor_c < self.air_c
        else:
            self.window_open = self.air_c > open_above_c and outdoor_c < self.air_c
        key = (dt_s, self.window_open)
        if key not in self._steps:
            self._steps[key] = discretise(spec, dt_s, WINDOW_W_K if self.window_open else 0.0)
        aa, am, ao, aq, ai, ma, mm, mo, mq, mi = self._steps[key]
        inside = spec.gain_w + spec.solar_m2 * solar_w_m2
        air, mass = self.air_c, self.mass_c
        self.air_c = aa * air + am * mass + ao * outdoor_c + aq * heat_w + ai * inside
        self.mass_c = ma * air + mm * mass + mo * outdoor_c + mq * heat_w + mi * inside


def discretise(spec: BuildingSpec, dt_s: float, window_w_k: float = 0.0) -> _Coefficients:
    """Rows air and mass of the exact step: factors of air, mass, outdoors, emitted heat and inner gains."""
    loss, coupling = spec.loss_w_k + window_w_k, spec.air_mass_w_k
    air, mass = 3600.0 * spec.air_wh_k, 3600.0 * spec.mass_wh_k  # J/K
    system = np.zeros((5, 5))  # states air and mass, then inputs outdoors, heat, gains that stand still
    system[0] = np.array([-(coupling + loss), coupling, loss, spec.heat_to_air, 1.0]) / air
    system[1] = np.array([coupling, -coupling, 0.0, 1.0 - spec.heat_to_air, 0.0]) / mass
    return tuple(float(x) for x in expm(system * dt_s)[:2].ravel())
