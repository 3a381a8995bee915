"""A whole neighbourhood on one clock: homes with their twins and devices, boxes, links, and what happens to them."""

import asyncio
import contextlib
import json
import random
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from osb_hil.box import HEAP, Box, BoxError
from osb_hil.conductor import HUB, Conductor
from osb_hil.faults.kind import Service
from osb_hil.firmware import build, micropython
from osb_hil.home.home import Home
from osb_hil.home.inputs import Inputs
from osb_hil.home.spec import HomeSpec
from osb_hil.household import Household
from osb_hil.incidents import Incidents
from osb_hil.installation import Installation
from osb_hil.link import Link
from osb_hil.mix import box_home_config, neighbourhood
from osb_hil.name_server import NameServer
from osb_hil.serial_line import Rs485Line
from osb_hil.story import Fault
from osb_hil.truth import SLOT_S, Truth
from osb_hil.twin import Plain
from osb_hil.uplinks import Uplinks
from osb_hil.weather import Weather, write_forecast

STEP_S = 60
ACCELERATED = {  # what goes otherwise than in life
    "clock": "simulated time advances as fast as everybody finishes a step; time-outs and watchdogs use wall time",
    "p1_telegram": "a new one in 60 s; a DSMR 5 meter sends one a second",
}


@dataclass(frozen=True)
class Plan:
    """What to run: `homes` drawn from `seed`, or those given, over [start, end) in Unix s, whole slots."""

    out: Path
    homes: int
    seed: int
    start: int
    end: int
    zone: ZoneInfo
    broker: tuple[str, int] | None  # None: boxes without a hub
    story: list[Fault] = field(default_factory=list)
    keepalive_s: int = 60  # of the links, in wall time
    homes_given: list[HomeSpec] | None = None
    firmware: Path | None = None  # None: built of the sources
    heap: str = HEAP  # of each box

    def hit_by(self, *kinds: str) -> set[str]:
        """Homes to which the story does one of these things."""
        return {fault.home for fault in self.story if fault.kind in kinds}


Report = Callable[[dict[str, Any]], None]  # is told of each finished slot and of each fault


