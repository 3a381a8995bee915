"""The fullest home of the bench with its box and a hub, alive in a thread, so that a browser can look at it."""

import asyncio
import dataclasses
import json
import threading
import time
from zoneinfo import ZoneInfo

from hub_end import Hub
from linked_box import Broker

from osb_hil.box import RefusedError
from osb_hil.budgets.fullest import fullest
from osb_hil.neighbourhood import Neighbourhood, Plan

NAME = "box-01"
START = 1773385200  # 2026-03-13 08:00 in Brussels
HEAP = "224k"  # the page is what is tested with it; memory is tested in tests/firmware/link
TARIFF = {"buy_eur_mwh": 310, "sell_eur_mwh": 60}


class LivingHome:
    """`folder` for what it writes. Call `start`, then `live(seconds)` as often as wanted, and always `stop`."""

    def __init__(self, folder):
        self.broker = Broker(folder)
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.now = START

    def start(self):
        self.broker.start()
        self._thread.start()
        self.run(self._start())
        web = self.box.config["web"]
        self.url, self.code = f"http://{web['host']}:{web['port']}", web["token"]

    async def _start(self):
        at = ("127.0.0.1", self.broker.port)
        plan = Plan(self._folder / "bench", 1, 1, START, START + 86400, ZoneInfo("Europe/Brussels"), at)
        # with room for the table of names, which doubles once all screens have been used (decision 13)
        self.bench = Neighbourhood(dataclasses.replace(plan, homes_given=[fullest(NAME)], heap=HEAP))
        self.hub = await Hub(self.broker.port).__aenter__()
        given = self.bench._config
        self.bench._config = lambda *about: self._home(given(*about))
        await self.bench.start()
        self.box = self.bench.box(NAME)

    def _home(self, config):
        config["home"]["tariff"] = TARIFF
        return config

    def run(self, work, timeout=300):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def live(self, seconds):
        """Let so much time pass."""
        self.now += seconds
        self.run(self.bench.step_to(self.now))

    def say(self, kind, /, **body):
        """The hub says something to the box; it is on its way when this returns."""
        self.run(self.hub.say(kind, dict(body, t=self.now)))

    def heard(self, kind):
        """What the box has said of a kind to the hub, the oldest first."""
        return self.hub.all(kind)

    def ask(self, path):
        """The box's answer to GET `path`; like the page, it asks a box again that has no memory just then."""
        for _ in range(5):
            try:
                return self.run(self.box._ask("GET", path, None))
            except RefusedError as error:
                if ": 503" not in str(error):
                    raise
                time.sleep(0.7)
        return self.run(self.box._ask("GET", path, None))

    def until(self, holds, timeout_s=10):
        """Wait for what the box takes up or says outside its clock."""
        end = time.monotonic() + timeout_s
        while not holds():
            assert time.monotonic() < end, "the box does not"
            time.sleep(0.1)

    def status(self):
        return self.run(self.box.status())

    def kept(self):
        """The box's configuration as it is on its flash."""
        return json.loads((self.box.folder / "config.json").read_text())

    def stop(self):
        try:
            self.run(self.bench.stop())
            self.run(self.hub.__aexit__(None, None, None))
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._loop.close()
            self.broker.kill()
