"""Scenario files: what breaks when, as data (`scenarios/*.json`).

A file says `start` (local time, YYYY-MM-DDTHH:MM), `zone`, `hours`, `homes`, `seed`, `keepalive_s`, and `faults`, each
with `kind` (see faults/), `home` ("" for all), `day` (from 1), `at` (HH:MM), `minutes` (missing: for good) and what its
kind needs.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from osb_hil.faults import KINDS
from osb_hil.home.local_time import at
from osb_hil.story import Fault

FOLDER = Path(__file__).parent / "scenarios"
_KEYS = {"kind", "home", "day", "at", "minutes", "target_c", "why"}


@dataclass(frozen=True)
class Scenario:
    """What a file says, in Unix s."""

    name: str
    start: int
    end: int
    zone: ZoneInfo
    homes: int
    seed: int
    keepalive_s: int
    faults: list[Fault]


def load(path: Path) -> Scenario:
    """Read a file. ValueError names the fault that makes no sense."""
    raw = json.loads(path.read_text())
    zone = ZoneInfo(raw["zone"])
    first = datetime.fromisoformat(raw["start"])
    start = at(first.date(), 60 * first.hour + first.minute, zone)
    end = start + round(3600 * raw["hours"])
    faults = [_fault(row, first.date(), zone) for row in raw["faults"]]
    for fault in faults:
        if not start <= fault.start < (fault.end or end) <= end:
            raise ValueError(f"{fault.kind} of {fault.home or 'all'} is not within the time of {path.name}")
    return Scenario(path.stem, start, end, zone, raw["homes"], raw["seed"], raw["keepalive_s"], faults)


def _fault(row: dict[str, Any], first: date, zone: ZoneInfo) -> Fault:
    kind = row["kind"]
    if kind not in KINDS:
        raise ValueError(f"{kind} is no kind of fault: there are {', '.join(sorted(KINDS))}")
    hour, minute = map(int, row["at"].split(":"))
    begin = at(first + timedelta(days=row["day"] - 1), 60 * hour + minute, zone)
    end = begin + 60 * row["minutes"] if "minutes" in row else None
    detail = {key: value for key, value in row.items() if key not in _KEYS}
    return Fault(kind, row["home"], begin, end, row.get("target_c"), detail)
