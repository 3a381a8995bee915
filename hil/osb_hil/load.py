"""Household electricity in minutes: the BDEW profile H25 for the local date, as a quiet base with appliances on top.

Each (home, day, appliance) has its own random stream, so a minute has the same load whatever span is asked for.
"""

import warnings
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas
from demandlib.bdew import H25
from numpy.typing import NDArray

from osb_hil.home.local_time import days

Floats = NDArray[np.float64]


class Appliance(NamedTuple):
    """One use of an appliance minute by minute [W], and the share of the household's energy that such uses take."""

    watts: tuple[float, ...]
    share: float


APPLIANCES = (
    Appliance((2000.0,) * 3, 0.07),  # kettle, 0.1 kWh
    Appliance((1800.0,) * 6 + (1800.0, 0.0, 0.0) * 8, 0.15),  # hob, thermostat cycling, 0.42 kWh
    Appliance((150.0,) * 5 + (2000.0,) * 18 + (250.0,) * 60, 0.10),  # washing, 0.86 kWh
)
_DAY_MIN = 1440


def base_load_w(annual_kwh: float, seed: int, start: int, end: int, zone: ZoneInfo) -> list[float]:
    """Mean household load [W] of each minute of [start, end), both Unix s on whole minutes."""
    first_day = start // 86400 - 1  # a washing may have begun the day before
    last_day = -(-end // 86400)
    per_kwh = profile_w_per_kwh(first_day * 86400, last_day * 86400, zone)
    load = (1.0 - sum(a.share for a in APPLIANCES)) * annual_kwh * per_kwh
    for day in range(first_day, last_day):
        here = (day - first_day) * _DAY_MIN
        shape = per_kwh[here : here + _DAY_MIN]
        for kind, appliance in enumerate(APPLIANCES):
            rng = np.random.default_rng([seed, 0x10AD, kind, day])
            use_wh = sum(appliance.watts) / 60
            uses = rng.poisson(appliance.share * annual_kwh * shape.sum() / 60 / use_wh)
            for begin in rng.choice(_DAY_MIN, size=uses, p=shape / shape.sum()):
                at = here + int(begin)
                run = min(len(appliance.watts), len(load) - at)
                load[at : at + run] += appliance.watts[:run]
    skip = (start - first_day * 86400) // 60
    wanted: list[float] = load[skip : skip + (end - start) // 60].tolist()
    return wanted


@lru_cache(maxsize=4)
def profile_w_per_kwh(start: int, end: int, zone: ZoneInfo) -> Floats:
    """H25 at the local clock time of each minute of [start, end): W for each kWh a year."""
    dates = days(start, end, zone)
    quarters = pandas.date_range(dates[0], periods=96 * len(dates), freq="15min")  # naive: clock time has no DST
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # demandlib 0.2 calls pandas in a way that pandas 3.1 deprecates
        kilowatts_per_gwh = H25(quarters).to_numpy()
    midnight = datetime.combine(dates[0], datetime.min.time())
    clock = (datetime.fromtimestamp(t, zone).replace(tzinfo=None) for t in range(start, end, 900))
    index = [int((shown - midnight).total_seconds()) // 900 for shown in clock]
    return np.repeat(kilowatts_per_gwh[index] / 1000.0, 15)
