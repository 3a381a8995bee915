"""What happens to a neighbourhood on a day, as data; `neighbourhood.py` makes it happen and notes how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from osb_hil.home.local_time import at
from osb_hil.home.spec import HomeSpec

LEAST_HOMES = 3  # below that a story would be all there is
OVERRIDE_MINUTES = 120
OVERRIDE_K = 1.5  # above the set-point


@dataclass
class Fault:
    """Something that happens to a home at `start` and is over at `end` (None: never); times in Unix s.

    `kind` is one of `osb_hil.faults.KINDS`; `detail` is what that kind needs to know. An override has its `target_c`.
    """

    kind: str
    home: str
    start: int
    end: int | None
    target_c: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)  # what was observed from outside, in order
    recovered: int | None = None  # when the box had got over it
    starts: tuple[int, int] | None = None  # of the box, before it and after
    outputs: list[str] = field(default_factory=list)  # that changed as it struck, and why is not known
    planned: list[str] = field(default_factory=list)  # that changed then because the plan goes on, or for comfort
    alone: tuple[float, float] = (0.0, 0.0)  # out of the box's reach: minutes outside the band, and K below it

    def note(self, t: int, what: str) -> None:
        """Something that was to be seen at `t`."""
        self.seen.append(f"{datetime.fromtimestamp(t, UTC):%H:%M} UTC {what}")

    def report(self) -> dict[str, Any]:
        """For truth.json."""
        told = {"kind": self.kind, "home": self.home, "start": self.start, "end": self.end}
        told |= {"recovered": self.recovered, "starts": self.starts, "outputs": self.outputs}
        told |= {"planned": self.planned, "alone": self.alone}
        return {**told, "ended": "; ".join(self.seen) or "not reached in this run"}


def winter(homes: Sequence[HomeSpec], seed: int, day: date, zone: ZoneInfo) -> list[Fault]:
    """One override, one lost link and one dead sub-meter, in different homes as far as there are enough."""
    if len(homes) < LEAST_HOMES:
        return []
    order = np.random.default_rng([seed, 0x57]).permutation(len(homes))
    free = [homes[i] for i in order]
    story: list[Fault] = []

    def pick(fits: Sequence[HomeSpec]) -> HomeSpec | None:
        untouched = [home for home in fits if home in free]
        chosen = next(iter(untouched or fits), None)
        if chosen in free:
            free.remove(chosen)
        return chosen

    shuffled = list(free)
    heated = [home for home in shuffled if home.heat_pump]
    shared = [home for home in heated if home.grid_meter == "sdm630" or home.tank]
    if home := pick(heated):
        target, start = home.comfort.setpoint_c + OVERRIDE_K, at(day, 18 * 60 + 10, zone)
        story.append(Fault("override", home.id, start, start + OVERRIDE_MINUTES * 60, target))
    if home := pick(shared):
        story.append(Fault("meter", home.id, at(day, 11 * 60, zone), None))
    if home := pick(shuffled):
        story.append(Fault("link", home.id, at(day, 16 * 60 + 30, zone), at(day, 18 * 60 + 30, zone)))
    return story
