"""A batch of arrivals becomes one transaction; what may be forgotten afterwards are its receipts."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from osb_hub.control import events, home_limits, replies, terms
from osb_hub.ingest import inbox, telemetry
from osb_hub.ingest.inbox import AHEAD_S, Arrival, Raw
from osb_hub.ingest.telemetry import Numbered
from osb_hub.registry import boxes
from osb_hub.settings import Settings
from osb_hub.store.database import Database
from osb_wire.fields import WireError

log = logging.getLogger(__name__)


@dataclass
class Stored:
    """What became of a batch."""

    receipts: list[tuple[str, dict[str, int]]] = field(default_factory=list)  # box, wire message `receipt`
    hellos: list[tuple[str, int]] = field(default_factory=list)  # boxes that introduced themselves, and when


def store(database: Database, settings: Settings, batch: Sequence[Raw], now: int) -> Stored:
    """Store all that is new and right in `batch`. When this returns it is on disk and the receipts may go out."""
    arrivals = list(_readable(batch, now))
    hellos = [
        (arrival.box, _moment(arrival, now)) for arrival in arrivals if arrival.kind == "hello" and arrival.message
    ]
    with database.write() as connection:
        boxes.heard(connection, _heard(arrivals, settings, now))
        for arrival in arrivals:
            if arrival.message is None:
                boxes.was_refused(connection, arrival.box, arrival.refusal, now)
            else:
                _note(connection, arrival.box, arrival.kind, arrival.message, _moment(arrival, now))
        numbered = [Numbered(a.box, *a.numbers, a.message) for a in arrivals if a.numbers is not None]
        marks = telemetry.store(connection, numbered, now) if numbered else {}
    return Stored([(box, {"epoch": epoch, "seq": seq}) for (box, epoch), seq in marks.items()], hellos)


def _readable(batch: Sequence[Raw], now: int) -> Iterable[Arrival]:
    for raw in batch:
        try:
            yield inbox.read(raw, now)
        except WireError as error:
            log.warning("a message on %s was refused: %s", raw.topic, error)


def _moment(arrival: Arrival, now: int) -> int:
    """When the hub heard it. On a bench the boxes are a step ahead of the hub, which at first has no time at all."""
    t = int((arrival.message or {}).get("t", 0))
    return max(now, min(t, now + AHEAD_S)) if now else t


def _heard(arrivals: list[Arrival], settings: Settings, now: int) -> list[boxes.Heard]:
    """Each box of the batch as it is after its last message: whoever sends is online, unless it is its last will."""
    last: dict[str, boxes.Heard] = {}
    for arrival in arrivals:
        state, reason, t = "online", None, _moment(arrival, now)
        if arrival.kind == "status" and arrival.message is not None:
            state, reason = arrival.message["state"], arrival.message["reason"]
            if state == "offline":
                t = min(t, arrival.message["t"])  # a last will was written when the box connected
        before = last.get(arrival.box)
        if before is not None and reason is None and before.state == "online":
            reason = before.reason
        seen = max(t, before.t if before else 0)
        last[arrival.box] = boxes.Heard(arrival.box, settings.feeder_of(arrival.box), seen, state, reason)
    return list(last.values())


def _note(connection: Connection, box: str, kind: str, message: dict[str, Any], now: int) -> None:
    if kind == "hello":
        boxes.said_hello(connection, box, message)
    elif kind == "offer":
        boxes.made_offer(connection, box, message, now)
    elif kind == "reply":
        replies.note(connection, box, message, now)
    elif kind == "limit_reply":
        home_limits.note(connection, box, message, now)
    elif kind == "terms_reply":
        terms.note(connection, box, message)
    elif kind == "event_reply":
        events.note(connection, box, message)
