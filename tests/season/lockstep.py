"""Homes under the real controllers on MicroPython and their plain twins, in lockstep through days of a season.

Plant and twin are those of the bench (`osb_hil.home`, `osb_hil.twin`); nobody sleeps; both sides act every `STEP_S`.
"""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from osb_hil.firmware import micropython
from osb_hil.home.controls import HEAT_PUMP_AUTO, HEAT_PUMP_OFF, HEAT_PUMP_RUN
from osb_hil.home.home import Home
from osb_hil.home.inputs import Inputs
from osb_hil.mix import box_home_config
from osb_hil.twin import Plain
from osb_hil.weather import Weather, forecast

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Europe/Brussels")
BOX_ZONE = {"utc_offset_s": 3600, "dst": "eu"}
STEP_S, SLOT_S, DAY_S = 300, 900, 86400
FLOOR_KW = 2.5  # VREG: at least so much is paid for


@dataclass(frozen=True)
class Tariff:
    """What a household pays. `spot` is EUR/MWh of each slot from the start, or None for the flat `buy`."""

    spot: np.ndarray | None
    buy: int = 330
    sell: int = 60
    peak_eur_kw_year: int = 0

    def prices(self, slots: int) -> tuple[np.ndarray, np.ndarray]:
        """(buy, sell) [EUR/MWh] of each slot, as `docs/files.md` makes retail prices of spot prices."""
        if self.spot is None:
            return np.full(slots, self.buy), np.full(slots, self.sell)
        buy, sell = (self.spot[:slots] + 160.0) * 1.06, self.spot[:slots] - 5.0
        return np.rint(buy).astype(int), np.rint(np.minimum(buy, sell)).astype(int)


