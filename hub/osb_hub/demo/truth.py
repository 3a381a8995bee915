"""What really happened in the neighbourhood, as the bench wrote it down: truth.json and meters.csv."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

POWERS = ("net_w", "base_w", "heat_pump_w", "tank_w", "ev_w", "battery_w", "pv_w")
STATES = ("room_mc", "tank_mc", "battery_soc_pm", "ev_wh")

# point on the wire → column of meters.csv
COUNTERS = {
    "grid.import": "grid_import_wh",
    "grid.export": "grid_export_wh",
    "heat_pump.energy": "heat_pump_wh",
    "tank.energy": "tank_wh",
    "ev.energy": "ev_wh",
    "battery.import": "battery_import_wh",
    "battery.export": "battery_export_wh",
    "pv.export": "pv_wh",
}


@dataclass(frozen=True, eq=False)
class Life:
    """A home's day, dispatched or as its twin. Powers are means of slots; states are at the end of slots."""

    series: Mapping[str, Floats]  # [W], [m°C], [per mille], [Wh]; only those that the home has
    comfort_violation_min: float  # outside the occupant's own band
    cold_water_min: float
    ev_short_wh: float  # missing at departures
    store_end_wh: Mapping[str, float]  # energy left in each store, as electricity at the plug

    @property
    def net_w(self) -> Floats:
        return self.series["net_w"]


@dataclass(frozen=True, eq=False)
class Home:
    """One home and its twin, the same home under plain control."""

    id: str
    feeder: str
    has: tuple[str, ...]
    dispatched: Life
    twin: Life
    band_min_mc: Floats
    band_max_mc: Floats
    counted_wh: Mapping[str, float]  # point → what its meter counted in the run
    box: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Truth:
    """The whole run; times are Unix seconds UTC."""

    start: int
    end: int
    slot_s: int
    zone: ZoneInfo
    seed: int
    homes: tuple[Home, ...]
    faults: list[dict[str, Any]]
    accelerated: dict[str, Any]

    @property
    def slots(self) -> int:
        return (self.end - self.start) // self.slot_s

    @property
    def starts(self) -> NDArray[np.int64]:
        """Start of each slot [Unix s]."""
        return self.start + self.slot_s * np.arange(self.slots)

    def net_w(self, side: str) -> Floats:
        """Power of the whole neighbourhood per slot; `side` is "dispatched" or "twin"."""
        total: Floats = np.sum([getattr(home, side).net_w for home in self.homes], axis=0)
        return total


def read(truth: Path, meters: Path) -> Truth:
    """The run in `truth`; of a meter that died, `meters` tells what it had counted by then."""
    raw = json.loads(truth.read_text())
    died = {(f["home"], "heat_pump.energy"): f["start"] for f in raw["faults"] if f["kind"] == "meter"}
    counted = _counted_until(meters, died)
    return Truth(
        raw["start"],
        raw["end"],
        raw["slot_s"],
        ZoneInfo(raw["zone"]),
        raw["seed"],
        tuple(_home(home, counted) for home in raw["homes"]),
        raw["faults"],
        raw["accelerated"],
    )


def _home(raw: dict[str, Any], counted_until: dict[tuple[str, str], float]) -> Home:
    counted = {
        point: counted_until.get((raw["id"], point), meter["end_wh"]) - meter["start_wh"]
        for point, meter in raw["meters"].items()
    }
    return Home(
        raw["id"],
        raw["feeder"],
        tuple(raw["has"]),
        _life(raw["dispatched"]),
        _life(raw["twin"]),
        np.array(raw["band_min_mc"], dtype=float),
        np.array(raw["band_max_mc"], dtype=float),
        counted,
        raw["box"],
    )


def _life(raw: dict[str, Any]) -> Life:
    series = {name: np.array(raw[name], dtype=float) for name in (*POWERS, *STATES) if name in raw}
    return Life(
        series,
        raw["comfort_violation_min"],
        raw.get("cold_water_min", 0.0),
        raw["ev_short_wh"],
        raw["store_end_wh"],
    )


def _counted_until(meters: Path, times: dict[tuple[str, str], int]) -> dict[tuple[str, str], float]:
    """(home, point) → its counter [Wh] at a time."""
    if not times:
        return {}
    wanted = {(home, t): point for (home, point), t in times.items()}
    with meters.open(newline="") as file:
        return {
            (row["home"], wanted[row["home"], int(row["t"])]): float(row[COUNTERS[wanted[row["home"], int(row["t"])]]])
            for row in csv.DictReader(file)
            if (row["home"], int(row["t"])) in wanted
        }
