"""The installer's page wishes here: POST /api/setup. Imported for one use."""

import asyncio
import json

from osb_box import forget, hal
from osb_box.setup.reboot import reboot

_WISHES = ("scan", "settings", "self_test", "wifi")
_FOR_NOW = ("settings", "self_test")  # modules beside this one
_TABLES = (
    "osb_box.config",
    "osb_box.config_fields",
    "osb_box.devices.profile",
    "osb_wire.fields",
    "osb_wire.topics",
    "osb_wire.terms",
)


def setup_wish(cycle, wish, now):
    """Do what an installer asks for; ValueError is a sentence without its full stop.

    {"scan": bus, "wifi" or null}, or {"scan": {"bus", "first", "last", "bauds"}}; {"settings": partial configuration};
    {"self_test": true}; {"wifi": {"ssid", "password"}}. After other settings the box restarts.
    """
    if not isinstance(wish, dict) or not wish:
        raise ValueError("The body must be an object with one of %s" % ", ".join(_WISHES))
    for key in wish:
        if key not in _WISHES:
            raise ValueError("%s: is not a known wish; known are %s" % (key, ", ".join(_WISHES)))
    try:
        _grant(cycle, wish, now)
    finally:
        _leave()
    return {"ok": True}


def _leave():
    """What was needed for this one answer leaves memory."""
    forget(*["osb_box.setup." + name for name in _FOR_NOW])
    forget("osb_boot.atomic", "osb_box.sense.attach", *_TABLES)
    hal.leave()


def _grant(cycle, wish, now):
    change = wish.get("settings")
    if "wifi" in wish:
        change = dict(change or {}, wifi=_wifi_wish(wish["wifi"]))
    if change is not None:
        _change(cycle, change)
    if "scan" in wish:
        _scan(cycle, wish["scan"])
    if wish.get("self_test"):
        from osb_box.setup.self_test import self_test

        types = {bus["name"]: bus["type"] for bus in _config()["buses"]}
        cycle.self_test = self_test(cycle, types, now, hal.port().state_dir())


def _config():
    with open(hal.port().state_dir() + "/config.json") as f:
        return json.load(f)


def _wifi_wish(wifi):
    if not isinstance(wifi, dict) or not isinstance(wifi.get("ssid"), str) or not wifi["ssid"]:
        raise ValueError("wifi: ssid is missing: the name of the network")
    return {"ssid": wifi["ssid"], "password": wifi.get("password") or None}


def _change(cycle, change):
    from osb_box.setup import settings

    folder = hal.port().state_dir()
    new = settings.changed(folder, change)
    if new is None:
        return
    if _running(cycle):
        cycle.scan.cancel()
    cycle.scan = None
    settings.put(folder, new)
    asyncio.create_task(reboot("settings were changed", cycle.outbox))


def _scan(cycle, wish):
    if _running(cycle):
        cycle.scan.cancel()
    if wish is None:
        return
    if wish == "wifi":
        cycle.networks = None
        return
    if isinstance(wish, str):
        wish = {"bus": wish}
    if not isinstance(wish, dict) or not isinstance(wish.get("bus"), str):
        raise ValueError("scan: must be the name of a bus")
    bauds = wish.get("bauds") or ()
    if not isinstance(bauds, (list, tuple)) or not all(isinstance(baud, int) for baud in bauds):
        raise ValueError("scan: bauds must be a list of speeds")
    entries = {bus["name"]: bus for bus in _config()["buses"]}
    entry = entries.get(wish.get("bus"))
    if entry is None:
        names = ", ".join(sorted(entries)) or "none defined"
        raise ValueError("scan: %s is not a bus: must be one of %s" % (wish.get("bus"), names))
    bus = cycle.buses.get(entry["name"])
    if entry["type"] not in ("rtu", "tcp") or bus is None:
        raise ValueError("scan: %s is of type %s, which has nothing to look for" % (entry["name"], entry["type"]))
    from osb_box.setup.scan import Scan, tuned, units

    first, last = wish.get("first"), wish.get("last", wish.get("first"))
    if first is not None and not (isinstance(first, int) and isinstance(last, int)):
        raise ValueError("scan: first and last must be addresses")
    addresses = units(entry["type"], first, last)
    buses = [(None, bus)]
    for baud in bauds:
        if baud != entry.get("baud"):
            serial = hal.port().serial(entry["port"], baud, entry.get("parity") or "N")
            buses.append((baud, tuned(bus, serial, baud)))
    cycle.scan = Scan(cycle, entry["name"], entry["type"], buses, addresses)


def _running(cycle):
    return cycle.scan is not None and not isinstance(cycle.scan, dict)