@dataclass
class Bill:
    """What a home had to pay and to bear."""

    energy_eur: float = 0.0
    peaks_kw: dict[str, float] = field(default_factory=dict)
    peak_eur: float = 0.0
    stored_eur: float = 0.0
    cold_min: float = 0.0
    water_min: float = 0.0
    car_wh: float = 0.0

    def add(self, other: "Bill") -> None:
        """Another time of the same home."""
        for name in ("energy_eur", "peak_eur", "stored_eur", "cold_min", "water_min", "car_wh"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for month, kw in other.peaks_kw.items():
            self.peaks_kw[month] = max(kw, self.peaks_kw.get(month, 0.0))

    @property
    def eur(self) -> float:
        """Energy and peaks, less what is left in the stores."""
        return self.energy_eur + self.peak_eur - self.stored_eur


def spot_prices(start: int, days: int, seed: int) -> np.ndarray:
    """Spot price of each slot [EUR/MWh]: the shape of the winter day that ships, its level and spread drawn anew daily.

    Levels have a memory of some days, as wind has; in four of a hundred days wind brings prices near and below zero.
    """
    text = (ROOT / "hub/osb_hub/demo/prices_winter_day.csv").read_text().splitlines()[1:]
    shape = np.array([float(line.split(",")[1]) for line in text])
    rng = np.random.default_rng([seed, 0x5107])
    level, out = 0.0, []
    for _ in range(days):
        level = 0.7 * level + rng.normal(0, 18)
        spread = rng.uniform(0.6, 1.5)
        drop = rng.uniform(60, 110) if rng.random() < 0.04 else 0.0
        out.append(shape.mean() + level - drop + spread * (shape - shape.mean()) + rng.normal(0, 3, 96))
    return np.concatenate(out)


def zone_midnight(t: int) -> bool:
    """Whether local winter time shows midnight."""
    return (t + 3600) % DAY_S == 0


class Season:
    """`run()` returns the bills [(box, twin)] of all homes from start to end; `heap` is that of the VM."""

    def __init__(self, specs, start, end, tariff, *, seed=1, hub=True, heap="2m", plans=True):
        self.start, self.end, self.tariff, self.seed, self.hub = start, end, tariff, seed, hub
        weather = Weather(start, end)
        inputs = [Inputs(spec, weather, ZONE) for spec in specs]
        self.homes = [Home(spec, given) for spec, given in zip(specs, inputs, strict=True)]
        self.twins = [Home(spec, given) for spec, given in zip(specs, inputs, strict=True)]
        self.plain = [Plain(spec, given.occupants) for spec, given in zip(specs, inputs, strict=True)]
        self.buy, self.sell = tariff.prices((end - start) // SLOT_S)
        configs = [box_home_config(spec) for spec in specs]
        for config in configs:
            if tariff.spot is None or tariff.peak_eur_kw_year:
                config["tariff"] = {"buy_eur_mwh": tariff.buy, "sell_eur_mwh": tariff.sell}
                config["tariff"]["peak_eur_kw_year"] = tariff.peak_eur_kw_year
        head = {"zone": BOX_ZONE, "step_s": STEP_S, "homes": configs, "plans": plans}
        path = os.pathsep.join(str(ROOT / p) for p in ("firmware", "wire"))
        self.vm = subprocess.Popen(
            [*micropython(), "-X", f"heapsize={heap}", str(ROOT / "tests/season/season_box.py")],
            env={**os.environ, "MICROPYPATH": f"{path}{os.pathsep}.frozen"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._say(head)
        self.work = (0, 0, 0)
        self.trace: list[list[dict]] = []

    def run(self, trace=False, offered=None):
        """`offered(t, offers, meters)`, if given, is called in each slot after the first command in it."""
        pairs = [(_Meter(home, self), _Meter(twin, self)) for home, twin in zip(self.homes, self.twins, strict=True)]
        try:
            for t in range(self.start, self.end, STEP_S):
                self._news(t)
                measured = [points(home, box.w) for home, (box, _) in zip(self.homes, pairs, strict=True)]
                self._say({"t": t, "points": measured})
                commands = json.loads(self.vm.stdout.readline())
                if offered and t % SLOT_S == 0:
                    self._say({"offers": t})
                    offered(t, json.loads(self.vm.stdout.readline()), [box for box, _ in pairs])
                for home, command in zip(self.homes, commands, strict=True):
                    obey(home, command)
                for home, twin, plain, pair in zip(self.homes, self.twins, self.plain, pairs, strict=True):
                    twin.controls = plain.controls(t, twin.flows)
                    home.step(t, STEP_S)
                    twin.step(t, STEP_S)
                    for meter in pair:
                        meter.read(t)
                if trace:
                    self.trace.append(
                        [{**vars(home.flows), "command": c} for home, c in zip(self.homes, commands, strict=False)]
                    )
            self._say({"work": 1})
            self.work = json.loads(self.vm.stdout.readline())
        finally:
            self.vm.stdin.close()
            self.vm.wait(timeout=30)
            self.vm.stdout.close()
        return [(box.bill(), twin.bill()) for box, twin in pairs]

    def _news(self, t):
        """What the hub sends: the weather at midnight, the next day's prices at one in the afternoon."""
        if not self.hub:
            return
        first = t == self.start
        if first or zone_midnight(t):
            rows = forecast(t, t + 2 * DAY_S, self.seed + t // DAY_S)
            message = {"t": t, "start": t, "slots": len(rows)}
            message |= {"temp_mc": [row[1] for row in rows], "ghi_w_m2": [row[2] for row in rows]}
            self._say({"weather": message})
        if self.tariff.spot is not None and (first or (t + 3600) % DAY_S == 13 * 3600):
            known = t + DAY_S - (t + 3600) % DAY_S + (0 if first and (t + 3600) % DAY_S < 13 * 3600 else DAY_S)
            a, b = (t - self.start) // SLOT_S, min((known - self.start) // SLOT_S, len(self.buy))
            message = {"t": t, "start": t, "slots": b - a}
            message |= {"buy_eur_mwh": self.buy[a:b].tolist(), "sell_eur_mwh": self.sell[a:b].tolist()}
            self._say({"prices": message})

    def _say(self, message):
        self.vm.stdin.write(json.dumps(message) + "\n")
        self.vm.stdin.flush()


class _Meter:
    """Reads a home's meters after each step and makes its bill."""

    def __init__(self, home, season):
        self._home, self._season = home, season
        self._last = home.counters.values()
        self._slot = home.counters.grid_import_wh
        self._stored = _stored_wh(home)
        self._bill = Bill()
        self.w: dict[str, float] = {}
        self.wh: dict[str, float] = {}  # of each device since the start

    def read(self, t):
        home, season, now = self._home, self._season, self._home.counters.values()
        change = [new - old for new, old in zip(now, self._last, strict=True)]
        self._last = now
        k = (t - season.start) // SLOT_S
        self._bill.energy_eur += (change[0] * season.buy[k] - change[1] * season.sell[k]) / 1e6
        per_h = 3600 / STEP_S
        bought, sold, pump, tank, car, charged, discharged, sun = (wh * per_h for wh in change)
        self.w = {"grid": bought - sold, "heat_pump": pump, "tank": tank, "ev": car, "pv": -sun}
        self.w["battery"] = charged - discharged
        for role, w in self.w.items():
            self.wh[role] = self.wh.get(role, 0.0) + w * STEP_S / 3600
        if (t + STEP_S) % SLOT_S == 0:
            kw = (home.counters.grid_import_wh - self._slot) * 4 / 1000
            self._slot = home.counters.grid_import_wh
            month = str(np.datetime64(t + 3600, "s").astype("datetime64[M]"))
            self._bill.peaks_kw[month] = max(kw, self._bill.peaks_kw.get(month, 0.0))

    def bill(self):
        bill, state, tariff = self._bill, self._home.state, self._season.tariff
        bill.peak_eur = sum(max(FLOOR_KW, kw) for kw in bill.peaks_kw.values()) * tariff.peak_eur_kw_year / 12
        bill.stored_eur = (_stored_wh(self._home) - self._stored) * float(self._season.buy.mean()) / 1e6
        bill.cold_min, bill.water_min, bill.car_wh = (
            state.comfort_violation_min,
            state.cold_water_min,
            state.ev_short_wh,
        )
        return bill


def _stored_wh(home):
    """Electricity that the stores hold, at the plug; heat at a COP of 3."""
    state = home.state
    wh = state.building.heat_wh(15.0) / 3 if state.heat_pump else 0.0
    wh += state.tank.heat_wh() if state.tank else 0.0
    wh += state.battery.wh * state.battery.spec.eta if state.battery else 0.0
    return wh + (state.car.wh / state.car.spec.eta if state.car else 0.0)


def points(home, mean_w):
    """What the meters of a home say, as the box's points."""
    flows, spec, state = home.flows, home.spec, home.state
    out = {"grid.power": flows.grid_w, "room.temp": 1000 * flows.room_c, "outdoor.temp": 1000 * flows.outdoor_c}
    if spec.heat_pump:
        out["heat_pump.power"] = flows.heat_pump_w
    if spec.tank:
        out |= {"tank.power": flows.tank_w, "tank.temp": 1000 * flows.tank_c}
    if spec.ev:
        out |= {"ev.power": flows.ev_w, "ev.state": flows.ev_state, "ev.energy": home.counters.ev_wh}
    if spec.battery:
        out |= {"battery.power": flows.battery_w, "battery.soc": 1000 * flows.battery_soc}
    if spec.pv:
        out["pv.power"] = flows.pv_w
    assert state is not None
    # power is the mean of the step, as meters integrate
    out |= {f"{role}.power": w for role, w in mean_w.items() if f"{role}.power" in out}
    return {name: round(value) for name, value in out.items()}


def obey(home, command):
    """Commands of a box, held by the devices of a home."""
    controls, spec = home.controls, home.spec
    if spec.heat_pump:
        mode, watts, setpoint_mc = command["heat_pump"]
        modes = {"auto": HEAT_PUMP_AUTO, "rest": HEAT_PUMP_AUTO, "off": HEAT_PUMP_OFF, "run": HEAT_PUMP_RUN}
        controls.heat_pump_mode = modes[mode]
        controls.heat_pump_limit_w = float(watts)
        controls.heat_pump_setpoint_c = setpoint_mc / 1000
    if spec.tank:
        controls.tank_on = bool(command["tank"])
    if spec.ev:
        controls.ev_current_a = command["ev"] / 1000
    if spec.battery:
        controls.battery_w = float(command["battery"])
    if spec.pv:
        limit = command["pv"]
        controls.pv_limit = 1.0 if limit is None else limit / spec.pv.peak_w
