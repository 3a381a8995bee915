"""Limits of single homes (§14a EnWG): kept, said again as a heartbeat, and what boxes say is in force."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from osb_hub.store.tables import home_limit, home_limit_reply

HEARTBEAT_S = 60  # EEBUS LPC: at least once a minute; a box misses two before it holds itself to its fail-safe
FAIL_SAFE_W = 4200
FAIL_SAFE_S = 7200


@dataclass(frozen=True)
class HomeLimit:
    """What a box was told at `t`. `power_w` None: no limit; `heartbeat_s` None: it is left to itself."""

    id: int
    box: str
    t: int
    power_w: int | None
    until: int | None
    heartbeat_s: int | None
    fail_safe_w: int
    fail_safe_s: int
    reason: str

    def message(self, now: int) -> dict[str, Any]:
        """Wire message `limit`, which is a heartbeat as well. One that has run out is none any more."""
        over = self.until is not None and now >= self.until
        return {
            "id": self.id,
            "t": now,
            "power_w": None if over else self.power_w,
            "until": None if over else self.until,
            "heartbeat_s": self.heartbeat_s,
            "fail_safe_w": self.fail_safe_w,
            "fail_safe_s": self.fail_safe_s,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class InForce:
    """What a box said at `t` was in force; `home_limit` None: it acted on its local contact."""

    id: int
    box: str
    home_limit: int | None
    t: int
    received: int
    state: str
    power_w: int | None
    until: int | None
    reason: str


def tell(
    connection: Connection,
    box: str,
    now: int,
    power_w: int | None,
    until: int | None,
    reason: str,
    fail_safe_w: int = FAIL_SAFE_W,
    fail_safe_s: int = FAIL_SAFE_S,
    leave: bool = False,
) -> None:
    """From now on this holds for the box; the service says it within a minute, and again each minute."""
    values = {"box": box, "t": now, "power_w": power_w, "until": until, "reason": reason}
    values |= {"heartbeat_s": None if leave else HEARTBEAT_S, "fail_safe_w": fail_safe_w, "fail_safe_s": fail_safe_s}
    connection.execute(insert(home_limit).values(values))


def current(connection: Connection) -> dict[str, HomeLimit]:
    """Box → what it was told last."""
    newest = select(func.max(home_limit.c.id)).group_by(home_limit.c.box)
    rows = connection.execute(select(home_limit).where(home_limit.c.id.in_(newest)).order_by(home_limit.c.box))
    return {row.box: HomeLimit(*row) for row in rows}


def in_force(connection: Connection) -> dict[str, InForce]:
    """Box → what it said last."""
    newest = select(func.max(home_limit_reply.c.id)).group_by(home_limit_reply.c.box)
    rows = connection.execute(select(home_limit_reply).where(home_limit_reply.c.id.in_(newest)))
    return {row.box: InForce(*row) for row in rows}


def evidence(connection: Connection, box: str) -> tuple[list[HomeLimit], list[InForce]]:
    """All that the box was told, and all that it said was in force, by time."""
    told = connection.execute(select(home_limit).where(home_limit.c.box == box).order_by(home_limit.c.id))
    said = connection.execute(
        select(home_limit_reply).where(home_limit_reply.c.box == box).order_by(home_limit_reply.c.id)
    )
    return [HomeLimit(*row) for row in told], [InForce(*row) for row in said]


def note(connection: Connection, box: str, message: dict[str, Any], now: int) -> None:
    """Keep a wire message `limit_reply`."""
    values = {"box": box, "home_limit": message["id"], "t": message["t"], "received": now}
    values |= {name: message[name] for name in ("state", "power_w", "until", "reason")}
    connection.execute(insert(home_limit_reply).values(values))
