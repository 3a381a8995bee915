"""What a home does right now, and what its meters have counted."""

from dataclasses import dataclass, fields

import numpy as np

from osb_hil.home.spec import HomeSpec

NO_CAR, CONNECTED, CHARGING = 0, 1, 2


@dataclass
class Flows:
    """Mean power of the last step [W, positive into the home], and temperatures and states at its end."""

    base_w: float = 0.0
    heat_pump_w: float = 0.0
    tank_w: float = 0.0
    ev_w: float = 0.0
    battery_w: float = 0.0
    pv_w: float = 0.0  # <= 0
    grid_w: float = 0.0
    room_c: float = 0.0
    outdoor_c: float = 0.0
    tank_c: float = 0.0
    ev_state: int = NO_CAR
    battery_soc: float = 0.0  # 0..1


@dataclass
class Counters:
    """Cumulative energy [Wh] as the meters of a home hold it; a meter that a home lacks stays at zero."""

    grid_import_wh: float = 0.0
    grid_export_wh: float = 0.0
    heat_pump_wh: float = 0.0
    tank_wh: float = 0.0
    ev_wh: float = 0.0
    battery_import_wh: float = 0.0
    battery_export_wh: float = 0.0
    pv_wh: float = 0.0  # produced

    def values(self) -> tuple[float, ...]:
        """The counters in the order of COUNTER_NAMES."""
        return (
            self.grid_import_wh,
            self.grid_export_wh,
            self.heat_pump_wh,
            self.tank_wh,
            self.ev_wh,
            self.battery_import_wh,
            self.battery_export_wh,
            self.pv_wh,
        )


COUNTER_NAMES = tuple(field.name for field in fields(Counters))


def used_meters(spec: HomeSpec) -> Counters:
    """Counters as meters that have hung on the wall for a few years: never at zero."""
    years = float(np.random.default_rng([spec.seed, 0xC0]).uniform(0.5, 6.0))
    counters = Counters(grid_import_wh=years * spec.annual_kwh * 1000.0, grid_export_wh=years * 3_700.0)
    if spec.heat_pump is not None:
        counters.heat_pump_wh = years * 4_100_000.0
    if spec.tank is not None:
        counters.tank_wh = years * 1_900_000.0
    if spec.ev is not None:
        counters.ev_wh = years * 230.0 * spec.ev.km * spec.ev.wh_per_km
    if spec.battery is not None:
        counters.battery_import_wh = years * 180.0 * spec.battery.capacity_wh
        counters.battery_export_wh = counters.battery_import_wh * spec.battery.eta**2
    if spec.pv is not None:
        counters.pv_wh = years * 950.0 * spec.pv.peak_w
        counters.grid_export_wh = 0.55 * counters.pv_wh
    counters.grid_import_wh += 0.7 * (counters.heat_pump_wh + counters.tank_wh + counters.ev_wh)
    return counters
