"""Queries of raw readings and 15-minute values."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from osb_hub.store.tables import interval, message, reading
from osb_wire import SLOT_S


class Reading(NamedTuple):
    """One value of a point as the box sent it."""

    point: str
    t: int
    value: int | None
    unit: str
    quality: str
    age_s: int


class SlotValue(NamedTuple):
    """One 15-minute value: a mean, or the energy of the slot for a point in Wh."""

    point: str
    start: int
    value: float
    unit: str
    completeness: float


def readings(
    connection: Connection, box: str, since: int, until: int, points: Sequence[str] | None = None
) -> list[Reading]:
    """Readings with since ≤ t < until, by point and time."""
    columns = (reading.c.point, reading.c.t, reading.c.value, reading.c.unit, reading.c.quality, reading.c.age_s)
    query = select(*columns).where(reading.c.box == box, reading.c.t >= since, reading.c.t < until)
    query = _of_points(query, reading.c.point, points).order_by(reading.c.point, reading.c.t, reading.c.id)
    return [Reading(*row) for row in connection.execute(query)]


def slot_values(
    connection: Connection, box: str, since: int, until: int, points: Sequence[str] | None = None
) -> list[SlotValue]:
    """15-minute values of slots that start in since..until, by point and time."""
    columns = (interval.c.point, interval.c.start, interval.c.value, interval.c.unit, interval.c.completeness)
    query = select(*columns).where(interval.c.box == box, interval.c.start >= since, interval.c.start < until)
    query = _of_points(query, interval.c.point, points).order_by(interval.c.point, interval.c.start)
    return [SlotValue(*row) for row in connection.execute(query)]


def latest(connection: Connection, box: str, point: str) -> Reading | None:
    """The newest reading of a point, whatever its quality."""
    columns = (reading.c.point, reading.c.t, reading.c.value, reading.c.unit, reading.c.quality, reading.c.age_s)
    query = select(*columns).where(reading.c.box == box, reading.c.point == point)
    row = connection.execute(query.order_by(reading.c.t.desc(), reading.c.id.desc()).limit(1)).first()
    return Reading(*row) if row else None


def last_good_before(connection: Connection, box: str, t: int) -> dict[str, int]:
    """Point → time of its last good reading before t, of the points that have good readings from t on.

    Cost does not grow with the history: most points have one shortly before, for the others it is one step back in
    the index.
    """
    good = (reading.c.box == box, reading.c.quality == "good")
    alive = set(connection.execute(select(reading.c.point).where(*good, reading.c.t >= t).distinct()).scalars())
    recent = select(reading.c.point, func.max(reading.c.t)).where(*good, reading.c.t < t, reading.c.t >= t - SLOT_S)
    out = {point: last for point, last in connection.execute(recent.group_by(reading.c.point)) if point in alive}
    for point in alive - out.keys():
        before = select(reading.c.t).where(*good, reading.c.point == point, reading.c.t < t)
        last = connection.execute(before.order_by(reading.c.t.desc()).limit(1)).scalar()
        if last is not None:
            out[point] = last
    return out


def messages_stored(connection: Connection) -> int:
    """Telemetry messages stored, all boxes together; refused ones are not among them."""
    query = select(func.count()).select_from(message).where(message.c.refused.is_(False))
    return int(connection.execute(query).scalar_one())


def slot_of(t: int) -> int:
    """Start of the slot that contains t."""
    return t // SLOT_S * SLOT_S


def _of_points(query: Select[Any], column: Any, points: Sequence[str] | None) -> Select[Any]:
    return query if points is None else query.where(column.in_(points))
