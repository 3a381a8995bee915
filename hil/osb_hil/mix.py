"""A neighbourhood drawn from a seed, and what an installer would type into the box of one of its homes."""

from typing import Any

import numpy as np

from osb_hil.home.heat_pump import curve_cop
from osb_hil.home.spec import (
    BatterySpec,
    BuildingSpec,
    ComfortSpec,
    EvSpec,
    HeatPumpSpec,
    HomeSpec,
    PvSpec,
    TankSpec,
)

FEEDER = "feeder-1"
SHARES = {"heat_pump": 0.75, "tank": 0.5, "ev": 0.58, "battery": 0.5, "pv": 0.6, "p1": 1 / 3}
_DESIGN_C = -10.0  # outdoors, North Sea coast
_OVERSIZE = 1.3
_FUSES_W = (9200.0, 14490.0, 17250.0)  # 1 x 40 A, 1 x 63 A, 3 x 25 A at 230 V


def neighbourhood(homes: int, seed: int) -> list[HomeSpec]:
    """Homes with ids box-01..., on one feeder; the shares hold as nearly as whole homes allow, two of each at least.

    Raises ValueError below one home.
    """
    if homes < 1:
        raise ValueError(f"a neighbourhood has at least 1 home, not {homes}")
    rng = np.random.default_rng([seed, homes])
    owners = {
        part: set(rng.permutation(homes)[: max(min(2, homes), round(share * homes))].tolist())
        for part, share in SHARES.items()
    }
    return [
        _home(i, int(rng.integers(2**31)), {part for part, those in owners.items() if i in those}) for i in range(homes)
    ]


def _home(index: int, seed: int, parts: set[str]) -> HomeSpec:
    rng = np.random.default_rng([seed, 0x40])
    area_m2 = float(rng.uniform(95, 165))
    people = int(rng.integers(1, 5))
    building = _building(rng, area_m2, people)
    comfort = _comfort(rng)
    ev = _ev(rng) if "ev" in parts else None
    return HomeSpec(
        id=f"box-{index + 1:02d}",
        feeder=FEEDER,
        seed=seed,
        building=building,
        comfort=comfort,
        heat_pump=_heat_pump(rng, building, comfort) if "heat_pump" in parts else None,
        tank=_tank(rng, people) if "tank" in parts else None,
        battery=_battery(rng) if "battery" in parts else None,
        ev=ev,
        pv=_pv(rng) if "pv" in parts else None,
        fuse_w=_FUSES_W[2] if ev and ev.phases == 3 else _FUSES_W[1] if ev or "heat_pump" in parts else _FUSES_W[0],
        annual_kwh=float(round(rng.normal(1300 + 650 * people, 250), -1)),
        grid_meter="p1" if "p1" in parts else "sdm630",
    )


def _building(rng: np.random.Generator, area_m2: float, people: int) -> BuildingSpec:
    """A renovated or recent house: for each m² it loses 1.1 to 1.45 W/K and stores 59 to 84 Wh/K; 40 to 76 h."""
    mass_wh_k = area_m2 * float(rng.uniform(55, 80))
    return BuildingSpec(
        loss_w_k=area_m2 * float(rng.uniform(1.1, 1.45)),
        air_wh_k=area_m2 * 4.0,  # air five times over: furniture and plaster follow it
        mass_wh_k=mass_wh_k,
        air_mass_w_k=area_m2 * float(rng.uniform(10, 14)),
        heat_to_air=float(rng.uniform(0.3, 0.45)),  # floor heating, or floor heating with radiators
        solar_m2=area_m2 * float(rng.uniform(0.018, 0.03)),
        gain_w=120.0 + 75.0 * people,
    )


def _comfort(rng: np.random.Generator) -> ComfortSpec:
    setpoint = float(rng.choice([20.0, 20.5, 21.0]))
    return ComfortSpec(
        setpoint_c=setpoint,
        min_c=setpoint - 1.0,
        max_c=setpoint + 2.0,
        night_min_c=float(rng.choice([17.5, 18.0])),
        night_from=int(rng.choice([22, 23])) * 60,
        night_to=int(rng.choice([360, 390])),
    )


def _heat_pump(rng: np.random.Generator, building: BuildingSpec, comfort: ComfortSpec) -> HeatPumpSpec:
    """Sized for the design day with 30 % to spare."""
    heat_w = _OVERSIZE * (building.loss_w_k * (comfort.setpoint_c - _DESIGN_C) - building.gain_w)
    flow_c = float(rng.uniform(33, 40))  # on the design day
    quality = float(rng.uniform(0.82, 0.92))
    power_max = round(heat_w / (quality * curve_cop(_DESIGN_C, flow_c)), -1)
    return HeatPumpSpec(
        power_max_w=power_max,
        power_min_w=round(0.2 * power_max, -1),
        emitter_w_k=heat_w / (flow_c - comfort.setpoint_c),
        quality=quality,
        standby_w=12.0,
        min_run_s=600,
        min_pause_s=600,
        room_max_c=comfort.max_c + 1.5,
    )


