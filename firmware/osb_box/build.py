"""Composition root: builds the box from its configuration. Needed at the start only."""

import binascii
import os
import sys

import osb_boot
from osb_box import VERSION, forget, said
from osb_box.cycle import Cycle
from osb_box.outbox import Outbox
from osb_box.points import Points
from osb_box.supervisor import Supervisor

_BUSY = ("osb_box", "osb_box.ahead", "osb_box.comfort", "osb_box.plan")  # packages of which modules come and go ...
_AT_ONCE = 6  # ... so many at once, beside those that stay
_STALE_POLLS = 3  # a value not renewed for this many polls is stale


def _configuration(folder):
    """The checked configuration, and whether it has yet to show that it works.

    The module that checked it leaves memory again, as its tables are large.
    """
    new = False
    if _there(folder + "/config.try"):
        from osb_box.setup import settings

        new = settings.starts(folder)
        settings = None
        forget("osb_box.setup.settings", "osb_boot.atomic")
    from osb_box import config

    path = folder + "/config.json"
    try:
        try:
            return config.load(path), new
        except config.ConfigError:
            if not _went_back(folder):
                raise
            found = config.load(path, False)
            said.say("settings: what a newer version has added is left out")
            return found, new
    except OSError as e:
        raise ValueError("%s/config.json cannot be read: %s" % (folder, e)) from None
    finally:
        forget("osb_box.config", "osb_box.config_fields")


def _went_back(folder):
    """Has a newer version been taken back here, which may have left settings that this one does not know?"""
    from osb_boot import slots

    try:
        return slots.load(folder)["bad"]
    finally:
        forget("osb_boot.slots", "osb_boot.atomic")


def _end_reset(folder):
    """A household has left: what it left behind is forgotten before anything is read."""
    if not _there(folder + "/reset.json"):
        return
    from osb_box import leave

    try:
        leave.finish(folder)
    finally:
        forget("osb_box.leave", "osb_box.keep", "osb_boot.files", "osb_boot.atomic")


def _secure(config, folder, port):
    """Get ready for brokers that are reached over TLS."""
    for key in ("hub", "home_assistant"):
        broker = config[key]
        if broker and broker["ca"]:
            broker["ca"] = _beside(folder, key, broker["ca"])
            broker["tls_bytes"] = port.TLS_BYTES
            port.room_for_streams()


def _beside(folder, key, name):
    """Path of a file that the configuration names; ValueError if it is not there."""
    if not _there(folder + "/" + name):
        raise ValueError("config.json: %s.ca names %s, which is not beside it." % (key, name))
    return folder + "/" + name


def _cause():
    """Why the board started."""
    from osb_boot import port

    try:
        return "power came" if port.powered_on() else "a reset"
    finally:
        forget("osb_boot.port")


