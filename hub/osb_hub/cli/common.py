"""What the commands share: the open store, times in the zone, tables and JSON."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from osb_hub import settings as settings_file
from osb_hub.errors import InputError
from osb_hub.registry.boxes import Box, boxes
from osb_hub.settings import Settings
from osb_hub.store.database import Database

_PIPE_WIDTH = 140

Json = Annotated[bool, typer.Option("--json", help="Machine-readable; times are Unix seconds UTC.")]


@dataclass(frozen=True)
class Desk:
    """What a command works with."""

    settings: Settings
    database: Database
    now: int

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return self.settings.tz


@contextmanager
def open_desk(context: typer.Context) -> Iterator[Desk]:
    """Settings and store for the length of a command. InputError where one cannot be used."""
    settings = settings_file.load(context.obj)
    database = Database(settings.database)
    try:
        yield Desk(settings, database, int(time.time()))
    finally:
        database.close()


def known_box(desk: Desk, name: str) -> Box:
    """The box of this name; InputError lists those there are."""
    with desk.database.read() as connection:
        known = {box.id: box for box in boxes(connection)}
    if name not in known:
        raise InputError(f"There is no box called {name}; known are: {', '.join(known) or 'none yet'}.")
    return known[name]


def unix(text: str, tz: ZoneInfo) -> int:
    """Unix seconds of an ISO 8601 time; one without an offset is local."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a time such as 2026-01-15T17:00.") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=tz)).timestamp())


def shown(t: int | None, tz: ZoneInfo) -> str:
    """Local date and time, with the zone's abbreviation, so that the hour that comes twice is not ambiguous."""
    return "never" if t is None else datetime.fromtimestamp(t, tz).strftime("%Y-%m-%d %H:%M %Z")


def kilowatts(power_w: float | None) -> str:
    """Power for people; a dash where there is none."""
    return "-" if power_w is None else f"{power_w / 1000:.2f}"


def print_json(value: Any) -> None:
    """JSON on stdout."""
    print(json.dumps(value, indent=1))


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """A table on stdout; numbers to the right."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    _console().print(table)


def say(text: str) -> None:
    """One line on stdout."""
    _console().print(text, highlight=False, markup=False, soft_wrap=True)


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_WIDTH)
