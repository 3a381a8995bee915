"""What the hub is told from outside: spot prices, limits of feeders, weather. Plain rows, read at each plan."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from osb_hub.store.database import upsert
from osb_hub.store.tables import feeder_limit, price, weather
from osb_wire import SLOT_S


class Limit(NamedTuple):
    """A feeder may import at most `import_max_w` from `start` until `end`; known since `announced` [Unix s]."""

    id: int
    feeder: str
    start: int
    end: int
    import_max_w: int
    announced: int
    reason: str


class Weather(NamedTuple):
    """Expected weather of one slot."""

    start: int
    temp_mc: int
    ghi_w_m2: int


def add_prices(connection: Connection, spot: Mapping[int, float], announced: int) -> None:
    """Spot prices [EUR/MWh] by slot start, known from `announced` on; a later announcement replaces an earlier one."""
    rows = [{"start": start, "announced": announced, "spot_eur_mwh": value} for start, value in spot.items()]
    upsert(connection, price, rows)


def prices(connection: Connection, since: int, until: int, now: int) -> dict[int, float]:
    """Slot start → spot price [EUR/MWh] as known at `now`, for slots that start in since..until."""
    query = select(price.c.start, price.c.spot_eur_mwh).where(
        price.c.start >= since, price.c.start < until, price.c.announced <= now
    )
    return {start: value for start, value in connection.execute(query.order_by(price.c.start, price.c.announced))}


def add_limit(
    connection: Connection, feeder: str, start: int, end: int, import_max_w: int, announced: int, reason: str
) -> None:
    """Tell of a limit."""
    values = {"feeder": feeder, "start": start, "end": end, "import_max_w": import_max_w}
    connection.execute(insert(feeder_limit).values(**values, announced=announced, reason=reason))


def limits(connection: Connection, since: int, now: int | None = None) -> list[Limit]:
    """Limits that end after `since` and are known at `now` (None: all), by start."""
    query = select(feeder_limit).where(feeder_limit.c.end > since).order_by(feeder_limit.c.start, feeder_limit.c.id)
    if now is not None:
        query = query.where(feeder_limit.c.announced <= now)
    return [Limit(*row) for row in connection.execute(query)]


def add_weather(connection: Connection, slots: Iterable[Weather]) -> None:
    """Keep a forecast in place of the one before."""
    upsert(connection, weather, [slot._asdict() for slot in slots])


def weather_from(connection: Connection, since: int, slots: int) -> list[Weather]:
    """The slots from `since` on, as far as they are known without a gap."""
    query = select(weather).where(weather.c.start >= since).order_by(weather.c.start).limit(slots)
    known: list[Weather] = []
    for row in connection.execute(query):
        if row.start != since + SLOT_S * len(known):
            break
        known.append(Weather(*row))
    return known
