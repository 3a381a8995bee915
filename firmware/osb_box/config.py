"""Reads and checks config.json, once, at the edge. It is never written."""

import json

from osb_box.config_fields import BUS_OF, MEASURED, TOP
from osb_wire.fields import WireError, check_record
from osb_wire.topics import check_box_id


class ConfigError(ValueError):
    """One sentence: the key and what would be right."""


def load(path, strict=True):
    """The checked configuration of a file; unless `strict`, keys that nobody knows are left out.

    ConfigError says what is wrong; OSError where there is no file.
    """
    try:
        with open(path) as f:
            given = json.load(f)
    except ValueError:
        raise ConfigError("config.json is not JSON: check for a missing comma, quote or bracket.") from None
    return check(given, strict)


def check(given, strict=True):
    """The checked configuration of a parsed file; ConfigError names what is wrong."""
    try:
        return _check(given, strict)
    except WireError as e:
        raise ConfigError("config.json: %s %s." % (e.field, e.problem)) from None


def _check(given, strict):
    if strict:
        _no_strangers("", TOP, given)
    out = check_record(TOP, given)
    check_box_id(out["box_id"])
    for key in ("hub", "home_assistant"):
        broker = out[key]
        if broker and broker["port"] == 8883 and not broker["ca"]:
            text = "is missing: port 8883 is for TLS, and without it the password would be sent in clear"
            raise WireError(key + ".ca", text + " (flash.sh --hub-ca)" if key == "hub" else text)
    buses = {}
    for i, bus in enumerate(out["buses"]):
        key = "buses[%d]" % i
        if bus["name"] in buses:
            raise WireError(key + ".name", "is used twice: give each bus its own name")
        spec = BUS_OF[bus["type"]]
        if strict:
            _no_strangers(key + ".", spec, given["buses"][i])
        out["buses"][i] = buses[bus["name"]] = check_record(spec, given["buses"][i], key + ".")
    for i, device in enumerate(out["devices"]):
        _check_device("devices[%d]." % i, device, buses)
        if device["role"] not in MEASURED and out["home"][device["role"]] is None:
            raise WireError("home." + device["role"], "is missing: devices[%d] has that role" % i)
    _check_home(out["home"])
    _check_phases(out["home"], out["devices"])
    out["home"] = {key: value for key, value in out["home"].items() if value is not None}
    return out


def _check_device(key, device, buses):
    bus = buses.get(device["bus"])
    if bus is None:
        names = ", ".join(sorted(buses)) or "none defined"
        raise WireError(key + "bus", "%s is not a bus: must be one of %s" % (device["bus"], names))
    if bus["type"] in ("rtu", "tcp") and device["unit"] is None:
        raise WireError(key + "unit", "is missing: a device on a Modbus bus needs its address, 0..247")
    if bus["type"] == "rtu" and device["unit"] > 247:
        raise WireError(key + "unit", "%d is outside 0..247, the addresses on a serial line" % device["unit"])


def _check_home(home):
    comfort = home["comfort"]
    if not comfort["min_mc"] < comfort["max_mc"]:
        raise WireError("home.comfort.min_mc", "must be below max_mc")
    if not comfort["min_mc"] <= comfort["setpoint_mc"] <= comfort["max_mc"]:
        raise WireError("home.comfort.setpoint_mc", "must lie within min_mc..max_mc")
    if comfort["night_min_mc"] > comfort["min_mc"]:
        raise WireError("home.comfort.night_min_mc", "must not be above min_mc")
    for i, text in enumerate(comfort["night"]):
        _check_clock_time("home.comfort.night[%d]" % i, text)
    for i, window in enumerate((home["tariff"] or {}).get("windows") or ()):
        for key in ("from", "to"):
            _check_clock_time("home.tariff.windows[%d].%s" % (i, key), window[key])
    pump, tank, car = home["heat_pump"], home["tank"], home["ev"]
    if pump:
        curve = pump["cop_pm"]
        if not curve or any(curve[i][0] >= curve[i + 1][0] for i in range(len(curve) - 1)):
            raise WireError("home.heat_pump.cop_pm", "must be a list of [outdoor m°C, COP ‰] with rising temperatures")
        if pump["power_min_w"] > pump["power_max_w"]:
            raise WireError("home.heat_pump.power_min_w", "must not be above power_max_w")
    if tank and not tank["min_mc"] < tank["max_mc"]:
        raise WireError("home.tank.min_mc", "must be below max_mc")
    if tank and tank["hygiene_days"] and tank["max_mc"] < 61000:
        raise WireError("home.tank.max_mc", "must be at least 61000 where hygiene_days asks for 60 degrees")
    if car:
        if car["phases"] == 2:
            raise WireError("home.ev.phases", "must be 1 or 3")
        _check_clock_time("home.ev.ready_by", car["ready_by"])


def _check_phases(home, devices):
    """A limit of single phases needs to know who is on which."""
    limited = home["fuse_a"] or home["imbalance_max_w"]
    grid = [i for i, device in enumerate(devices) if device["role"] == "grid"]
    if limited and grid and not any([devices[i]["phases"] for i in grid]):
        text = "must be 1: fuse_a and imbalance_max_w need the phases of the grid"
        raise WireError("devices[%d].phases" % grid[0], text)
    for role in ("heat_pump", "tank", "ev", "battery"):
        part = home[role]
        if part and limited and part["phase"] is None:
            if role == "ev" and part["phases"] == 3:
                part["phase"] = 0
                continue
            text = "is missing: fuse_a and imbalance_max_w need its phase, 1..3, or 0 for evenly on all three"
            raise WireError("home.%s.phase" % role, text)
    car = home["ev"]
    if car and car["phase"] is not None and (car["phase"] == 0) != (car["phases"] == 3):
        raise WireError("home.ev.phase", "must be 1, 2 or 3 for a car with one phase, 0 or missing for three")


def _check_clock_time(key, text):
    hour, colon, minute = text.partition(":")
    if not (len(text) == 5 and colon and hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise WireError(key, "must be a local time HH:MM, 00:00 to 23:59")


def _no_strangers(prefix, spec, given):
    """A key that nobody reads is a typing mistake, and would be obeyed by silence."""
    if not isinstance(given, dict):
        raise WireError(prefix[:-1] or "the file", "must be an object")
    known = {name: s for name, s in spec}
    for key in sorted(given):
        if key not in known:
            raise WireError(prefix + key, "is not a known key; known are " + ", ".join(sorted(known)))
        inner = known[key][1] if known[key][0] == "maybe" else known[key]
        if inner[0] == "record" and given[key] is not None:
            _no_strangers(prefix + key + ".", inner[1], given[key])
        elif inner[0] == "list" and inner[1][0] == "record" and key != "buses" and isinstance(given[key], list):
            for i, item in enumerate(given[key]):
                _no_strangers("%s%s[%d]." % (prefix, key, i), inner[1][1], item)
