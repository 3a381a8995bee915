"""A roof's PV: radiation on its plane through `pvlib`, cell temperature, and the losses of an ordinary installation."""

import numpy as np
from numpy.typing import NDArray
from pvlib import pvsystem, temperature

from osb_hil.home.spec import PvSpec
from osb_hil.weather import Weather

TEMPERATURE_PER_K = -0.004  # of the power, around 25 °C: crystalline silicon
SYSTEM = 0.86 * 0.96  # PVWatts: 14 % losses, 96 % inverter


def available_w(spec: PvSpec, weather: Weather) -> list[float]:
    """AC power that the roof could give in each minute of the weather [W, positive]."""
    plane = weather.on_plane(spec.tilt, spec.azimuth)
    minutes: list[float] = ac_w(spec.peak_w, plane, weather.temp_c).tolist()
    return minutes


def ac_w(peak_w: float, plane_w_m2: NDArray[np.float64], air_c: NDArray[np.float64]) -> NDArray[np.float64]:
    """AC power [W] for radiation on the plane [W/m²] and air temperature [°C], never above the peak power."""
    cell_c = temperature.faiman(plane_w_m2, air_c)
    dc = pvsystem.pvwatts_dc(plane_w_m2, cell_c, peak_w, TEMPERATURE_PER_K)
    return np.clip(np.asarray(dc) * SYSTEM, 0.0, peak_w)
