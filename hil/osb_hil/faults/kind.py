"""What every kind of fault has in common."""

from typing import Any, ClassVar, Protocol

from osb_hil.box import Box, BoxError
from osb_hil.home.home import Home
from osb_hil.installation import Installation
from osb_hil.link import Link
from osb_hil.name_server import NameServer
from osb_hil.serial_line import Rs485Line
from osb_hil.story import Fault


class Service(Protocol):
    """Something outside the homes that can be killed and started: the broker, the hub."""

    async def start(self) -> None: ...
    def kill(self) -> None: ...


class Bench(Protocol):
    """What faults can lay hands on."""

    def box(self, name: str) -> Box: ...
    def link(self, name: str) -> Link: ...
    def line(self, name: str) -> Rs485Line: ...
    def home(self, name: str) -> Home: ...
    def installation(self, name: str) -> Installation: ...
    def name_server(self, name: str) -> NameServer: ...
    def service(self, name: str) -> Service: ...
    def certificate(self, name: str, expired: bool) -> None: ...
    def set_clock(self, name: str, ahead_s: int) -> None: ...
    def names(self) -> list[str]: ...


class Kind:
    """One fault as it happens; `now` says what is to be seen at the end of a step, at `t` [Unix s]."""

    name: ClassVar[str]
    hub_gone: ClassVar[bool] = False  # whether the box is without its hub meanwhile

    def __init__(self, fault: Fault, bench: Bench) -> None:
        self.fault, self.bench = fault, bench
        self.home: str = fault.home

    @classmethod
    def restarts(cls, start: int, end: int | None) -> list[int]:
        """When the box starts again because of a fault from `start` to `end`: once at each of these, and no more."""
        return []

    async def strike(self, t: int) -> str | None:
        """It breaks; the sentence for the report."""
        raise NotImplementedError

    async def mend(self, t: int) -> str | None:
        """It is whole again; the sentence for the report."""
        return None

    async def during(self, t: int) -> None:
        """Each step in between, before the boxes see it."""

    def away(self, t: int) -> bool:
        """Whether the hub cannot have told the box anything since it struck: what clicks is looked at for so long."""
        return False

    async def recovered(self, t: int) -> str | None:
        """After it is mended, once a step: the sentence as soon as the box has got over it."""
        return "over"

    async def last_words(self) -> str | None:
        """What is to be said at the end of a run that did not see its end."""
        return None

    async def status(self, name: str = "") -> dict[str, Any] | None:
        """What the box of that home, or else of this one, says of itself; None if it does not answer."""
        try:
            return await self.bench.box(name or self.home).status()
        except BoxError:
            return None

    async def qualities(self, *points: str) -> dict[str, str]:
        """{point: quality} of those that the box has."""
        told = await self.status()
        return {row[0]: row[3] for row in told["points"] if row[0] in points} if told else {}

    async def caught_up(self) -> bool:
        """Whether the box is connected and the hub has acknowledged everything."""
        told = await self.status()
        return bool(told and told["link"] and told["link"]["connected"] and not told["outbox"]["pending"])


class HeatPumpAlone(Kind):
    """Meanwhile the heat pump hears nothing from the box and holds the home by itself; `alone` tells how well."""

    _before_min: float | None = None

    async def during(self, t: int) -> None:
        home = self.bench.home(self.home)
        if self._before_min is None:
            self._before_min = home.state.comfort_violation_min
        below_k = max(self.fault.alone[1], home.inputs.occupants.band(t)[0] - home.flows.room_c)
        self.fault.alone = (home.state.comfort_violation_min - self._before_min, round(below_k, 2))

    def in_words(self) -> str:
        """For the report."""
        minutes, below_k = self.fault.alone
        return f"meanwhile the room was {below_k:.1f} K too cold at most, {minutes:.0f} min in all"
