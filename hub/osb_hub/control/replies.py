"""What boxes answered to their plans."""

from typing import Any

from sqlalchemy import Connection, select

from osb_hub.store.database import upsert
from osb_hub.store.tables import reply


def note(connection: Connection, box: str, message: dict[str, Any], now: int) -> None:
    """Keep a reply; a later one to the same plan replaces it (the household may opt out after accepting)."""
    row = {
        "plan": message["plan"],
        "box": box,
        "t": message["t"],
        "received": now,
        "accepted": message["accepted"],
        "refused": message["refused"],
    }
    upsert(connection, reply, [row])


def answered(connection: Connection, plan: int) -> set[str]:
    """Boxes that have replied to this plan."""
    return set(connection.execute(select(reply.c.box).where(reply.c.plan == plan)).scalars())


def refusals(connection: Connection, since: int) -> dict[str, dict[str, str]]:
    """Box → actuator → reason of what was refused since, unless a later reply accepted it."""
    current: dict[str, dict[str, str]] = {}
    query = select(reply).where(reply.c.t >= since).order_by(reply.c.plan)
    for row in connection.execute(query):
        refused = current.setdefault(row.box, {})
        for actuator in row.accepted:
            refused.pop(actuator, None)
        refused.update({item["actuator"]: item["reason"] for item in row.refused})
    return {box: refused for box, refused in current.items() if refused}
