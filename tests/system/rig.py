"""A bench for whole-system tests: a real broker, a real hub process, and a neighbourhood of boxes on the real VM."""

import asyncio
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from osb_hil.conductor import HUB
from osb_hil.hub_end import free_port
from osb_hil.neighbourhood import Neighbourhood, Plan

ZONE = ZoneInfo("Europe/Brussels")
NOON = int(datetime(2026, 1, 15, 12, tzinfo=ZONE).timestamp())
MOSQUITTO = shutil.which("mosquitto", path=os.environ["PATH"] + os.pathsep + "/usr/sbin")

needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed; .ci/run installs it")


class Mosquitto:
    """A broker that can be killed and started again on the same port."""

    def __init__(self, folder: Path):
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
        self._process = None

    async def start(self):
        self._process = subprocess.Popen([MOSQUITTO, "-c", self._config], stderr=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            await asyncio.sleep(0.05)
        raise AssertionError("Mosquitto does not listen")

    def kill(self):
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


class Hub:
    """`vpp serve` as a process of its own."""

    def __init__(self, folder: Path, port: int, bench: Neighbourhood):
        self.database = folder / "hub.sqlite"
        self._bench = bench
        self._log = folder / "hub.log"
        self.environment = {
            **os.environ,
            "OSB_HUB_DATABASE": f"sqlite:///{self.database}",
            "OSB_HUB_MQTT_PORT": str(port),
            "OSB_HUB_BENCH": bench.conductor.address,
            "OSB_HUB_WEATHER": str(bench.weather_csv),
        }
        self._process = None

    async def start(self):
        vpp = Path(sys.executable).parent / "vpp"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [vpp, "-v", "serve"], env=self.environment, cwd=self.database.parent, stdout=log, stderr=log
            )
        async with asyncio.timeout(60):
            await self._bench.conductor.met(HUB)

    def kill(self):
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def vpp(self, *arguments):
        """What a command of the operator prints with --json."""
        vpp = Path(sys.executable).parent / "vpp"
        done = subprocess.run(
            [vpp, *arguments, "--json"],
            env={k: v for k, v in self.environment.items() if k != "OSB_HUB_BENCH"},
            cwd=self.database.parent,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def ask(self, query, *values):
        """Rows of a query to the store, past the hub's own code."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()


@asynccontextmanager
async def street(folder: Path, homes: int, seed: int = 1, start: int = NOON, scenario=None, days: int = 1):
    """Broker, neighbourhood and hub, started; nothing of them is left afterwards. A scenario can kill them, too."""
    broker = Mosquitto(folder)
    await broker.start()
    plan = Plan(folder / "bench", homes, seed, start, start + days * 86400, ZONE, ("127.0.0.1", broker.port))
    if scenario:
        plan = replace(plan, end=scenario.end, story=scenario.faults, keepalive_s=scenario.keepalive_s)
    bench = Neighbourhood(plan)
    hub = None
    try:
        await bench.start()
        hub = Hub(folder, broker.port, bench)
        await hub.start()
        bench.services.update(broker=broker, hub=hub)
        yield bench, hub, broker
    finally:
        if hub:
            hub.kill()
        await bench.stop()
        broker.kill()


async def backlog_gone(bench: Neighbourhood, names):
    """Wait until the hub has acknowledged everything; in wall time, as receipts are."""
    async with asyncio.timeout(120):
        for name in names:
            while (await bench.box(name).status())["outbox"]["pending"]:
                await asyncio.sleep(0.5)


def recorded(hub: Hub, box: str):
    """{epoch: sequence numbers stored}, each as often as it is stored."""
    rows = hub.ask("select epoch, seq from message where box = ? order by epoch, seq", box)
    out: dict[int, list[int]] = {}
    for epoch, seq in rows:
        out.setdefault(epoch, []).append(seq)
    return out
