"""What was measured at the connection of homes, from 15-minute values and from raw counters."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from osb_hub.store.tables import interval
from osb_wire import SLOT_S

TRUSTED = 0.5  # a slot value of which less was measured says nothing about the home

GRID = ("grid.import", "grid.export", "grid.power")


class Net(NamedTuple):
    """Mean power at the connection in one slot."""

    power_w: float
    completeness: float


def net_of_slot(connection: Connection, start: int) -> dict[str, Net]:
    """Box → mean net power of the slot, by its counters, or by its power readings where it has no import counter."""
    table = interval.c
    query = select(table.box, table.point, table.value, table.completeness).where(
        table.start == start, table.point.in_(GRID)
    )
    values: dict[str, dict[str, Net]] = {}
    for box, point, value, completeness in connection.execute(query):
        values.setdefault(box, {})[point] = Net(value, completeness)
    return {box: net for box, points in values.items() if (net := _net(points)) and net.completeness >= TRUSTED}


def highest_imports(connection: Connection, since: int, until: int) -> dict[str, float]:
    """Box → highest mean import of a slot that starts in since..until [W], by the import counter."""
    table = interval.c
    query = select(table.box, func.max(table.value)).where(
        table.point == "grid.import", table.start >= since, table.start < until, table.completeness >= TRUSTED
    )
    return {box: energy_wh * 3600 / SLOT_S for box, energy_wh in connection.execute(query.group_by(table.box))}


def _net(points: dict[str, Net]) -> Net | None:
    bought = points.get("grid.import")
    if bought is None:
        return points.get("grid.power")
    sold = points.get("grid.export", Net(0.0, bought.completeness))
    hours = SLOT_S / 3600
    return Net((bought.power_w - sold.power_w) / hours, min(bought.completeness, sold.completeness))
