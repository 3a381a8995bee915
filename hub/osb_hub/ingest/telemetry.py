"""Telemetry of a batch, stored exactly once: what is new, how far each box may forget, what changed for it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from osb_hub.ingest.watermark import advanced
from osb_hub.store import tables
from osb_hub.store.database import upsert

Key = tuple[str, int]  # box, epoch


@dataclass(frozen=True)
class Numbered:
    """A telemetry message with its numbers; `message` is None where it was refused, and then will not come again."""

    box: str
    epoch: int
    seq: int
    oldest: int
    message: dict[str, Any] | None


def store(connection: Connection, batch: Sequence[Numbered], now: int) -> dict[Key, int]:
    """Store what is new; the watermark of each (box, epoch) in the batch."""
    groups: dict[Key, list[Numbered]] = defaultdict(list)
    for arrival in batch:
        groups[arrival.box, arrival.epoch].append(arrival)
    marks, known = _known(connection, groups)
    messages: list[dict[str, Any]] = []
    readings: list[dict[str, Any]] = []
    changes: dict[str, list[int]] = defaultdict(list)
    duplicates: dict[str, int] = defaultdict(int)
    for key, group in groups.items():
        for arrival in group:
            if arrival.seq in known[key]:
                duplicates[arrival.box] += 1
                continue
            known[key].add(arrival.seq)
            t = arrival.message["t"] if arrival.message else None
            row = {"box": arrival.box, "epoch": arrival.epoch, "seq": arrival.seq, "t": t}
            messages.append(row | {"received": now or t or 0, "refused": arrival.message is None})
            if arrival.message is not None:
                readings += _readings(arrival.box, arrival.message)
                changes[arrival.box].append(arrival.message["t"])
        marks[key] = advanced(marks.get(key, 0), known[key], max(arrival.oldest for arrival in group))
    if messages:
        connection.execute(insert(tables.message), messages)
    if readings:
        connection.execute(insert(tables.reading), readings)
    upsert(connection, tables.watermark, [{"box": b, "epoch": e, "seq": marks[b, e]} for b, e in groups])
    _count(connection, duplicates)
    _mark_dirty(connection, changes)
    return {key: marks[key] for key in groups}


def _known(connection: Connection, groups: dict[Key, list[Numbered]]) -> tuple[dict[Key, int], dict[Key, set[int]]]:
    """Watermarks, and the numbers stored already: those above it, and those of the batch that are below."""
    mark, message = tables.watermark.c, tables.message.c
    names = {box for box, _ in groups}
    marks = {
        (box, epoch): seq
        for box, epoch, seq in connection.execute(select(mark.box, mark.epoch, mark.seq).where(mark.box.in_(names)))
    }
    known: dict[Key, set[int]] = {key: set() for key in groups}
    of_mark = and_(message.box == mark.box, message.epoch == mark.epoch, message.seq > mark.seq)
    above = select(message.box, message.epoch, message.seq).join_from(tables.watermark, tables.message, of_mark)
    for box, epoch, seq in connection.execute(above.where(mark.box.in_(names))):
        known.setdefault((box, epoch), set()).add(seq)
    for (box, epoch), group in groups.items():
        below = [arrival.seq for arrival in group if arrival.seq <= marks.get((box, epoch), 0)]
        if below:  # sent again, or dropped by the box and on its way all the same
            query = select(message.seq).where(message.box == box, message.epoch == epoch, message.seq.in_(below))
            known[box, epoch].update(connection.execute(query).scalars())
    return marks, known


def _readings(box: str, message: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"box": box, "point": p, "t": message["t"], "value": v, "unit": u, "quality": q, "age_s": a}
        for p, v, u, q, a in message["points"]
    ]


def _count(connection: Connection, duplicates: dict[str, int]) -> None:
    if duplicates:
        box = tables.box.c
        more = update(tables.box).where(box.id == bindparam("name")).values(duplicates=box.duplicates + bindparam("n"))
        connection.execute(more, [{"name": name, "n": n} for name, n in duplicates.items()])


def _mark_dirty(connection: Connection, changes: dict[str, list[int]]) -> None:
    """Newest telemetry of each box, and from where on its 15-minute values have to be worked out again."""
    if not changes:
        return
    box = tables.box.c
    least, most = (func.min, func.max) if connection.dialect.name == "sqlite" else (func.least, func.greatest)
    first: Any = bindparam("first")
    last: Any = bindparam("last")
    values = {
        "dirty_from": least(func.coalesce(box.dirty_from, first), first),
        "telemetry_t": most(func.coalesce(box.telemetry_t, last), last),
    }
    rows = [{"name": name, "first": min(times), "last": max(times)} for name, times in changes.items()]
    connection.execute(update(tables.box).where(box.id == bindparam("name")).values(values), rows)
