"""Who is there: boxes, what they can do, what they last offered, what was refused of them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, select, update

from osb_hub.store.database import insert, upsert
from osb_hub.store.tables import box, offer

SILENT_S = 600  # a box that says it is online but has not been heard for so long is not counted on


@dataclass(frozen=True)
class Box:
    """A box as the hub knows it."""

    id: str
    feeder: str
    first_seen: int
    last_seen: int
    telemetry_t: int | None
    state: str
    state_reason: str
    hello: dict[str, Any] | None
    refused: int
    refusal: str | None
    refused_at: int | None
    duplicates: int

    def reachable(self, now: int) -> bool:
        """Whether a message sent to it now will probably arrive."""
        return self.state == "online" and now - self.last_seen <= SILENT_S

    @property
    def actuators(self) -> list[str]:
        """What it can control, by its hello."""
        return [device["actuator"] for device in (self.hello or {}).get("actuators", [])]


@dataclass(frozen=True)
class Offer:
    """The latest offer of a box (wire message `offer`) and when it was made."""

    box: str
    t: int
    start: int
    message: dict[str, Any]


_COLUMNS = tuple(column for column in box.c if column.name != "dirty_from")


def boxes(connection: Connection) -> list[Box]:
    """All boxes ever heard of, by id."""
    return [Box(*row) for row in connection.execute(select(*_COLUMNS).order_by(box.c.id))]


def offers(connection: Connection) -> dict[str, Offer]:
    """The latest offer of each box that made one."""
    rows = connection.execute(select(offer.c.box, offer.c.t, offer.c.start, offer.c.offer))
    return {row.box: Offer(*row) for row in rows}


@dataclass(frozen=True)
class Heard:
    """A box was heard at `t`; `reason` is what it said about its state, None if it said nothing."""

    box: str
    feeder: str
    t: int
    state: str
    reason: str | None


def heard(connection: Connection, news: list[Heard]) -> None:
    """Enter new boxes, and what is new of known ones."""
    if not news:
        return
    statement = insert(connection, box)
    new = statement.excluded
    said = case((new.state_reason != "", new.state_reason), (box.c.state == new.state, box.c.state_reason), else_="")
    rows = [
        {"id": n.box, "feeder": n.feeder, "first_seen": n.t, "last_seen": n.t, "state": n.state}
        | {"state_reason": n.reason or "", "refused": 0, "duplicates": 0}
        for n in news
    ]
    seen = case((new.last_seen > box.c.last_seen, new.last_seen), else_=box.c.last_seen)
    values = {"last_seen": seen, "feeder": new.feeder, "state": new.state, "state_reason": said}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values), rows)


def said_hello(connection: Connection, box_id: str, hello: dict[str, Any]) -> None:
    """Keep what it can do."""
    connection.execute(update(box).where(box.c.id == box_id).values(hello=hello))


def made_offer(connection: Connection, box_id: str, message: dict[str, Any], now: int) -> None:
    """Keep its offer in place of the one before."""
    row = {"box": box_id, "t": message["t"], "start": message["start"], "received": now, "offer": message}
    upsert(connection, offer, [row])


def was_refused(connection: Connection, box_id: str, sentence: str, now: int) -> None:
    """Count a message that broke the contract, and keep why."""
    values = {"refused": box.c.refused + 1, "refusal": sentence, "refused_at": now}
    connection.execute(update(box).where(box.c.id == box_id).values(values))
