"""Energy balance of a home: what the grid meter says less what its devices say is the unmetered base load."""

from dataclasses import dataclass

from sqlalchemy import Connection

from osb_hub.store.readings import slot_values
from osb_wire import SLOT_S

COUNTERS = {  # point → sign of what it counts: positive flows from the grid into the device
    "grid.import": 1,
    "grid.export": -1,
    "pv.export": -1,
    "battery.import": 1,
    "battery.export": -1,
    "ev.energy": 1,
    "heat_pump.energy": 1,
    "tank.energy": 1,
}
SLACK = 0.05  # of all flows: meters of class B err by 1 % each, and are not read at the same instant
SLACK_WH = 20.0
BASE_MAX_W = 15000.0  # nobody's unmetered load
COMPLETE = 0.95


@dataclass(frozen=True)
class Balance:
    """Energies of one slot [Wh]; `fault` says what is wrong with it, if anything is."""

    start: int
    grid_wh: float
    devices_wh: dict[str, float]
    base_wh: float
    fault: str | None


def balance(start: int, energies_wh: dict[str, float], completeness: float) -> Balance:
    """Balance of one slot from the energies of its counters (pure)."""
    net: dict[str, float] = {}
    for point, energy in energies_wh.items():
        role = point.partition(".")[0]
        net[role] = net.get(role, 0.0) + COUNTERS[point] * energy
    grid = net.pop("grid", 0.0)
    base = grid - sum(net.values())
    flows = abs(grid) + sum(abs(energy) for energy in net.values())
    return Balance(start, grid, net, base, _fault(base, flows, completeness))


def balances(connection: Connection, box: str, since: int, until: int) -> list[Balance]:
    """Balance of each slot of which the grid meter is known."""
    by_slot: dict[int, dict[str, float]] = {}
    completeness: dict[int, float] = {}
    for value in slot_values(connection, box, since, until, tuple(COUNTERS)):
        by_slot.setdefault(value.start, {})[value.point] = value.value
        completeness[value.start] = min(completeness.get(value.start, 1.0), value.completeness)
    return [
        balance(start, energies, completeness[start])
        for start, energies in sorted(by_slot.items())
        if "grid.import" in energies
    ]


def _fault(base_wh: float, flows_wh: float, completeness: float) -> str | None:
    if completeness < COMPLETE:
        return f"only {completeness:.0%} of the slot was measured"
    if base_wh < -SLACK * flows_wh - SLACK_WH:
        return f"the devices used {-base_wh:.0f} Wh more than came into the home"
    if base_wh > BASE_MAX_W * SLOT_S / 3600:
        return f"{base_wh:.0f} Wh are not accounted for by any device"
    return None
