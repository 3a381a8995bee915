"""What people do that a plan did not know of."""

import asyncio
import contextlib

from osb_hil.box import BoxError
from osb_hil.faults.kind import Kind

_VISITORS = 20


class Override(Kind):
    """The household asks for another temperature."""

    name = "override"

    async def strike(self, t: int) -> str | None:
        """Nothing yet: it asks after the box has seen the step."""
        return None

    async def ask(self, t: int) -> str:
        """The wish, and what the box says to it."""
        fault = self.fault
        assert fault.target_c is not None
        assert fault.end is not None
        home, minutes = self.bench.home(self.home), (fault.end - t) // 60
        home.inputs.occupants.override(t, fault.end, fault.target_c)
        try:
            wish = {"target_mc": round(1000 * fault.target_c), "minutes": minutes}
            await self.bench.box(self.home).post("/api/override", wish)
            answer = "the box took it"
        except BoxError as error:
            answer = f"the box refused it: {error}"
        room = f"at {home.flows.room_c:.1f} °C the household asked for {fault.target_c:.1f} °C for {minutes} min"
        return f"{room}; {answer}"

    async def mend(self, t: int) -> str | None:
        return f"it was over with {self.bench.home(self.home).flows.room_c:.1f} °C in the room"


class CarGone(Kind):
    """The car is taken away in the middle of charging."""

    name = "car"

    async def strike(self, t: int) -> str | None:
        car = self.bench.home(self.home).state.car
        assert car is not None
        assert self.fault.end is not None
        charging = self.bench.home(self.home).flows.ev_w > 0
        car.away(self.fault.end)
        return f"the car was unplugged {'while it charged' if charging else 'while it stood there'}"

    async def mend(self, t: int) -> str | None:
        return "the car was back"

    async def recovered(self, t: int) -> str | None:
        told = await self.status()
        state = told and next((row[1] for row in told["points"] if row[0] == "ev.state"), 0)
        return "the box saw it" if state else None


class Crowd(Kind):
    """Browsers that open connections and never say a word."""

    name = "crowd"

    async def strike(self, t: int) -> str | None:
        web = self.bench.box(self.home).config["web"]
        self._visitors: list[asyncio.StreamWriter] = []
        for _ in range(_VISITORS):
            with contextlib.suppress(OSError):
                self._visitors.append((await asyncio.open_connection(web["host"], web["port"]))[1])
        return f"{len(self._visitors)} browsers held connections and said nothing"

    async def mend(self, t: int) -> str | None:
        for writer in self._visitors:
            writer.close()
        return "they were gone"

    async def recovered(self, t: int) -> str | None:
        return "its page answered" if await self.status() else None


KINDS = (Override, CarGone, Crowd)
