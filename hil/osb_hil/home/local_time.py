"""Local clock time, which people live by: the days of a span, and clock times on them. DST days have 23 or 25 hours."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def days(start: int, end: int, zone: ZoneInfo) -> list[date]:
    """The local dates that the span [start, end) touches, in order; times in Unix s."""
    first = datetime.fromtimestamp(start, zone).date()
    last = datetime.fromtimestamp(max(start, end - 1), zone).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def at(day: date, minutes: int, zone: ZoneInfo) -> int:
    """Unix s at which the clock shows `minutes` after midnight on `day`; a time that DST skips comes an hour later."""
    return int(datetime.combine(day, time(minutes // 60, minutes % 60), zone).timestamp())


@lru_cache(maxsize=8)
def clock_minutes(start: int, end: int, zone: ZoneInfo) -> tuple[int, ...]:
    """For each minute of [start, end): minutes after local midnight."""
    shown = (datetime.fromtimestamp(t, zone) for t in range(start, end, 60))
    return tuple(moment.hour * 60 + moment.minute for moment in shown)
