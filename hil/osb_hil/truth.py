"""What really happened: homes and twins in means of 900 s, and the counters of the homes minute by minute."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from osb_hil.home.flows import COUNTER_NAMES
from osb_hil.home.heat_pump import curve_cop
from osb_hil.home.home import Home

SLOT_S = 900
_ROOM_REFERENCE_C = 15.0  # a room's stored heat counts from here; only differences between homes and twins matter
_COUNTER_POINTS = {
    "grid_import_wh": ("grid.import", None),
    "grid_export_wh": ("grid.export", None),
    "heat_pump_wh": ("heat_pump.energy", "heat_pump"),
    "tank_wh": ("tank.energy", "tank"),
    "ev_wh": ("ev.energy", "ev"),
    "battery_import_wh": ("battery.import", "battery"),
    "battery_export_wh": ("battery.export", "battery"),
    "pv_wh": ("pv.export", "pv"),
}


class Truth:
    """Observes homes and twins over [start, end), whole slots: `meters.csv` as it goes, `truth.json` at the end.

    Raises ValueError where start or end lies inside a slot.
    """

    def __init__(
        self,
        folder: Path,
        start: int,
        end: int,
        step_s: int,
        zone: str,
        seed: int,
        homes: Sequence[Home],
        twins: Sequence[Home],
    ) -> None:
        for name, t in (("start", start), ("end", end)):
            if t % SLOT_S:
                raise ValueError(f"{name} {t} lies inside a slot: it must be a multiple of {SLOT_S} s")
        self._folder = folder
        self._start, self._end = start, end
        self._head = {
            "start": start,
            "end": end,
            "slot_s": SLOT_S,
            "slots": (end - start) // SLOT_S,
            "step_s": step_s,
            "zone": zone,
            "seed": seed,
        }
        self._records = [(_Record(home), _Record(twin)) for home, twin in zip(homes, twins, strict=True)]
        self._start_counters = [home.counters.values() for home in homes]
        self._boxes: dict[str, dict[str, Any]] = {home.spec.id: {} for home in homes}
        self._faults: list[dict[str, Any]] = []
        self._accelerated: dict[str, Any] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self._meters = folder / "meters.csv"
        self._meters.write_text(",".join(("t", "home", *COUNTER_NAMES)) + "\n")
        self._write_counters(start)

    def observe(self, t: int) -> None:
        """Note the state after the step that ended at `t`; call it after every step."""
        for pair in self._records:
            for record in pair:
                record.sample()
                if t % SLOT_S == 0:
                    record.close_slot()
        if t % 60 == 0:
            self._write_counters(t)

    def set_box(self, home: str, facts: dict[str, Any]) -> None:
        """What the bench knows about the box of a home."""
        self._boxes[home] = facts

    def set_faults(self, faults: list[dict[str, Any]]) -> None:
        """What was injected, and how each ended."""
        self._faults = faults

    def set_accelerated(self, timers: dict[str, Any]) -> None:
        """Which timers ran faster than in life, and how much."""
        self._accelerated = timers

    def write(self) -> Path:
        """Write `truth.json`; returns its path."""
        path = self._folder / "truth.json"
        homes = [self._home(i, *pair) for i, pair in enumerate(self._records)]
        path.write_text(
            json.dumps({**self._head, "homes": homes, "faults": self._faults, "accelerated": self._accelerated})
        )
        return path

    def _write_counters(self, t: int) -> None:
        with self._meters.open("a", newline="") as file:  # opened anew: an interrupted run keeps its rows
            rows = csv.writer(file, lineterminator="\n")
            for record, _ in self._records:
                values = record.home.counters.values()
                rows.writerow((t, record.home.spec.id, *(f"{value:.3f}" for value in values)))

    def _home(self, index: int, dispatched: "_Record", twin: "_Record") -> dict[str, Any]:
        home = dispatched.home
        spec, occupants = home.spec, home.inputs.occupants
        bands = [occupants.band(t) for t in range(self._start, self._end, SLOT_S)]
        meters = {
            point: {"start_wh": round(start, 3), "end_wh": round(end, 3)}
            for (point, part), start, end in zip(
                _COUNTER_POINTS.values(), self._start_counters[index], home.counters.values(), strict=True
            )
            if part is None or part in spec.has
        }
        return {
            "id": spec.id,
            "feeder": spec.feeder,
            "has": spec.has,
            "dispatched": dispatched.result(),
            "twin": twin.result(),
            "band_min_mc": [round(1000 * low) for low, _ in bands],
            "band_max_mc": [round(1000 * high) for _, high in bands],
            "meters": meters,
            "box": self._boxes[spec.id],
        }


class _Record:
    """Slot series of one home. Powers come from its counters, so that their sum is the metered energy."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._last = home.counters.values()
        self._room: list[float] = []
        self._tank: list[float] = []
        self._outdoor_sum_c, self._outdoor_samples = 0.0, 0
        self._store_start = self._store_parts()
        self._series: dict[str, list[int]] = {
            name: []
            for name in (
                "net_w",
                "base_w",
                "heat_pump_w",
                "tank_w",
                "ev_w",
                "battery_w",
                "pv_w",
                "room_mc",
                *(["tank_mc"] if home.spec.tank else []),
                *(["battery_soc_pm"] if home.spec.battery else []),
                *(["ev_wh"] if home.spec.ev else []),
            )
        }

    def sample(self) -> None:
        flows = self.home.flows
        self._room.append(flows.room_c)
        self._tank.append(flows.tank_c)
        self._outdoor_sum_c += flows.outdoor_c
        self._outdoor_samples += 1

    def close_slot(self) -> None:
        """Means of the slot that ends now; state of charge and energy in the car as they are at its end."""
        now = self.home.counters.values()
        bought, sold, heat_pump, tank, ev, charged, discharged, made = (
            (new - old) * 3600 / SLOT_S for new, old in zip(now, self._last, strict=True)
        )
        self._last = now
        net, battery = bought - sold, charged - discharged
        values = {
            "net_w": net,
            "base_w": net - heat_pump - tank - ev - battery + made,
            "heat_pump_w": heat_pump,
            "tank_w": tank,
            "ev_w": ev,
            "battery_w": battery,
            "pv_w": -made,
            "room_mc": 1000 * sum(self._room) / len(self._room),
            "tank_mc": 1000 * sum(self._tank) / len(self._tank),
        }
        state = self.home.state
        if state.battery:
            values["battery_soc_pm"] = 1000 * state.battery.soc
        if state.car:
            values["ev_wh"] = state.car.wh
        for name, series in self._series.items():
            series.append(round(values[name]))
        self._room.clear()
        self._tank.clear()

    def result(self) -> dict[str, Any]:
        state = self.home.state
        cop = self._mean_cop()
        start, end = (
            {name: round(wh / cop if name == "room" else wh) for name, wh in parts.items()}
            for parts in (self._store_start, self._store_parts())
        )
        return {
            **self._series,
            "comfort_violation_min": round(state.comfort_violation_min, 2),
            "cold_water_min": round(state.cold_water_min, 2),
            "ev_short_wh": round(state.ev_short_wh),
            "store_start_wh": start,
            "store_end_wh": end,
        }

    def _store_parts(self) -> dict[str, float]:
        """Energy in each store as electricity at the plug; the room's still as heat, until the run's COP is known."""
        state, spec = self.home.state, self.home.spec
        parts = {}
        if state.battery:
            parts["battery"] = state.battery.wh * state.battery.spec.eta
        if state.car:
            parts["ev"] = state.car.wh / state.car.spec.eta
        if spec.heat_pump:
            parts["room"] = state.building.heat_wh(_ROOM_REFERENCE_C)
        if state.tank:
            parts["tank"] = state.tank.heat_wh()
        return parts

    def _mean_cop(self) -> float:
        """COP of holding the set-point at the mean outdoor temperature of the run: the same for a home and its twin."""
        pump, building = self.home.spec.heat_pump, self.home.state.building
        if pump is None:
            return 1.0
        room, outdoor = self.home.spec.comfort.setpoint_c, self._outdoor_sum_c / max(self._outdoor_samples, 1)
        return pump.quality * curve_cop(outdoor, room + building.holding_w(room, outdoor) / pump.emitter_w_k)
