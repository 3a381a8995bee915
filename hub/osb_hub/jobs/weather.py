"""Weather: read from a file, sent to boxes at their hello and once an hour."""

import csv
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from osb_hub.errors import InputError
from osb_hub.prices.files import finite_number
from osb_hub.store.market import Weather
from osb_wire import SLOT_S
from osb_wire.fields import WireError, check
from osb_wire.messages import fields_of

HEADER = ["start", "temp_c", "ghi_w_m2"]


def read(path: Path) -> list[Weather]:
    """Slots of a CSV `start,temp_c,ghi_w_m2`: ISO 8601 with UTC offset, °C, W/m²; hourly or 15-minute rows.

    InputError names the first line that cannot be used.
    """
    try:
        lines = [line for line in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if line]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise InputError(f"{path}: is not text in UTF-8.") from error
    if not lines or [cell.strip() for cell in lines[0]] != HEADER:
        raise InputError(f"{path}: the first line must be {','.join(HEADER)}.")
    rows = [_row(path, number, cells) for number, cells in enumerate(lines[1:], start=2)]
    if len(rows) < 2:
        raise InputError(f"{path}: holds {len(rows)} rows, at least 2 are needed.")
    step = rows[1].start - rows[0].start
    for number, (before, after) in enumerate(pairwise(rows), start=3):
        if after.start - before.start != step or step not in (SLOT_S, 3600):
            raise InputError(f"{path}, line {number}: rows must follow each other hourly or every 15 minutes.")
    return [Weather(row.start + offset, row.temp_mc, row.ghi_w_m2) for row in rows for offset in range(0, step, SLOT_S)]


def message(known: list[Weather], now: int) -> dict[str, Any] | None:
    """The wire message `weather`, or None if nothing is known from now on."""
    if not known:
        return None
    return {
        "t": now,
        "start": known[0].start,
        "slots": len(known),
        "temp_mc": [slot.temp_mc for slot in known],
        "ghi_w_m2": [slot.ghi_w_m2 for slot in known],
    }


def _row(path: Path, number: int, cells: list[str]) -> Weather:
    where = f"{path}, line {number}"
    if len(cells) != len(HEADER):
        raise InputError(f"{where}: must have {len(HEADER)} values, not {len(cells)}.")
    try:
        start = datetime.fromisoformat(cells[0].strip())
    except ValueError:
        raise InputError(f"{where}: {cells[0]!r} is not a time such as 2026-01-15T00:00+01:00.") from None
    if start.tzinfo is None or start.timestamp() % SLOT_S:
        raise InputError(f"{where}: {cells[0]} must have a UTC offset and be a full quarter of an hour.")
    temp, ghi = (finite_number(where, cell) for cell in cells[1:])
    row = Weather(int(start.timestamp()), round(temp * 1000), round(ghi))
    try:
        for name in ("temp_mc", "ghi_w_m2"):
            check(name, dict(fields_of("weather"))[name], getattr(row, name))
    except WireError as error:
        raise InputError(f"{where}: {error}.") from error
    return row