def _tank(rng: np.random.Generator, people: int) -> TankSpec:
    litres = float(rng.choice([150.0, 200.0, 300.0]))
    return TankSpec(
        litres=litres,
        power_w=float(rng.choice([2000.0, 2400.0])),
        loss_w_k=0.6 + 0.005 * litres,
        ambient_c=18.0,
        min_c=45.0,
        max_c=62.0,
        safety_c=68.0,
        daily_litres=40.0 * people + 30.0,
    )


def _battery(rng: np.random.Generator) -> BatterySpec:
    capacity = float(rng.choice([5000.0, 7500.0, 10_000.0, 13_000.0]))
    return BatterySpec(
        capacity_wh=capacity,
        charge_max_w=min(0.5 * capacity, 5000.0),
        discharge_max_w=min(0.5 * capacity, 5000.0),
        eta=round(float(rng.uniform(0.94, 0.965)), 3),
        soc_min=0.05,
        standby_w=12.0,
    )


def _ev(rng: np.random.Generator) -> EvSpec:
    phases, max_a = ((1, 32.0), (3, 16.0))[int(rng.random() < 0.45)]
    return EvSpec(
        phases=phases,
        max_a=max_a,
        battery_wh=float(rng.choice([50_000.0, 58_000.0, 64_000.0, 77_000.0])),
        eta=0.9,
        wh_per_km=float(rng.integers(150, 190)),
        departure=int(rng.integers(27, 35)) * 15,  # 06:45..08:30
        back=int(rng.integers(17 * 60, 18 * 60 + 40)),  # with its 20 minutes either way 16:40..19:00
        km=float(rng.integers(7, 17)) * 5.0,  # 35..80
    )


def _pv(rng: np.random.Generator) -> PvSpec:
    return PvSpec(
        peak_w=float(rng.integers(7, 18)) * 500.0,
        tilt=float(rng.choice([15.0, 25.0, 35.0, 45.0])),
        azimuth=float(rng.choice([90.0, 135.0, 180.0, 180.0, 225.0, 270.0])),
    )


def box_home_config(spec: HomeSpec) -> dict[str, Any]:
    """The `home` key of the box's configuration: nameplates, habits, and guesses where no plate tells.

    Building and COP are wrong by a seeded 10 to 15 % either way, as they are in life.
    """
    rng = np.random.default_rng([spec.seed, 0xB0])
    loss, capacity, gain, cop = (1 + float(rng.choice([-1, 1]) * rng.uniform(0.10, 0.15)) for _ in range(4))
    comfort, building = spec.comfort, spec.building
    home: dict[str, Any] = {
        "fuse_w": round(spec.fuse_w),
        "export_max_w": round(spec.fuse_w),
        "annual_kwh": round(spec.annual_kwh),
        "comfort": {
            "min_mc": round(1000 * comfort.min_c),
            "max_mc": round(1000 * comfort.max_c),
            "night_min_mc": round(1000 * comfort.night_min_c),
            "night": [_clock(comfort.night_from), _clock(comfort.night_to)],
            "setpoint_mc": round(1000 * comfort.setpoint_c),
        },
        "building": {
            "loss_w_k": round(loss * building.loss_w_k),
            "capacity_wh_k": round(capacity * (building.air_wh_k + building.mass_wh_k)),
            "gain_w": round(gain * building.gain_w),
        },
    }
    if spec.heat_pump:
        pump = spec.heat_pump
        home["heat_pump"] = {
            "power_max_w": round(pump.power_max_w),
            "power_min_w": round(pump.power_min_w),
            "cop_pm": [[1000 * t, round(1000 * cop * _holding_cop(spec, pump, t))] for t in (-7, 2, 7)],
            "min_run_s": pump.min_run_s,
            "min_pause_s": pump.min_pause_s,
        }
    if spec.tank:
        tank = spec.tank
        home["tank"] = {
            "litres": round(tank.litres),
            "power_w": round(tank.power_w),
            "min_mc": round(1000 * tank.min_c),
            "max_mc": round(1000 * tank.max_c),
            "loss_w_k": round(tank.loss_w_k),
            "daily_use_wh": round(tank.daily_litres * 30 * 1.163),  # from 10 to 40 °C
        }
    if spec.ev:
        ev = spec.ev
        home["ev"] = {
            "phases": ev.phases,
            "max_a": round(ev.max_a),
            "wh_per_km": round(ev.wh_per_km / ev.eta),  # at the plug, as WLTP figures are
            "daily_km": round(ev.km),
            "ready_by": _clock(ev.departure),
        }
    if spec.battery:
        battery = spec.battery
        home["battery"] = {
            "capacity_wh": round(battery.capacity_wh),
            "charge_max_w": round(battery.charge_max_w),
            "discharge_max_w": round(battery.discharge_max_w),
            "eta_pm": round(1000 * battery.eta),
            "reserve_pm": 100,
        }
    if spec.pv:
        home["pv"] = {"peak_w": round(spec.pv.peak_w)}
    return home


def _holding_cop(spec: HomeSpec, pump: HeatPumpSpec, outdoor_c: float) -> float:
    """The true COP while the heat pump holds the set-point."""
    room = spec.comfort.setpoint_c
    heat_w = spec.building.loss_w_k * (room - outdoor_c) - spec.building.gain_w
    return pump.quality * curve_cop(outdoor_c, room + heat_w / pump.emitter_w_k)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
