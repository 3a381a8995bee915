"""Notices to boxes of what is ahead; each box is told of a limit once."""

from typing import Any

from sqlalchemy import Connection, insert, select

from osb_hub.store.market import Limit
from osb_hub.store.tables import event


def new_notices(
    connection: Connection, limits: list[Limit], feeders: dict[str, str], now: int
) -> list[tuple[str, dict[str, Any]]]:
    """(box, wire message `event`) for each limit of its feeder that a box in `feeders` has not been told of."""
    told = {(box, limit) for box, limit in connection.execute(select(event.c.box, event.c.feeder_limit))}
    notices = []
    for limit in limits:
        for box, feeder in sorted(feeders.items()):
            if feeder != limit.feeder or (box, limit.id) in told:
                continue
            values = {"t": now, "kind": "feeder_limit", "start": limit.start, "end": limit.end, "reason": limit.reason}
            identity = connection.execute(
                insert(event).values(**values, box=box, feeder_limit=limit.id)
            ).inserted_primary_key
            assert identity is not None
            notices.append((box, {"id": int(identity[0]), **values}))
    return notices


def forget(connection: Connection, number: int) -> None:
    """A notice that could not be sent is tried again at the next plan."""
    connection.execute(event.delete().where(event.c.id == number))


def note(connection: Connection, box: str, message: dict[str, Any]) -> None:
    """Keep a wire message `event_reply`; the household may change its mind."""
    values = {"answer": message["answer"], "refusal": message["reason"], "detail": message["detail"]}
    known = (event.c.id == message["event"]) & (event.c.box == box)
    connection.execute(event.update().where(known).values(values))


def refusing(connection: Connection, now: int) -> dict[str, str]:
    """Box → why it takes no part in an event of a feeder limit that holds or is to come."""
    query = select(event.c.box, event.c.refusal).where(event.c.answer == "refuse", event.c.end > now)
    return {box: refusal for box, refusal in connection.execute(query.order_by(event.c.id))}
