"""Faults between the box and its hub: wires, names, certificates, the broker, the hub itself, the home's router."""

import asyncio
import time

from osb_hil.faults.kind import HeatPumpAlone, Kind

_PATIENCE_S = 60  # wall time for a connection that has died in silence: keep-alive counts in it


class _Lost(Kind):
    """The box is without its hub, and has got over it once the hub has acknowledged everything."""

    hub_gone = True

    async def recovered(self, t: int) -> str | None:
        return "its backlog was empty" if await self.caught_up() else None


class CutLink(_Lost):
    """No way from the box to the broker."""

    name = "link"

    async def strike(self, t: int) -> str | None:
        await self.bench.link(self.home).cut()
        return "the link was cut"

    async def mend(self, t: int) -> str | None:
        await self.bench.link(self.home).restore()
        return "the link was restored"

    async def recovered(self, t: int) -> str | None:
        if self.bench.link(self.home).connected and not any("reconnected" in seen for seen in self.fault.seen):
            self.fault.note(t, "the box has reconnected")
        return await super().recovered(t)


class HalfOpen(_Lost):
    """The connection stands, but nothing comes through any more, and nobody is told.

    Time-outs are wall time, so simulated time waits for the box to notice.
    """

    name = "half_open"

    async def strike(self, t: int) -> str | None:
        link = self.bench.link(self.home)
        self._before, self._since = link.connections, time.monotonic()
        link.freeze()
        return "its connection went dead in silence"

    def away(self, t: int) -> bool:
        return self.bench.link(self.home).connections == self._before

    async def recovered(self, t: int) -> str | None:
        link = self.bench.link(self.home)
        for _ in range(10 * _PATIENCE_S):
            if link.connections > self._before:
                break
            await asyncio.sleep(0.1)
        if not await self.caught_up():
            return None
        return f"it noticed within {time.monotonic() - self._since:.0f} s of wall time; its backlog was empty"


class Loss(_Lost):
    """A radio that loses packets. TCP repeats them, so that a box sees a delay: `delay_ms` of wall time a piece."""

    name = "loss"
    hub_gone = False

    async def strike(self, t: int) -> str | None:
        self.bench.link(self.home).delay_s = self.fault.detail.get("delay_ms", 200) / 1000
        return "every packet came late, as when it is lost and repeated"

    async def mend(self, t: int) -> str | None:
        self.bench.link(self.home).delay_s = 0.0
        return "the radio was good again"


class Names(_Lost):
    """The name server is silent, and the box loses its connection and, for lack of power, the address it knew.

    Each time that it asks takes 14 s of wall time, for which simulated time waits; `retry_s` is how often it does.
    """

    name = "dns"

    @classmethod
    def restarts(cls, start: int, end: int | None) -> list[int]:
        return [start]

    async def strike(self, t: int) -> str | None:
        server, box = self.bench.name_server(self.home), self.bench.box(self.home)
        server.silent = True
        self._asked, hub = server.asked, box.config["hub"]
        box.config["hub"] = {**hub, "retry_s": self.fault.detail.get("retry_s", hub["retry_s"])}
        await box.restart()
        box.config["hub"] = hub  # from its next start on
        return "the name server fell silent, and the power flickered"

    def away(self, t: int) -> bool:
        return self.fault.end is None or t < self.fault.end

    async def mend(self, t: int) -> str | None:
        server = self.bench.name_server(self.home)
        server.silent = False
        return f"the name server answered again, after {server.asked - self._asked} questions in vain"


class KnownNames(_Lost):
    """The name server is silent and the connection breaks: the box still knows where its hub was."""

    name = "dns_cached"

    async def strike(self, t: int) -> str | None:
        self.bench.name_server(self.home).silent = True
        link = self.bench.link(self.home)
        await link.cut()
        await link.restore()
        return "the name server fell silent, and the connection broke"

    async def mend(self, t: int) -> str | None:
        self.bench.name_server(self.home).silent = False
        return "the name server answered again"


class Expired(_Lost):
    """The certificate of the hub has run out, and the connection breaks."""

    name = "certificate"

    async def strike(self, t: int) -> str | None:
        await self._show(True)
        return "the hub's certificate had run out"

    async def mend(self, t: int) -> str | None:
        told = await self.status()
        if told and told["link"]["last_error"]:
            self.fault.note(t, "it said: " + " ".join(told["link"]["last_error"].split()))
        await self._show(False)
        return "the hub had a new certificate"

    async def _show(self, expired: bool) -> None:
        link = self.bench.link(self.home)
        await link.cut()
        self.bench.certificate(self.home, expired)
        await link.restore()


class _Everybody(Kind):
    """A service fails, for all homes at once."""

    hub_gone = True
    service: str

    async def strike(self, t: int) -> str | None:
        self.bench.service(self.service).kill()
        return f"the {self.service} died"

    async def mend(self, t: int) -> str | None:
        await self.bench.service(self.service).start()
        return f"the {self.service} was back"

    async def recovered(self, t: int) -> str | None:
        for name in self.bench.names():
            self.home = name
            if not await self.caught_up():
                return None
        return "all backlogs were empty"


class Broker(_Everybody):
    """The broker is killed."""

    name = service = "broker"


class Hub(_Everybody):
    """The hub is killed; the broker stands."""

    name = service = "hub"


class Router(HeatPumpAlone, _Lost):
    """The router of the home is off: no way to the hub, none to the appliances on the network, its heat pump's too."""

    name = "router"

    async def strike(self, t: int) -> str | None:
        await self.bench.link(self.home).cut()
        await self.bench.installation(self.home).unplug_network()
        await self.during(t)
        return "the router was off"

    async def mend(self, t: int) -> str | None:
        await self.during(t)
        await self.bench.installation(self.home).plug_network()
        await self.bench.link(self.home).restore()
        return f"the router was on again; {self.in_words()}"


KINDS = (CutLink, HalfOpen, Loss, Names, KnownNames, Expired, Broker, Hub, Router)
