"""Composition root: builds the box from its configuration and hands its tasks to the supervisor."""

import asyncio
import gc
import os
import sys

from micropython import const

from osb_box import VERSION
from osb_box.hal import port

_COLLECT_BYTES = const(16384)  # garbage between collections once everything that stays is in its place
_STALE_POLLS = const(3)  # a value not renewed for this many polls is stale


class Box:
    """The whole box. `run` does not return."""

    def __init__(self, config, clock, outbox, folder):
        from osb_box.control import Controller
        from osb_box.cycle import Cycle
        from osb_box.devices.reader import Devices
        from osb_box.points import Points
        from osb_box.state import StateFile
        from osb_box.supervisor import Supervisor

        self._id = config["box_id"]
        self._outbox = outbox
        self._points = Points(_STALE_POLLS * config["poll_s"])
        self._controller = Controller(config["home"], config["zone"])
        state_file = StateFile(folder + "/state.json")
        saved = state_file.load()
        if saved:
            self._controller.restore(saved)
        buses = {bus["name"]: _bus(bus) for bus in config.pop("buses")}  # popped: nobody needs their memory any more
        devices = config.pop("devices")
        self._devices = Devices(devices, buses, self._points, config["poll_s"])
        self._supervisor = Supervisor(clock, port.watchdog(), self._reset)
        meters = sorted({device["role"] for device in devices})
        identity = {"firmware": VERSION, "board": config["board"], "meters": meters}
        self._cycle = Cycle(
            clock, self._points, self._devices, self._controller, outbox, state_file, identity, config["poll_s"]
        )
        self._supervisor.add("cycle", self._cycle.run, 60)
        self._supervisor.add("kick", self._cycle.run_kicks, 30)
        self._link = None
        if config["hub"]:
            from osb_box.link.session import Session

            self._link = Session(config["hub"], config["box_id"], clock, outbox, self._cycle)
            self._cycle.link = self._link
            self._supervisor.add("link", self._link.run, 120)
        if config["web"]:
            from osb_box.web.api import Api
            from osb_box.web.server import WebServer

            web = config["web"]
            api = Api(self, clock, self._controller, self._cycle, config["home"], web["token"])
            self._supervisor.add("web", WebServer(web["host"], web["port"], api.answer, api.refuse).run, 30)

    async def run(self):
        """Start the tasks and keep them alive."""
        await self._supervisor.run()

    def status(self, now):
        """What the local API tells of this box at `now` [Unix s]."""
        return {
            "box_id": self._id,
            "t": now,
            "points": [self._points.row(name, now) for name in self._points.names()],
            "control": self._controller.state(now),
            "link": self._link.state() if self._link else None,
            "outbox": self._outbox.counters(),
            "devices": self._devices.errors(),
            "errors": {"tasks": self._supervisor.errors(), "stages": self._cycle.errors},
        }

    def _reset(self):
        try:
            self._outbox.flush()
        except OSError as e:
            print("outbox:", e)
        port.reset()


def _bus(bus):
    """The bus that an entry of the configuration describes."""
    if bus["type"] == "tcp":
        from osb_box.bus.tcp import TcpBus

        return TcpBus(bus["host"], bus["port"])
    if bus["type"] == "p1":
        from osb_box.bus.p1 import P1Bus

        return P1Bus(port.serial(bus["port"], 115200))
    from osb_box.bus.rtu import RtuBus

    return RtuBus(port.serial(bus["port"], bus["baud"], bus["parity"] or "N"), bus["baud"])


def _configuration(folder):
    """The checked configuration; the module that checked it leaves memory again, as its tables are large."""
    from osb_box import config

    checked = config.load(folder + "/config.json")
    del sys.modules["osb_box.config"]
    import osb_box

    del osb_box.config
    return checked


async def _boot(folder, config):
    from osb_box.outbox import Outbox

    try:
        os.mkdir(folder + "/outbox")
    except OSError:
        pass  # it is there
    outbox = Outbox(folder + "/outbox", config["outbox_max_bytes"], config["journal_flush_s"])
    clock = await port.clock(config["box_id"], outbox.floor)
    outbox.begin(clock.now())
    box = Box(config, clock, outbox, folder)
    gc.collect()
    gc.threshold(_COLLECT_BYTES)
    await box.run()


def main():
    """Run the box in the port's state directory; exit status 2 with one sentence if its configuration is wrong."""
    folder = port.state_dir()
    try:
        config = _configuration(folder)
    except (ValueError, OSError) as e:
        print(e if isinstance(e, ValueError) else "%s/config.json cannot be read: %s" % (folder, e))
        sys.exit(2)
    gc.collect()
    try:
        asyncio.run(_boot(folder, config))
    except ValueError as e:  # a device profile that cannot be; what fails later is the supervisor's
        print(e)
        sys.exit(2)
    except OSError as e:  # a line or the bench is not there: it may be next time
        print("cannot start:", e)
        port.reset()
