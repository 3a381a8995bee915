"""The operator's part of the day: what the grid operator and the market announce, and when."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from osb_hub.errors import InputError
from osb_hub.prices.files import local_day, read
from osb_hub.prices.series import PriceSeries, at_clock_times
from osb_wire import SLOT_S

DEFAULT_PRICES = Path(__file__).parent / "prices_winter_day.csv"
DEFAULT_DAY = date(2026, 1, 15)
CAP_KW_PER_HOME = 1.2
FEEDER_KW_PER_HOME = 3.0  # what a street's cable and transformer are built for, all day

CAP_ANNOUNCED, CAP_BEGINS, CAP_ENDS = time(14), time(17), time(20, 30)
PRICES_MOVE = time(13)
_EVENING, _NIGHT = range(17, 21), range(21, 24)  # hours whose prices are revised
_EVENING_FACTOR, _NIGHT_FACTOR = 1.3, 0.9


@dataclass(frozen=True)
class Story:
    """Times are Unix seconds. Prices are spot prices: those known in the morning and those that came true."""

    day: date
    zone: ZoneInfo
    feeder_w: int  # what the feeders of the whole neighbourhood carry at any time
    cap_w: int  # what the grid operator allows the whole neighbourhood between `cap_begins` and `cap_ends`
    cap_announced: int
    cap_begins: int
    cap_ends: int
    prices_move: int
    morning: PriceSeries
    final: PriceSeries


def tell(zone: ZoneInfo, day: date | None, prices: Path | None, feeder_w: int, cap_w: int) -> Story:
    """The story of `day` (default: that of the price file). InputError where file and day do not fit."""
    if prices is None:
        day = day or DEFAULT_DAY
        begin, end = local_day(day, zone)
        shipped = _on_clock_of(read(DEFAULT_PRICES, ZoneInfo("Europe/Brussels")), zone)
        morning = at_clock_times(shipped, zone, begin, (end - begin) // SLOT_S)
    else:
        morning = read(prices, zone)
        covered = datetime.fromtimestamp(morning.start, zone).date()
        if day not in (None, covered):
            raise InputError(f"{prices}: covers {covered}, not {day}: leave out --day or give another file.")
        day = covered

    def at(clock: time) -> int:
        return int(datetime.combine(day, clock, zone).timestamp())

    times = at(CAP_ANNOUNCED), at(CAP_BEGINS), at(CAP_ENDS), at(PRICES_MOVE)
    return Story(day, zone, feeder_w, cap_w, *times, morning, revised(morning, zone))


def revised(morning: PriceSeries, zone: ZoneInfo) -> PriceSeries:
    """What the prices become at PRICES_MOVE: a dearer evening and a cheaper night."""
    hours = np.array([datetime.fromtimestamp(t, zone).hour for t in morning.by_slot()])
    factor = np.where(np.isin(hours, _EVENING), _EVENING_FACTOR, np.where(np.isin(hours, _NIGHT), _NIGHT_FACTOR, 1.0))
    return replace(morning, eur_per_mwh=morning.eur_per_mwh * factor)


def _on_clock_of(series: PriceSeries, zone: ZoneInfo) -> PriceSeries:
    """The same prices at the same times on the clock of another zone."""
    return replace(series, start=local_day(DEFAULT_DAY, zone)[0])
