"""Makes the faults of a story happen in time, and notes from outside how each ends."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from osb_hil.box import Box, BoxError
from osb_hil.home.home import Home
from osb_hil.installation import HEAT_PUMP_METER
from osb_hil.link import Link
from osb_hil.serial_line import Rs485Line
from osb_hil.story import Fault


class Bench(Protocol):
    """What incidents can lay hands on."""

    def box(self, name: str) -> Box: ...
    def link(self, name: str) -> Link: ...
    def line(self, name: str) -> Rs485Line: ...
    def home(self, name: str) -> Home: ...


class Incidents:
    """The faults of one run; `report` is told when one begins, ends or has been got over."""

    def __init__(self, story: list[Fault], bench: Bench, report: Callable[[dict[str, Any]], None]) -> None:
        self._story, self._bench, self._report = story, bench, report
        self._recovering: list[Fault] = []  # links that are whole again, while their box still catches up

    async def strike(self, t: int) -> None:
        """What breaks or is mended at `t`, before the boxes see it."""
        for fault in self._story:
            if fault.kind == "meter" and fault.start == t:
                self._bench.line(fault.home).kill(HEAT_PUMP_METER)
                self._note(fault, t, "the sub-meter of the heat pump died")
            elif fault.kind == "link" and fault.start == t:
                await self._bench.link(fault.home).cut()
                self._note(fault, t, "the link was cut")
            elif fault.kind == "link" and fault.end == t:
                await self._bench.link(fault.home).restore()
                self._note(fault, t, "the link was restored")
                self._recovering.append(fault)

    async def watch(self, t: int) -> None:
        """What people do at `t`, and what can be seen, after the boxes have finished the step."""
        for fault in self._story:
            if fault.kind == "override" and fault.start == t:
                await self._override(fault, t)
            elif fault.kind == "override" and fault.end == t:
                self._note(fault, t, f"it was over with {self._bench.home(fault.home).flows.room_c:.1f} °C in the room")
        for fault in list(self._recovering):
            await self._watch_link(fault, t)

    async def close(self, fault: Fault) -> dict[str, Any]:
        """The end of a fault as the run ends."""
        if fault.kind == "meter" and fault.seen:
            fault.seen.append(await self._last_words(fault.home))
        return fault.report()

    async def _override(self, fault: Fault, t: int) -> None:
        assert fault.target_c is not None
        assert fault.end is not None
        home, minutes = self._bench.home(fault.home), (fault.end - t) // 60
        home.inputs.occupants.override(t, fault.end, fault.target_c)
        try:
            wish = {"target_mc": round(1000 * fault.target_c), "minutes": minutes}
            await self._bench.box(fault.home).post("/api/override", wish)
            answer = "the box took it"
        except BoxError as error:
            answer = f"the box refused it: {error}"
        room = f"at {home.flows.room_c:.1f} °C the household asked for {fault.target_c:.1f} °C for {minutes} min"
        self._note(fault, t, f"{room}; {answer}")

    async def _watch_link(self, fault: Fault, t: int) -> None:
        """Reconnected, and then: nothing left to catch up on."""
        if not self._bench.link(fault.home).connected:
            return
        if not any("reconnected" in seen for seen in fault.seen):
            self._note(fault, t, "the box has reconnected")
        try:
            pending = (await self._bench.box(fault.home).status())["outbox"]["pending"]
        except BoxError:
            return
        if pending == 0:
            self._note(fault, t, "its backlog was empty")
            self._recovering.remove(fault)

    async def _last_words(self, name: str) -> str:
        """How the box shows the points of a dead meter at the end."""
        try:
            points = (await self._bench.box(name).status())["points"]
        except BoxError as error:
            return str(error)
        rows = [f"{row[0]} {row[3]}" for row in points if row[0] in ("heat_pump.power", "heat_pump.energy")]
        return "dead to the end; the box then showed " + ", ".join(rows)

    def _note(self, fault: Fault, t: int, what: str) -> None:
        fault.seen.append(f"{datetime.fromtimestamp(t, UTC):%H:%M} UTC {what}")
        self._report({"event": "fault", "t": t, "kind": fault.kind, "home": fault.home, "what": what})
