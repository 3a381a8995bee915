"""What a home is made of: fixed facts, drawn once by `mix.neighbourhood`. W, Wh, W/K, °C, m², local clock minutes."""

from dataclasses import dataclass
from typing import Literal

GridMeter = Literal["sdm630", "p1"]


@dataclass(frozen=True)
class ComfortSpec:
    """The temperatures that the occupants want [°C], by day and from `night_from` to `night_to` [min, local clock]."""

    setpoint_c: float
    min_c: float
    max_c: float
    night_min_c: float
    night_from: int
    night_to: int


@dataclass(frozen=True)
class BuildingSpec:
    """2R2C: air with furniture, and the mass of floors and walls, coupled; the air loses heat to the outdoors."""

    loss_w_k: float  # air to outdoors, fabric and ventilation together
    air_wh_k: float
    mass_wh_k: float
    air_mass_w_k: float
    heat_to_air: float  # share of the emitted heat that reaches the air at once; the rest warms the mass
    solar_m2: float  # solar gain for each W/m² of global horizontal radiation
    gain_w: float  # people and appliances


@dataclass(frozen=True)
class HeatPumpSpec:
    """Modulating air-to-water heat pump; powers are electrical."""

    power_max_w: float
    power_min_w: float  # below this the compressor cannot run
    emitter_w_k: float  # heat for each K that the flow is warmer than the room
    quality: float  # measured COP over the COP of the published curve
    standby_w: float
    min_run_s: int
    min_pause_s: int
    room_max_c: float  # mode 2 stops here


@dataclass(frozen=True)
class TankSpec:
    """Stirred hot-water tank with an immersion heater."""

    litres: float
    power_w: float
    loss_w_k: float
    ambient_c: float
    min_c: float
    max_c: float
    safety_c: float  # its own thermostat opens here, whoever asks for heat
    daily_litres: float  # drawn at 40 °C


@dataclass(frozen=True)
class BatterySpec:
    """Battery with inverter; `eta` is one way, at the AC terminals."""

    capacity_wh: float
    charge_max_w: float
    discharge_max_w: float
    eta: float
    soc_min: float  # the inverter discharges no further
    standby_w: float


@dataclass(frozen=True)
class EvSpec:
    """A car, its on-board charger and its ordinary day: away from `departure` to about `back` [min, local clock]."""

    phases: int
    max_a: float  # per phase
    battery_wh: float
    eta: float  # plug to battery
    wh_per_km: float  # out of the battery
    departure: int
    back: int
    km: float  # what the household plans for; a day's drive is at most this


@dataclass(frozen=True)
class PvSpec:
    """PV generator: `tilt` from horizontal, `azimuth` clockwise from north [°]."""

    peak_w: float
    tilt: float
    azimuth: float


@dataclass(frozen=True)
class HomeSpec:
    """One home. `seed` draws all that is random in it; a part that it lacks is None."""

    id: str
    feeder: str
    seed: int
    building: BuildingSpec
    comfort: ComfortSpec
    heat_pump: HeatPumpSpec | None
    tank: TankSpec | None
    battery: BatterySpec | None
    ev: EvSpec | None
    pv: PvSpec | None
    fuse_w: float
    annual_kwh: float  # household electricity without the parts above
    grid_meter: GridMeter

    @property
    def has(self) -> list[str]:
        """The actuators of this home, in the words of the wire contract."""
        return [name for name in ("heat_pump", "tank", "ev", "battery", "pv") if getattr(self, name) is not None]
