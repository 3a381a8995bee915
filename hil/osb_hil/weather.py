"""The weather: DWD test reference year TRY2010_01 (North Sea coast, Bremerhaven) as `demandlib` carries it.

A calendar day gets the row of its month and day; 29 February gets that of the 28th. Hours of the file are CET (UTC+1)
and hold means of the hour that ends then, so a value stands at the middle of its hour, and minutes lie between.
"""

import csv
import importlib.util
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pandas
from numpy.typing import NDArray
from pvlib import irradiance, solarposition

LATITUDE, LONGITUDE, ALTITUDE_M = 53.533, 8.583, 7.0  # the station, head of the file
SLOT_S = 900
_CET_S = 3600
_COLUMNS = {"month": 2, "day": 3, "hour": 4, "temp_c": 8, "beam_w_m2": 13, "diffuse_w_m2": 14}

Floats = NDArray[np.float64]


@cache
def reference_year() -> dict[tuple[int, int, int], tuple[float, float, float]]:
    """(month, day, hour 1..24 CET) to (air temperature °C, direct and diffuse radiation on the horizontal W/m²)."""
    package = importlib.util.find_spec("demandlib")
    if package is None or package.origin is None:
        raise RuntimeError("no demandlib found: install the `bench` extra")
    path = Path(package.origin).parent / "vdi" / "resources_weather" / "TRY2010_01_Jahr.dat"
    rows = path.read_text(encoding="latin-1").split("***", 1)[1].splitlines()
    year = {}
    for line in filter(str.strip, rows):
        cells = line.split()
        month, day, hour, temp, beam, diffuse = (float(cells[i]) for i in _COLUMNS.values())
        year[int(month), int(day), int(hour)] = (temp, beam, diffuse)
    return year


class Weather:
    """True weather of [start, end) in minutes; both in Unix s, whole minutes."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end
        hours = np.arange(start // 3600 - 1, end // 3600 + 2) * 3600
        table = np.array([_row(int(t)) for t in hours])
        minutes = np.arange(start, end, 60) + 30
        self.temp_c, self.beam_w_m2, self.diffuse_w_m2 = (
            np.interp(minutes, hours + 1800, column) for column in table.transpose()
        )
        self.ghi_w_m2: Floats = self.beam_w_m2 + self.diffuse_w_m2

    @cached_property
    def sun(self) -> tuple[Floats, Floats]:
        """Zenith (with refraction) and azimuth of the sun in the middle of each minute [°]."""
        times = (np.arange(self.start, self.end, 60) + 30).astype("datetime64[s]")
        position = solarposition.get_solarposition(
            pandas.DatetimeIndex(times, tz="UTC"), LATITUDE, LONGITUDE, ALTITUDE_M
        )
        return position["apparent_zenith"].to_numpy(), position["azimuth"].to_numpy()

    def on_plane(self, tilt: float, azimuth: float) -> Floats:
        """Radiation on a tilted plane in each minute [W/m²], isotropic sky; a sun lower than 3° counts as sky."""
        zenith, sun_azimuth = self.sun
        up = zenith < 87.0
        beam = np.where(up, self.beam_w_m2 / np.cos(np.radians(np.where(up, zenith, 0.0))), 0.0)
        diffuse = self.diffuse_w_m2 + np.where(up, 0.0, self.beam_w_m2)
        plane = irradiance.get_total_irradiance(
            tilt, azimuth, zenith, sun_azimuth, dni=beam, ghi=self.ghi_w_m2, dhi=diffuse, model="isotropic"
        )
        total: Floats = np.maximum(np.asarray(plane["poa_global"]), 0.0)
        return total


def _row(t: int) -> tuple[float, float, float]:
    """The row of the hour that starts at `t`."""
    cet = datetime.fromtimestamp(t + _CET_S, UTC)
    day = 28 if (cet.month, cet.day) == (2, 29) else cet.day
    return reference_year()[cet.month, day, cet.hour + 1]


def forecast(start: int, end: int, seed: int) -> list[tuple[int, int, int]]:
    """Rows (slot start Unix s, m°C, W/m²) of [start, end): the truth's means with a seeded, auto-correlated error.

    Temperature errs by 0.4 K at once and 1.2 K a day ahead, radiation by 15 %, both with 8 h of memory.
    """
    truth = Weather(start, end)
    temp = truth.temp_c.reshape(-1, SLOT_S // 60).mean(axis=1)
    ghi = truth.ghi_w_m2.reshape(-1, SLOT_S // 60).mean(axis=1)
    slots = len(temp)
    keep = float(np.exp(-SLOT_S / (8 * 3600)))
    shocks = np.random.default_rng([seed, 0xFC]).standard_normal((slots, 2))
    error = np.empty((slots, 2))
    state = shocks[0]
    for i in range(slots):
        state = keep * state + (1 - keep**2) ** 0.5 * shocks[i] if i else state
        error[i] = state
    spread_k = np.minimum(0.4 + 0.8 * np.arange(slots) * SLOT_S / 86400, 1.2)
    temp_mc = np.rint(1000 * (temp + spread_k * error[:, 0])).astype(int)
    ghi_w_m2 = np.rint(ghi * np.exp(0.15 * error[:, 1])).astype(int)
    return [(start + i * SLOT_S, int(temp_mc[i]), int(ghi_w_m2[i])) for i in range(slots)]


def write_forecast(path: Path, start: int, end: int, seed: int) -> None:
    """Write the forecast for [start, end) and the day after as the CSV that the hub reads (docs/files.md)."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("start", "temp_c", "ghi_w_m2"))
        for slot, temp_mc, ghi_w_m2 in forecast(start, end + 86400, seed):
            writer.writerow((datetime.fromtimestamp(slot, UTC).isoformat(), f"{temp_mc / 1000:.3f}", ghi_w_m2))