class Neighbourhood:
    """`await start()`, `await step_to(t)` as often as wanted, `await finish()`, and always `await stop()`."""

    def __init__(self, plan: Plan, report: Report = lambda event: None) -> None:
        self.plan, self._report = plan, report
        self.specs = plan.homes_given or neighbourhood(plan.homes, plan.seed)
        weather = Weather(plan.start, plan.end)
        inputs = [Inputs(spec, weather, plan.zone) for spec in self.specs]
        self.homes = [Home(spec, given) for spec, given in zip(self.specs, inputs, strict=True)]
        self.twins = [Home(spec, given) for spec, given in zip(self.specs, inputs, strict=True)]
        self._plain = [Plain(spec, given.occupants) for spec, given in zip(self.specs, inputs, strict=True)]
        self.conductor = Conductor(on_hung=lambda name: self._boxes[name].reset())
        self.installations = {
            home.spec.id: Installation(home, plan.zone, serial) for serial, home in enumerate(self.homes, 1)
        }
        self._boxes: dict[str, Box] = {}
        self._uplinks = (
            Uplinks(
                plan.out, plan.broker, plan.keepalive_s, plan.hit_by("dns", "dns_cached"), plan.hit_by("certificate")
            )
            if plan.broker
            else None
        )
        self.services: dict[str, Service] = {}  # "broker" and "hub", where somebody can kill and start them
        self._households = [Household(home, plan.zone) for home in self.homes]
        self._incidents = Incidents(plan.story, self, report)
        self.weather_csv = plan.out / "weather.csv"
        self.t: int | None = None  # the last finished step [Unix s]
        self._sums_w = [0.0, 0.0]  # of homes and twins in the running slot, once for each step
        self._truth: Truth | None = None

    def box(self, name: str) -> Box:
        """The box called `name`."""
        return self._boxes[name]

    def link(self, name: str) -> Link:
        """The wire from that box to the broker."""
        return self._wires.links[name]

    def line(self, name: str) -> Rs485Line:
        """The RS-485 line in that box's home; KeyError where there is none."""
        line = self.installations[name].line
        if line is None:
            raise KeyError(f"the home of {name} has no RS-485 line")
        return line

    def home(self, name: str) -> Home:
        """The home of that box."""
        return self.installations[name].home

    def installation(self, name: str) -> Installation:
        """Lines and devices of that box's home."""
        return self.installations[name]

    @property
    def _wires(self) -> Uplinks:
        assert self._uplinks is not None, "this neighbourhood has no hub"
        return self._uplinks

    def names(self) -> list[str]:
        """All boxes."""
        return list(self._boxes)

    def name_server(self, name: str) -> NameServer:
        """The name server that the box asks."""
        return self._wires.name_servers[name]

    def service(self, name: str) -> Service:
        """The broker or the hub; KeyError where nobody has lent it to the bench."""
        return self.services[name]

    def certificate(self, name: str, expired: bool) -> None:
        """What the hub shows to that box from the next start of its link on."""
        self._wires.certificate(name, expired)

    def set_clock(self, name: str, ahead_s: int) -> None:
        """The clock of that box is wrong from the next step on."""
        self.conductor.set_clock(name, ahead_s)

    async def start(self) -> None:
        """Compile the firmware, wire the homes, and switch the boxes on; they wait for the first step."""
        plan = self.plan
        plan.out.mkdir(parents=True, exist_ok=True)
        self._truth = Truth(plan.out, plan.start, plan.end, STEP_S, plan.zone.key, plan.seed, self.homes, self.twins)
        write_forecast(self.weather_csv, plan.start, plan.end, plan.seed)
        firmware = plan.firmware or build()
        await self.conductor.start()
        for installation in self.installations.values():
            await installation.start()
        for (name, installation), port in zip(self.installations.items(), _free_ports(plan.homes), strict=True):
            hub = await self._uplinks.wire(name) if self._uplinks else None
            config = self._config(installation, port, hub)
            environment = self._uplinks.environment(name) if self._uplinks else None
            self._boxes[name] = Box(plan.out / name, config, firmware, self.conductor, environment, plan.heap)
        for box in self._boxes.values():
            await box.start()

    async def step_to(self, t: int) -> None:
        """Run until `t`; the first step is the start itself, at which no time has passed yet. BenchError if one
        hangs.
        """
        while self.t is None or self.t < t:
            await self._step(self.plan.start if self.t is None else self.t + STEP_S)

    async def finish(self) -> Path:
        """Ask the boxes how they are and write the truth; returns the path of truth.json."""
        assert self._truth is not None, "finish() before start()"
        interpreter = _interpreter_version()
        for name, box in self._boxes.items():
            self._truth.set_box(name, await _facts(box, interpreter))
        self._truth.set_faults([await self._incidents.close(fault) for fault in self.plan.story])
        self._truth.set_accelerated(ACCELERATED)
        return self._truth.write()

    async def stop(self) -> None:
        """Leave no process, no port and no line behind."""
        for box in self._boxes.values():
            await box.kill()
        if self._uplinks:
            await self._uplinks.stop()
        for installation in self.installations.values():
            await installation.stop()
        await self.conductor.stop()

    async def _step(self, t: int) -> None:
        if self.t is not None:
            self._live(self.t, t)
        for installation in self.installations.values():
            installation.tick(t)
        await self._incidents.strike(t)
        await self.conductor.advance(t)
        self.t = t
        for household in self._households:
            await household.act(t, self._boxes[household.name])
        await self._incidents.watch(t)
        await self.conductor.settled()

    def _live(self, begin: int, t: int) -> None:
        """Physics of all homes and twins from `begin` to `t`."""
        for home in self.homes:
            home.step(begin, t - begin)
        for twin, plain in zip(self.twins, self._plain, strict=True):
            twin.controls = plain.controls(begin, twin.flows)
            twin.step(begin, t - begin)
        self._sums_w[0] += sum(home.flows.grid_w for home in self.homes)
        self._sums_w[1] += sum(twin.flows.grid_w for twin in self.twins)
        assert self._truth is not None, "a step before start()"
        self._truth.observe(t)
        if t % SLOT_S == 0:
            net_w, twin_net_w = (round(total * STEP_S / SLOT_S) for total in self._sums_w)
            self._sums_w = [0.0, 0.0]
            self._report({"event": "slot", "t": t - SLOT_S, "net_w": net_w, "twin_net_w": twin_net_w})

    def _config(self, installation: Installation, web_port: int, hub: dict[str, Any] | None) -> dict[str, Any]:
        """config.json of the box of a home."""
        name = installation.home.spec.id
        return {
            "box_id": name,
            "board": "linux",
            "zone": _zone(self.plan.zone, self.plan.start),
            "poll_s": STEP_S,
            "journal_flush_s": 0,
            "outbox_max_bytes": 4194304,
            "hub": hub,
            "web": {"host": "127.0.0.1", "port": web_port, "token": f"bench-{name}"},
            "buses": installation.buses,
            "devices": installation.devices,
            "home": box_home_config(installation.home.spec),
        }


