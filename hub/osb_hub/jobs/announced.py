"""The limits that the grid operator has announced, as plans need them."""

from sqlalchemy import Connection

from osb_hub.dispatch.fleet import Floats
from osb_hub.dispatch.limits import REBOUND_S, Window, limits
from osb_hub.store import market


def announced_limits(connection: Connection, slot: int, now: int, slots: int) -> dict[str, Floats]:
    """Feeder → W per slot from `slot`, as known at `now`; inf where there is no limit, rebound included."""
    return limits(_windows(connection, slot, now), slot, slots)


def began(connection: Connection, slot: int, now: int) -> dict[str, int]:
    """Feeder → when the first of the limits began that hold in `slot`, rebound included [Unix s]."""
    return {
        window.feeder: window.start
        for window in sorted(_windows(connection, slot, now), key=lambda window: -window.start)
        if window.start <= now
    }


def _windows(connection: Connection, slot: int, now: int) -> list[Window]:
    return [
        Window(limit.feeder, limit.start, limit.end, limit.import_max_w)
        for limit in market.limits(connection, slot - REBOUND_S, now)
    ]
