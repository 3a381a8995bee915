"""Faults of the box itself: its power, its flash, its clock, its program."""

import asyncio
import time

import numpy as np

from osb_hil.faults.kind import HeatPumpAlone, Kind

_LAST_MS = 60.0  # a step of the bench takes about so long
_STEP_S = 60  # of simulated time


class _Restarted(Kind):
    @classmethod
    def restarts(cls, start: int, end: int | None) -> list[int]:
        return [start]

    async def recovered(self, t: int) -> str | None:
        return "it was connected, its backlog empty" if await self.caught_up() else None


class Power(HeatPumpAlone, _Restarted):
    """Without power until it is mended."""

    name = "power"

    @classmethod
    def restarts(cls, start: int, end: int | None) -> list[int]:
        return [] if end is None else [end]

    async def strike(self, t: int) -> str | None:
        await self.bench.box(self.home).kill()
        await self.during(t)
        return "the box lost its power"

    async def mend(self, t: int) -> str | None:
        await self.during(t)
        await self.bench.box(self.home).start()
        return f"it had power again; {self.in_words()}"


class Flicker(_Restarted):
    """The power fails in each step, each time at another moment of what the box does in it, and is back at once."""

    name = "flicker"

    @classmethod
    def restarts(cls, start: int, end: int | None) -> list[int]:
        return [] if end is None else list(range(start, end, _STEP_S))

    async def strike(self, t: int) -> str | None:
        self._moments = np.random.default_rng(self.fault.start)
        self._cuts = 0
        self._cutting: set[asyncio.Task[None]] = set()
        await self.during(t)
        return "the power flickered"

    async def during(self, t: int) -> None:
        await asyncio.gather(*self._cutting)  # or two of them would switch it on twice
        task = asyncio.create_task(self._cut(float(self._moments.uniform(0, _LAST_MS)) / 1000))
        self._cutting.add(task)
        task.add_done_callback(self._cutting.discard)

    async def mend(self, t: int) -> str | None:
        await asyncio.gather(*self._cutting)
        return f"it had failed {self._cuts} times, in the middle of whatever the box did"

    async def _cut(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        self._cuts += 1
        await self.bench.box(self.home).restart()


class Hang(_Restarted):
    """The program stops. The bench's watchdog, in wall time as the silicon's, resets the box within the same step."""

    name = "hang"

    async def strike(self, t: int) -> str | None:
        self._since = time.monotonic()
        self._starts = self.bench.box(self.home).starts
        self.bench.box(self.home).hang()
        return "the program hung"

    async def recovered(self, t: int) -> str | None:
        if self.bench.box(self.home).starts == self._starts:
            return None
        found = await super().recovered(t)
        return found and f"the watchdog had reset it; {found}"


class FullFlash(Kind):
    """Every write to flash fails."""

    name = "flash"

    async def strike(self, t: int) -> str | None:
        self.bench.box(self.home).fill_flash(True)
        return "its flash took nothing any more"

    async def mend(self, t: int) -> str | None:
        told = await self.status()
        if told:
            self.fault.note(t, f"it said: {told['errors']['stages'].get('report', 'nothing')}")
        self.bench.box(self.home).fill_flash(False)
        return "its flash took writes again"

    async def recovered(self, t: int) -> str | None:
        told = await self.status()
        return (
            "no stage failed any more"
            if told and not told["errors"]["stages"] and not told["outbox"]["pending"]
            else None
        )


class Clock(_Restarted):
    """After a loss of power its clock is wrong by `ahead_s`, until a time server sets it right."""

    name = "clock"

    async def strike(self, t: int) -> str | None:
        ahead_s = int(self.fault.detail.get("ahead_s", -7200))
        await self.bench.box(self.home).kill()
        self.bench.set_clock(self.home, ahead_s)
        await self.bench.box(self.home).start()
        return f"its clock was wrong by {ahead_s // 60} min after a loss of power"

    async def mend(self, t: int) -> str | None:
        self.bench.set_clock(self.home, 0)
        return "its clock was set right"


KINDS = (Power, Flicker, Hang, FullFlash, Clock)
