"""A street of two homes for four slots, small enough to be worked out on paper.

Slot 0 is before the cap, slot 1 under it, slots 2 and 3 follow. Import costs 100, 400, 200, 200 EUR/MWh, export pays
50 less.
"""

import json
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from osb_hub.control.plans import Plan
from osb_hub.demo import truth as truth_files
from osb_hub.demo.measures import Prices
from osb_hub.demo.plan_records import PlanRecord
from osb_hub.demo.recorded import Recorded
from osb_hub.demo.story import Story
from osb_hub.prices.series import PriceSeries, Tariff

START = 1768431600  # 2026-01-15T00:00+01:00
NAN = np.nan


def life(net_w, store_end_wh=None, **given):
    zero = [0] * 4
    return {
        "net_w": net_w,
        "base_w": net_w,
        **dict.fromkeys(("heat_pump_w", "tank_w", "ev_w", "battery_w", "pv_w"), zero),
        "room_mc": [20000] * 4,
        "comfort_violation_min": 0,
        "cold_water_min": 0,
        "ev_short_wh": 0,
        "store_start_wh": {},
        "store_end_wh": store_end_wh or {},
        **given,
    }


def box(readings):
    return {"interpreter": "3.4.0; MicroPython v1.29", "readings": readings, "dropped": 0, "heap_free": 40000}


RAW = {
    "start": START,
    "end": START + 4 * 900,
    "slot_s": 900,
    "slots": 4,
    "step_s": 60,
    "zone": "Europe/Brussels",
    "seed": 1,
    "homes": [
        {
            "id": "box-01",
            "feeder": "street",
            "has": ["battery", "heat_pump"],
            "dispatched": life(
                [1000, 2000, 3000, 0],
                {"battery": 1000, "room": 500},
                battery_w=[100, 500, 100, 0],
                battery_soc_pm=[500, 510, 520, 530],
                comfort_violation_min=3,
            ),
            "twin": life(
                [1000, 4000, 1000, 0], {"battery": 600, "room": 700}, battery_soc_pm=[0] * 4, comfort_violation_min=5
            ),
            "band_min_mc": [19500] * 4,
            "band_max_mc": [22500] * 4,
            "meters": {
                "grid.import": {"start_wh": 5000, "end_wh": 6500},
                "heat_pump.energy": {"start_wh": 0, "end_wh": 900},
            },
            "box": box(60),
        },
        {
            "id": "box-02",
            "feeder": "street",
            "has": [],
            "dispatched": life([2000, 1000, 1000, -1000]),
            "twin": life([2000, 3000, 1000, -1000]),
            "band_min_mc": [19500] * 4,
            "band_max_mc": [22500] * 4,
            "meters": {"grid.import": {"start_wh": 0, "end_wh": 700}},
            "box": box(40),
        },
    ],
    "faults": [{"kind": "meter", "home": "box-01", "start": START + 1800, "end": None, "ended": "dead to the end"}],
    "accelerated": {"clock": "as fast as it goes"},
}


@pytest.fixture
def truth(tmp_path):
    """Read from files as the bench writes them; the heat pump's meter had counted 300 Wh when it died."""
    (tmp_path / "truth.json").write_text(json.dumps(RAW))
    header = "t,home," + ",".join(truth_files.COUNTERS.values())
    rows = [f"{START + 1740},box-01,0,0,290,0,0,0,0,0", f"{START + 1800},box-01,0,0,300,0,0,0,0,0"]
    (tmp_path / "meters.csv").write_text("\n".join([header, *rows]) + "\n")
    return truth_files.read(tmp_path / "truth.json", tmp_path / "meters.csv")


@pytest.fixture
def story():
    prices = PriceSeries(START, np.array([100.0, 400.0, 200.0, 200.0]))
    zone = ZoneInfo("Europe/Brussels")
    return Story(date(2026, 1, 15), zone, 9000, 5000, START, START + 900, START + 1800, START, prices, prices)


@pytest.fixture
def prices(truth, story):
    return Prices.of(story, Tariff(fee_eur_per_mwh=0, vat_pct=0, export_margin_eur_per_mwh=50), truth)


@pytest.fixture
def hub():
    """What a hub would have that stored everything, but read two Wh too few at the second home."""
    return Recorded(
        readings=100,
        distinct_readings=100,
        energy_wh={
            ("box-01", "grid.import"): 1500,
            ("box-02", "grid.import"): 698,
            ("box-01", "heat_pump.energy"): 300,
        },
        asked_w={("box-01", "battery"): np.array([100, NAN, 200, 0])},
        shortfall_w=np.zeros(4),
        plans=(
            record(1, START, [1, 0.2, 0, 0], {"box-01": 0.02}),
            record(2, START + 1080, [0, 0.8, 1, 1], {"box-01": 0.01, "box-02": 0.005}),
        ),
    )


def record(number, t, share, due, gap=1e-5):
    known = {"solver": "linprog", "lower_bound_eur": 0.99, "gap": gap * number, "gap_of_savings": 2 * gap * number}
    known |= {"no_dispatch_eur": 2.0, "realised_objective_eur": 1.5, "change_wh": 300.0, "change_eur": 0.0006}
    plan = Plan(number, t, START, 96, 10800, "planned", "optimal", "", 1.0, 0.1 * number, due_eur=0.1, **known)
    return PlanRecord(plan, np.array(share, dtype=float), due)
