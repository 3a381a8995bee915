"""15-minute values from readings (pure): means of what fluctuates, energy from counters.

Only good readings count. A reading speaks for the time since the one before it, but for no more than HOLD_S; what no
reading speaks for lowers the completeness. A counter that goes on after a gap tells the energy of the gap: it is
spread evenly over it, so that no energy is lost or counted twice, and the completeness says it is not measured.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from osb_wire import SLOT_S

HOLD_S = 90  # telemetry comes every 60 s; a reading that is late by half is no gap


class Sample(NamedTuple):
    """A good value and when it was measured [Unix s]."""

    t: int
    value: int


class SlotResult(NamedTuple):
    """Value of one slot and the share of it that was measured, 0..1."""

    start: int
    value: float
    completeness: float


def means(samples: Sequence[Sample], starts: Iterable[int]) -> list[SlotResult]:
    """Time-weighted mean of each slot; a slot for which no sample speaks is left out. `samples` rise in time."""
    covered: dict[int, int] = defaultdict(int)
    weighted: dict[int, int] = defaultdict(int)
    for before, sample in zip([None, *samples], samples, strict=False):
        since = max(before.t if before else 0, sample.t - HOLD_S)
        for start, seconds in _slots_of(since, sample.t):
            covered[start] += seconds
            weighted[start] += seconds * sample.value
    return [SlotResult(s, weighted[s] / covered[s], covered[s] / SLOT_S) for s in starts if s in covered]


def energies(samples: Sequence[Sample], starts: Iterable[int]) -> list[SlotResult]:
    """Energy that the counter has counted in each slot [Wh]. `samples` rise in time.

    A counter that falls has been reset or exchanged: what it counted meanwhile is unknown and taken as nothing.
    """
    if len(samples) < 2:
        return []
    total = [0]  # counted since the first sample
    covered: dict[int, int] = defaultdict(int)
    for before, after in pairwise(samples):
        step = after.value - before.value
        total.append(total[-1] + max(step, 0))
        if step >= 0 and after.t - before.t <= HOLD_S:
            for start, seconds in _slots_of(before.t, after.t):
                covered[start] += seconds
    times = [sample.t for sample in samples]
    return [
        SlotResult(s, _at(times, total, s + SLOT_S) - _at(times, total, s), covered[s] / SLOT_S)
        for s in starts
        if times[0] < s + SLOT_S and s < times[-1]
    ]


def _at(times: list[int], total: list[int], t: int) -> int:
    """Counter at t, interpolated and rounded to Wh, so that the energies of slots add up to the counter exactly."""
    if t <= times[0]:
        return 0
    if t >= times[-1]:
        return total[-1]
    after = bisect_right(times, t)
    t0, t1 = times[after - 1], times[after]
    return total[after - 1] + round((total[after] - total[after - 1]) * (t - t0) / (t1 - t0))


def _slots_of(since: int, until: int) -> Iterator[tuple[int, int]]:
    """Each slot that since..until touches, with the seconds of it."""
    while since < until:
        start = since // SLOT_S * SLOT_S
        end = min(until, start + SLOT_S)
        yield start, end - since
        since = end
