"""A home with all that a home can have: of the bench, and the settings of one with a tariff, so that its box plans."""

from dataclasses import replace
from typing import Any

from osb_hil.home.spec import HomeSpec
from osb_hil.mix import neighbourhood

HOME: dict[str, Any] = {
    "fuse_w": 9200,
    "export_max_w": 9200,
    "annual_kwh": 3500,
    "comfort": {
        "min_mc": 19500,
        "max_mc": 22500,
        "night_min_mc": 17500,
        "night": ["23:00", "06:00"],
        "setpoint_mc": 20500,
    },
    "building": {"loss_w_k": 180, "capacity_wh_k": 6000, "gain_w": 350},
    "heat_pump": {
        "power_max_w": 2500,
        "power_min_w": 500,
        "cop_pm": [[-7000, 2500], [2000, 3300], [7000, 3900]],
        "min_run_s": 600,
        "min_pause_s": 600,
    },
    "tank": {"litres": 200, "power_w": 2000, "min_mc": 45000, "max_mc": 62000, "loss_w_k": 2, "daily_use_wh": 6000},
    "ev": {"phases": 1, "max_a": 32, "wh_per_km": 180, "daily_km": 40, "ready_by": "07:30"},
    "battery": {
        "capacity_wh": 10000,
        "charge_max_w": 5000,
        "discharge_max_w": 5000,
        "eta_pm": 950,
        "reserve_pm": 100,
    },
    "pv": {"peak_w": 5000},
    "tariff": {
        "buy_eur_mwh": 320,
        "sell_eur_mwh": 50,
        "windows": [{"from": "22:00", "to": "06:00", "days": "all", "buy_eur_mwh": 180}],
    },
}


def fullest(name: str) -> HomeSpec:
    """The one of the bench's first twelve homes that has most, and meters its grid otherwise than by P1."""
    spec = max(neighbourhood(12, 1), key=lambda spec: (len(spec.has), spec.grid_meter != "p1"))
    assert len(spec.has) == 5
    return replace(spec, id=name)