def _there(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def _made(path):
    """A folder that is there from now on."""
    try:
        os.mkdir(path)
    except OSError:
        pass  # it is there
    return path


async def _memory(folder, config, port):
    """The clock and the outbox, which tell each other the time."""
    from osb_box import journal

    path = _made(folder + "/outbox")
    floor, segments = journal.scan(path)
    clock = await port.clock(config["box_id"], floor)
    said.state[1] = clock
    said.say("started: %s, after %s" % (VERSION, _cause()))
    epoch = journal.begin(path, max(clock.now(), floor + 1))
    forget("osb_box.journal")
    return clock, Outbox(path, config["outbox_max_bytes"], config["journal_flush_s"], epoch, segments)


def _history(folder, controller):
    """What the page shows of the past is kept where there is a page."""
    from osb_box.history.recorder import Recorder

    return Recorder(_made(folder + "/history"), controller)


def _controller(config, path, ledger_path):
    from osb_boot.atomic import load
    from osb_box.control import Controller

    controller = Controller(config["home"], config["zone"])
    controller.phase = binascii.crc32(config["box_id"].encode()) & 255
    kept, agreed = load(path), load(ledger_path)
    if kept or agreed:
        controller.restore(kept, agreed)
    forget("osb_boot.atomic")
    return controller


def _tell_deaf(controller, devices):
    """The control has to know whether the heat pump takes a set-point."""
    for device in devices:
        if device.role == "heat_pump" and device.targets:
            controller.accounts["heat_pump"].deaf = deaf = "setpoint" not in device.targets
            if deaf:
                import osb_box.plan.contacts  # noqa: F401  now, while there is memory


def _bus(bus, port, folder="", clock=None, zone=None):
    """The bus that an entry of the configuration describes; each type has a time-out of its own for None."""
    if bus["type"] == "board":
        from osb_box.sense.board import BoardBus

        return BoardBus(port, folder, clock)
    timeout_ms = bus["timeout_ms"]
    if bus["type"] == "tcp":
        from osb_box.bus.tcp import TcpBus

        return TcpBus(bus["host"], bus["port"], timeout_ms)
    if bus["type"] == "p1":
        from osb_box.bus.p1 import P1Bus

        meter = P1Bus(port.serial(bus["port"], 115200), timeout_ms)
        if clock and not clock.known:
            from osb_box.bus.meter_time import MeterTime

            meter.told = MeterTime(clock, zone)
            forget("osb_box.bus.meter_time")
        return meter
    if bus["type"] == "sml":
        from osb_box.bus.sml import SmlBus

        return SmlBus(port.serial(bus["port"], 9600, plain=True), timeout_ms)
    from osb_box.bus.rtu import RtuBus

    return RtuBus(port.serial(bus["port"], bus["baud"], bus["parity"] or "N"), bus["baud"], timeout_ms)


def _station(config, port, cycle, supervisor, page):
    """Who keeps the box in the Wi-Fi, where the port has a radio."""
    radio = port.radio()
    if radio:
        from osb_box.net.station import Station

        station = Station(radio, config["wifi"], config["web"], config["box_id"], cycle, page)
        station.switch_on()  # now, while nothing runs that it could hold up
        supervisor.add("wifi", station.run, 240)


def _versions(config, cycle, supervisor):
    """What watches over the version that runs, where there is something to watch."""
    run = None
    if config["update"]:
        from osb_box.update import Updates

        cycle.updates = Updates(config["update"], config["board"], cycle.clock, cycle.outbox)
        run = cycle.updates.run
    if osb_boot.watched:
        from osb_box.trial import Trial

        run = Trial(cycle, supervisor).run
    if run:
        supervisor.add("version", run, 120)


def _crossroads(cycle):
    """What a collection of garbage shall mark before it follows anything, as most of what there is hangs on it.

    It remembers 64 objects that it has yet to look into. Where more of them wait, as they do if it begins anywhere, it
    goes through the whole heap again, which doubles the time it takes. With these first, in this order, 40 to 48 wait:
    the last is followed first, while the others are marked and stop it (decision 22).
    """
    import asyncio.stream  # noqa: F401  which asyncio itself loads when it is first asked for, above all that is here

    there = sys.modules.get
    first = cycle.link, there("asyncio.core"), cycle.points, there("osb_box")
    return first + (cycle, there("osb_box.cycle"), there("osb_box.link.mqtt"))


def _room_for_modules():
    """Give packages the tables for modules that come and go: one that grows later lies above these, and stays there."""
    for package in _BUSY:
        table = sys.modules[package].__dict__
        spare = [name for name in globals() if name not in table][:_AT_ONCE]
        for name in spare:
            table[name] = None
        for name in spare:
            del table[name]


async def box(port):
    """(supervisor, outbox, crossroads) of the box in the port's state directory.

    ValueError: a sentence about its configuration.
    """
    folder = port.state_dir()
    _end_reset(folder)
    config, new = _configuration(folder)
    clock, outbox = await _memory(folder, config, port)
    state_path = folder + "/state.json"
    ledger_path = folder + "/ledger.json"
    controller = _controller(config, state_path, ledger_path)
    buses = {bus["name"]: _bus(bus, port, folder, clock, config["zone"]) for bus in config.pop("buses")}
    entries = config.pop("devices")
    points = Points(_STALE_POLLS * config["poll_s"])
    from osb_box.devices.reader import Devices

    tariff = config["home"].get("tariff")
    spare = () if tariff and tariff["peak_eur_kw_year"] else ("grid.peak",)
    devices = Devices(entries, buses, points, config["poll_s"], spare)
    _tell_deaf(controller, devices)
    meters = sorted({entry["role"] for entry in entries if entry["role"] not in ("room", "outdoor")})
    identity = {"board": config["board"], "meters": meters}
    cycle = Cycle(clock, points, devices, controller, outbox, state_path, identity, config["poll_s"])
    cycle.buses = buses
    cycle.ledger_path = ledger_path
    supervisor = Supervisor(clock, port.watchdog())
    supervisor.add("cycle", cycle.run, 60)
    _secure(config, folder, port)
    if config["hub"]:
        from osb_box.link.session import Session

        cycle.link = Session(config["hub"], config["box_id"], clock, outbox, cycle)
        supervisor.add("link", cycle.link.run, 120)
    if config["home_assistant"]:
        from osb_box.link.home_assistant import HomeAssistant

        household = HomeAssistant(config["home_assistant"], config["box_id"], cycle, _STALE_POLLS * config["poll_s"])
        cycle.news = household.news
        supervisor.add("home_assistant", household.run, 120)
    listener = None
    if config["web"]:
        from osb_box.web.listener import Listener

        cycle.history = _history(folder, controller)
        others = [config[key] and config[key]["host"] for key in ("hub", "home_assistant")]
        others.append(config["update"] and config["update"]["url"])
        listener = Listener(config["web"], folder, config["box_id"], cycle, supervisor, others)
        supervisor.add("web", listener.run, 30)
    _station(config, port, cycle, supervisor, listener)
    _versions(config, cycle, supervisor)
    if new:
        from osb_box.setup.trial import SettingsTrial

        supervisor.add("settings", SettingsTrial(cycle, supervisor).run, 120)
    outbox.parting = tuple([bus.save for bus in buses.values() if hasattr(bus, "save")])
    forget("osb_wire.topics", "osb_wire.fields", "osb_wire.terms", "osb_box.sense.attach")
    _room_for_modules()
    return supervisor, outbox, _crossroads(cycle)
