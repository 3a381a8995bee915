"""Job: keep the 15-minute values up to date with the readings, late ones included."""

from sqlalchemy import Connection, select, update

from osb_hub.jobs.slot_values import HOLD_S, Sample, energies, means
from osb_hub.store.database import Database, upsert
from osb_hub.store.readings import last_good_before, readings, slot_of
from osb_hub.store.tables import box, interval
from osb_wire import SLOT_S


def update_all(database: Database, now: int) -> int:
    """Work out the values of every slot that has ended by `now` and that new readings touch; how many were written.

    Each box is one transaction, so that a reading which arrives meanwhile is either in or still marked as new.
    """
    with database.read() as connection:
        waiting = connection.execute(select(box.c.id).where(box.c.dirty_from.is_not(None))).scalars().all()
    written = 0
    for box_id in waiting:
        with database.write() as connection:
            written += _update(connection, box_id, now)
    return written


def _update(connection: Connection, box_id: str, now: int) -> int:
    dirty = connection.execute(select(box.c.dirty_from).where(box.c.id == box_id)).scalar_one()
    end = slot_of(now)
    last_good = last_good_before(connection, box_id, slot_of(dirty))
    # a counter that goes on after a gap also changes the slots of the gap
    since = min([slot_of(dirty), *last_good.values()])
    series: dict[tuple[str, str], list[Sample]] = {}
    for point, t, value, unit, quality, age_s in readings(connection, box_id, slot_of(since) - HOLD_S, end + SLOT_S):
        if quality == "good" and value is not None:
            samples = series.setdefault((point, unit), [])
            measured = t - age_s
            if not samples or measured > samples[-1].t:
                samples.append(Sample(measured, value))
    rows = []
    for (point, unit), samples in series.items():
        first = slot_of(min(dirty, last_good.get(point, dirty)))
        starts = range(first, end, SLOT_S)
        values = energies(samples, starts) if unit == "Wh" else means(samples, starts)
        rows += [
            {
                "box": box_id,
                "point": point,
                "start": v.start,
                "value": v.value,
                "unit": unit,
                "completeness": v.completeness,
            }
            for v in values
        ]
    upsert(connection, interval, rows)
    # the running slot stays marked: its readings so far belong to a value that is not written yet
    connection.execute(update(box).where(box.c.id == box_id).values(dirty_from=end))
    return len(rows)
