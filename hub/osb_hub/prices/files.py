"""Price files: one whole local day as CSV. The format is documented in docs/files.md."""

import csv
import math
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from osb_hub.errors import InputError
from osb_hub.prices.series import PriceSeries
from osb_wire import SLOT_S

UNITS = {"eur_per_mwh": 1.0, "eur_per_kwh": 1000.0}
_RESOLUTIONS = {3600: "hourly", SLOT_S: "15-minute"}


def read(path: Path, zone: ZoneInfo) -> PriceSeries:
    """The prices of a file as 15-minute slots. InputError says in one sentence what is wrong, and where."""
    rows, unit = _rows(path)
    starts = [_start(path, line, text) for line, text, _ in rows]
    prices = [finite_number(f"{path}, line {line}", text) * UNITS[unit] for line, _, text in rows]
    step_s = _step(path, starts)
    day = starts[0].astimezone(zone).date()
    begin, end = local_day(day, zone)
    _check_day(path, zone, starts, step_s, begin, end)
    return PriceSeries(begin, np.repeat(np.array(prices), step_s // SLOT_S))


def finite_number(where: str, text: str) -> float:
    """The number that `text` is; InputError says that it is none, and `where` it stands."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{where}: {text!r} is not a number.")
    return value


def local_day(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """Unix seconds at which a local day begins and ends: 23, 24 or 25 hours."""
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return int(begin.timestamp()), int(end.timestamp())


def _rows(path: Path) -> tuple[list[tuple[int, str, str]], str]:
    """(line number, start, price) of each row, and the unit that the header names."""
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise InputError(f"{path}: is not text in UTF-8.") from error
    header = [cell.strip() for cell in lines[0]] if lines else []
    if len(header) != 2 or header[0] != "start" or header[1] not in UNITS:
        raise InputError(
            f"{path}: the first line must be start,eur_per_mwh or start,eur_per_kwh, not {','.join(header)!r}."
        )
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if not cells:
            continue
        if len(cells) != 2:
            raise InputError(f"{path}, line {number}: must have a start and a price, not {len(cells)} values.")
        rows.append((number, cells[0].strip(), cells[1].strip()))
    if len(rows) < 2:
        raise InputError(f"{path}: holds {len(rows)} prices, a day has at least 23.")
    return rows, header[1]


def _start(path: Path, line: int, text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{path}, line {line}: {text!r} is not a time such as 2026-01-15T00:00+01:00.") from None
    if start.tzinfo is None:
        raise InputError(f"{path}, line {line}: {text} has no UTC offset, such as +01:00, and is ambiguous.")
    return start


def _step(path: Path, starts: list[datetime]) -> int:
    """Seconds between rows, which must be the same all through."""
    steps = [int((b - a).total_seconds()) for a, b in pairwise(starts)]
    for line, (start, step) in enumerate(zip(starts[1:], steps, strict=True), start=3):
        if step <= 0:
            problem = "is there twice" if step == 0 else "is earlier than the row before"
            raise InputError(f"{path}, line {line}: {start.isoformat(timespec='minutes')} {problem}.")
    smallest = min(steps)
    for line, (start, step) in enumerate(zip(starts, steps, strict=False), start=3):
        if step != smallest:
            missing = (start + timedelta(seconds=smallest)).isoformat(timespec="minutes")
            raise InputError(f"{path}, line {line}: there is a gap, the price at {missing} is missing.")
    if smallest not in _RESOLUTIONS:
        raise InputError(f"{path}: rows are {smallest} s apart, they must be hourly or 15-minute.")
    return smallest


def _check_day(path: Path, zone: ZoneInfo, starts: list[datetime], step_s: int, begin: int, end: int) -> None:
    covered = len(starts) * step_s
    first = int(starts[0].timestamp())
    if first == begin and covered == end - begin:
        return
    day = datetime.fromtimestamp(begin, zone).date()
    hours = (end - begin) // 3600
    because = "" if hours == 24 else f" because the clocks change that day (DST) in {zone.key}"
    if first != begin:
        found = starts[0].astimezone(zone).isoformat(timespec="minutes")
        wanted = datetime.fromtimestamp(begin, UTC).astimezone(zone).isoformat(timespec="minutes")
        raise InputError(f"{path}: begins at {found}, a file must begin with the local day, at {wanted}.")
    kind = _RESOLUTIONS[step_s]
    raise InputError(
        f"{path}: has {len(starts)} {kind} prices, but {day} has {hours} hours{because}, "
        f"that is {(end - begin) // step_s} {kind} prices."
    )