async def _facts(box: Box, interpreter: str) -> dict[str, Any]:
    """What the bench can tell of a box at the end of a run."""
    facts: dict[str, Any] = {"interpreter": interpreter, "starts": box.starts}
    try:
        status = await box.status()
    except BoxError as error:
        return {**facts, "unreachable": str(error)}
    facts |= {key: status["outbox"][key] for key in ("messages", "readings", "pending", "dropped")}
    failed = {name: device for name, device in status["devices"].items() if device["failures"]}
    return {**facts, "heap_free": status["heap_free"], "errors": status["errors"], "failed_devices": failed}


def _interpreter_version() -> str:
    """The VM's own words about itself."""
    told = subprocess.run(
        [*micropython(), "-c", "import sys; print(sys.version)"], capture_output=True, text=True, check=True
    )
    return told.stdout.strip()


def _zone(zone: ZoneInfo, t: int) -> dict[str, Any]:
    """The zone as a box knows it: the offset of winter, and whether EU summer time applies."""
    year = datetime.fromtimestamp(t, zone).year
    winter, summer = (datetime(year, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))
    assert winter is not None
    return {"utc_offset_s": int(winter.total_seconds()), "dst": "none" if winter == summer else "eu"}


def _free_ports(count: int) -> list[int]:
    """TCP ports of this machine that nobody uses right now, and that it gives to no outgoing connection by itself."""
    found: list[int] = []
    with contextlib.ExitStack() as stack:
        while len(found) < count:
            port = random.randrange(10240, 32768)
            probe = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
    return found


def emit(event: dict[str, Any]) -> None:
    """Print an event as one JSON line."""
    print(json.dumps(event), flush=True)


async def run(plan: Plan) -> None:
    """Run a plan from start to end in step with the hub, printing events."""
    bench = Neighbourhood(plan, emit)
    try:
        await bench.start()
        boxes = [{"id": spec.id, "feeder": spec.feeder} for spec in bench.specs]
        ready = {"event": "ready", "bench": bench.conductor.address, "weather": str(bench.weather_csv)}
        emit({**ready, "start": plan.start, "end": plan.end, "boxes": boxes})
        if plan.broker:
            await bench.conductor.met(HUB)
        await bench.step_to(plan.end)
        truth = await bench.finish()
        emit({"event": "done", "truth": str(truth), "meters": str(plan.out / "meters.csv")})
    finally:
        await asyncio.shield(bench.stop())
