"""From MQTT payloads to checked messages, or to a refusal that names the offender."""

import json
from dataclasses import dataclass
from typing import Any

from osb_wire import topics
from osb_wire.fields import WireError, check
from osb_wire.messages import decode, fields_of
from osb_wire.terms import MAX_BYTES

AHEAD_S = 900  # a box's clock may be this much ahead of the hub's


@dataclass(frozen=True)
class Raw:
    """What came from the broker."""

    topic: str
    payload: bytes


@dataclass(frozen=True)
class Arrival:
    """One message of one box. `message` is None where it was refused; `refusal` then says why."""

    box: str
    kind: str
    message: dict[str, Any] | None
    refusal: str = ""
    numbers: tuple[int, int, int] | None = None  # telemetry: epoch, seq, oldest, readable even in most refused ones


def read(raw: Raw, now: int) -> Arrival:
    """Check one payload. WireError only where not even the box can be told. `now` 0: the hub has no time yet."""
    box, kind = topics.parse(raw.topic)
    try:
        message = decode(kind, raw.payload)
        if now and kind == "telemetry" and message["t"] > now + AHEAD_S:
            raise WireError("t", f"{message['t'] - now} s ahead of the hub's clock")
    except WireError as error:
        numbers = _numbers(raw.payload) if kind == "telemetry" else None
        return Arrival(box, kind, None, f"{kind}: {error}", numbers)
    if kind != "telemetry":
        return Arrival(box, kind, message)
    return Arrival(box, kind, message, numbers=(message["epoch"], message["seq"], message["oldest"]))


def _numbers(payload: bytes) -> tuple[int, int, int] | None:
    if len(payload) > MAX_BYTES:
        return None
    try:
        value = json.loads(payload)
        specs = dict(fields_of("telemetry"))
        epoch, seq = (check(name, specs[name], value[name]) for name in ("epoch", "seq"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    try:
        oldest = check("oldest", specs["oldest"], value.get("oldest"))
    except WireError:
        oldest = 1
    return epoch, seq, oldest
