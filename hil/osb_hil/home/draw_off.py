"""When the occupants tap hot water: showers and small draws by local clock time, drawn anew each day."""

from zoneinfo import ZoneInfo

import numpy as np

from osb_hil.home.local_time import at, days
from osb_hil.home.spec import TankSpec

# chance of each hour of the day, after the rhythm of the EN 16147 tapping profiles: morning, midday, evening
_HOURS = (1, 0, 0, 0, 0, 2, 10, 14, 9, 5, 3, 3, 5, 3, 2, 2, 3, 5, 8, 8, 7, 6, 4, 2)
_SHOWER_L, _SHOWER_MIN = 42.0, 6
_SMALL_L = 4.0  # hands, dishes: within a minute
_SHOWER_SHARE = 0.7


def draw_offs_l(spec: TankSpec, seed: int, start: int, end: int, zone: ZoneInfo) -> list[float]:
    """Litres at 40 °C tapped in each minute of [start, end)."""
    litres = [0.0] * ((end - start) // 60)
    chance = np.array(_HOURS) / sum(_HOURS)
    for day in days(start, end, zone):
        rng = np.random.default_rng([seed, 0xDA, day.toordinal()])
        showers = rng.poisson(_SHOWER_SHARE * spec.daily_litres / _SHOWER_L)
        small = rng.poisson((1 - _SHOWER_SHARE) * spec.daily_litres / _SMALL_L)
        for n in range(showers + small):
            begin = at(day, int(rng.choice(24, p=chance)) * 60 + int(rng.integers(60)), zone)
            volume, minutes = (_SHOWER_L, _SHOWER_MIN) if n < showers else (_SMALL_L, 1)
            for minute in range((begin - start) // 60, (begin - start) // 60 + minutes):
                if 0 <= minute < len(litres):
                    litres[minute] += volume / minutes
    return litres
