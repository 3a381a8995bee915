"""A whole box for a target: its firmware as a board gets it, and settings with three meters on RS-485."""

import json
from typing import Any

from osb_hil import boards
from osb_hil.devices.branch import Branch
from osb_hil.devices.modbus import ModbusDevice
from osb_hil.devices.sdm120 import Sdm120
from osb_hil.devices.sdm630 import Sdm630
from osb_hil.firmware import build
from osb_hil.targets import Target

TOKEN = "bench-of-targets"
WEB = {"host": "0.0.0.0", "port": 80, "token": TOKEN}  # of a box in a network of its own
GRID, HEAT_PUMP, TANK = 1, 2, 3  # units
_COP = [[-7000, 2500], [2000, 3300], [7000, 3900]]
_HOME = {
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
    "heat_pump": {"power_max_w": 2500, "power_min_w": 500, "cop_pm": _COP, "min_run_s": 600, "min_pause_s": 600},
    "tank": {"litres": 200, "power_w": 2000, "min_mc": 45000, "max_mc": 62000, "loss_w_k": 2, "daily_use_wh": 6000},
}


def firmware(board: str = "pico_w") -> dict[str, bytes]:
    """{path: content} of all a board holds when it is flashed, settings apart."""
    known = boards.load(board)
    target = build(known.tier)
    files = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    at_rest = json.dumps({str(relay.pin): 0 for relay in known.relays})
    return {**files, "board.json": known.for_device().encode(), "pins.json": at_rest.encode()}


def settings(target: Target, **more: Any) -> dict[str, Any]:
    """Settings with the meters of `meters`; `more` adds keys or replaces them. Its line must have been opened."""
    return {
        "box_id": "box-01",
        "board": target.board,
        "zone": {"utc_offset_s": 3600, "dst": "eu"},
        "poll_s": 5,
        "journal_flush_s": 0,
        "outbox_max_bytes": 65536,
        "buses": [{"name": "rs485", "type": "rtu", "port": target.port("rs485"), "baud": 9600, "timeout_ms": 300}],
        "devices": [
            {"role": "grid", "profile": "eastron_sdm630", "bus": "rs485", "unit": GRID},
            {"role": "heat_pump", "profile": "eastron_sdm120", "bus": "rs485", "unit": HEAT_PUMP},
            {"role": "tank", "profile": "eastron_sdm120", "bus": "rs485", "unit": TANK},
        ],
        "home": _HOME,
        **more,
    }


def with_p1(target: Target) -> dict[str, Any]:
    """Settings of a home whose grid meter has a P1 port, its sub-meters on RS-485."""
    known = settings(target)
    buses = [*known["buses"], {"name": "p1", "type": "p1", "port": target.port("p1")}]
    grid = {"role": "grid", "profile": "dsmr5", "bus": "p1"}
    return {"buses": buses, "devices": [grid, *known["devices"][1:]]}


def meters() -> list[ModbusDevice]:
    """The three meters: 1,500 W at the connection, 500 W and 250 W in the branches, each with its counter."""
    found: list[ModbusDevice] = [
        Sdm630(GRID, lambda: Branch(1500.0, 1_234_000.0, 56_000.0)),
        Sdm120(HEAT_PUMP, lambda: Branch(500.0, 777_000.0)),
        Sdm120(TANK, lambda: Branch(250.0, 333_000.0)),
    ]
    for meter in found:
        meter.tick(0)
    return found
