"""What the occupants want: the band they are comfortable in, and what they would dial at a thermostat."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from osb_hil.home.local_time import at, clock_minutes, days
from osb_hil.home.spec import ComfortSpec
from osb_hil.weather import Weather

TOLERANCE_C = 0.1
OVERRIDE_C = 0.5  # an override asks for its target within this
_SET_BACK_C = 1.0  # of the thermostat at night
_WARM_UP_MIN = 90  # the thermostat's night ends this long before the occupants'
SETTLE_S = 60 * _WARM_UP_MIN  # physics gets as long after an override begins or ends; both bands are fair then


class Occupants:
    """The band [min, max] and the dialled set-point of one home for each minute of [start, end], in °C."""

    def __init__(self, spec: ComfortSpec, start: int, end: int, zone: ZoneInfo) -> None:
        self.start, self.end = start, end
        clock = clock_minutes(start, end + 60, zone)
        warm = _warm_edge_c(start, end + 60, zone)
        self._min_c = [spec.night_min_c if _within(m, spec.night_from, spec.night_to) else spec.min_c for m in clock]
        self._max_c = [max(spec.max_c, edge) for edge in warm]
        low_until = (spec.night_to - _WARM_UP_MIN) % 1440
        self._setpoint_c = [
            spec.setpoint_c - (_SET_BACK_C if _within(m, spec.night_from, low_until) else 0.0) for m in clock
        ]

    def band(self, t: int) -> tuple[float, float]:
        """Lowest and highest comfortable room temperature at `t`."""
        minute = (t - self.start) // 60
        return self._min_c[minute], self._max_c[minute]

    def setpoint_c(self, t: int) -> float:
        """What the room thermostat of a home without a box shows at `t`: by day, set back at night, or overridden."""
        return self._setpoint_c[(t - self.start) // 60]

    def override(self, t_from: int, t_to: int, target_c: float) -> None:
        """Shift the band to the target ± 0.5 K from `t_from` to `t_to`.

        For SETTLE_S after each end the band holds both wishes. The upper edge never falls: heating cannot cool.
        """
        low, high = target_c - OVERRIDE_C, target_c + OVERRIDE_C
        last = len(self._min_c)
        first, settled, over, cooled = (
            min(max((t - self.start) // 60, 0), last) for t in (t_from, t_from + SETTLE_S, t_to, t_to + SETTLE_S)
        )
        for minute in range(first, cooled):
            self._max_c[minute] = max(self._max_c[minute], high)
            if minute < over:
                self._setpoint_c[minute] = target_c
            asked = settled <= minute < over
            self._min_c[minute] = low if asked else min(low, self._min_c[minute])


def _within(minute: int, begin: int, end: int) -> bool:
    """Whether a clock minute lies in a span that may pass midnight."""
    return begin <= minute < end if begin <= end else minute >= begin or minute < end


@lru_cache(maxsize=8)
def _warm_edge_c(start: int, end: int, zone: ZoneInfo) -> tuple[float, ...]:
    """The upper edge that warm weather allows, for each minute: EN 16798-1 category II, 0.33 T + 21.8 °C.

    T is the mean of the local day, in place of the standard's running mean. Below 10 °C there is no such edge.
    """
    edges: list[float] = []
    for day in days(start, end, zone):
        first = at(day, 0, zone)
        mean_c = float(Weather(first, first + 86400).temp_c.mean())
        edge = 0.33 * mean_c + 21.8 if mean_c >= 10.0 else float("-inf")
        until = min(at(day.fromordinal(day.toordinal() + 1), 0, zone), end)
        edges += [edge] * ((until - max(first, start)) // 60)
    return tuple(edges)
