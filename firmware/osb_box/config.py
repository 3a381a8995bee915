"""Reads and checks config.json, once, at the edge. It is never written."""

import json

from osb_box.devices import ROLES
from osb_wire.fields import WireError, check_record
from osb_wire.topics import check_box_id


def _record(*fields):
    return ("record", fields)


def _maybe(*fields):
    return ("maybe", ("record", fields))


_MEASURED = ("grid", "room", "outdoor")  # roles of what is only measured
_W = ("int", 1, 100000)
_W_OR_0 = ("int", 0, 100000)
_PORT = ("int", 1, 65535)
_HOST = ("text", 120)
_NAME = ("text", 16)
_CLOCK_TIME = ("text", 5)
_ROOM_MC = ("int", 5000, 35000)
_COUNTRY = ("country", ("maybe", ("text", 2)))
_PRICE = ("int", -10000, 10000)
_TANK_MC = ("int", 10000, 90000)
_MV = ("int", 0, 3300)
_MC = ("int", -100000, 200000)
_OHM = ("int", 100, 1000000)
_PHASE = ("phase", ("maybe", ("int", 0, 3)))  # of L1, L2, L3; 0: evenly on all

_DAYS = ("days", ("one", ("all", "week", "weekend")))
_WINDOW = (("from", _CLOCK_TIME), ("to", _CLOCK_TIME), _DAYS, ("buy_eur_mwh", _PRICE))
_HOME = _record(
    ("fuse_w", _W),
    ("fuse_a", ("maybe", ("int", 6, 125))),  # of each phase
    ("imbalance_max_w", ("maybe", _W)),
    ("export_max_w", _W_OR_0),
    ("annual_kwh", ("int", 1, 100000)),
    (
        "comfort",
        _record(
            ("min_mc", _ROOM_MC),
            ("max_mc", _ROOM_MC),
            ("night_min_mc", _ROOM_MC),
            ("night", ("row", (("start", _CLOCK_TIME), ("end", _CLOCK_TIME)))),
            ("setpoint_mc", _ROOM_MC),
            ("category", ("maybe", ("int", 1, 3))),  # of EN 16798-1
        ),
    ),
    (
        "building",
        _record(
            ("loss_w_k", ("int", 10, 5000)), ("capacity_wh_k", ("int", 100, 200000)), ("gain_w", ("int", 0, 10000))
        ),
    ),
    (
        "heat_pump",
        _maybe(
            ("power_max_w", _W),
            ("power_min_w", _W_OR_0),
            ("cop_pm", ("list", ("row", (("outdoor_mc", ("int", -40000, 40000)), ("cop", ("int", 1000, 15000)))), 12)),
            ("min_run_s", ("int", 0, 7200)),
            ("min_pause_s", ("int", 0, 7200)),
            _PHASE,
        ),
    ),
    (
        "tank",
        _maybe(
            ("litres", ("int", 10, 5000)),
            ("power_w", _W),
            ("min_mc", _TANK_MC),
            ("max_mc", _TANK_MC),
            ("loss_w_k", ("int", 0, 100)),
            ("daily_use_wh", ("int", 0, 100000)),
            ("hygiene_days", ("maybe", ("int", 0, 30))),  # 0: never
            _PHASE,
        ),
    ),
    (
        "ev",
        _maybe(
            ("phases", ("int", 1, 3)),
            ("max_a", ("int", 6, 63)),
            ("wh_per_km", ("int", 50, 1000)),
            ("daily_km", ("int", 0, 1000)),
            ("ready_by", _CLOCK_TIME),
            _PHASE,
        ),
    ),
    (
        "battery",
        _maybe(
            ("capacity_wh", ("int", 100, 1000000)),
            ("charge_max_w", _W),
            ("discharge_max_w", _W),
            ("eta_pm", ("int", 500, 1000)),
            ("reserve_pm", ("int", 0, 1000)),
            _PHASE,
        ),
    ),
    ("pv", _maybe(("peak_w", _W))),
    (
        "tariff",
        _maybe(
            ("buy_eur_mwh", _PRICE),
            ("sell_eur_mwh", _PRICE),
            ("windows", ("maybe", ("list", _record(*_WINDOW), 8))),
            ("peak_eur_kw_year", ("maybe", ("int", 0, 1000))),  # of each month's highest quarter of an hour
            ("peak_floor_w", ("maybe", _W)),
        ),
    ),
    # the home is under a grid operator's control (14a EnWG): what may be drawn while its signal is lost, and how long
    ("limit", _maybe(("fail_safe_w", ("maybe", _W_OR_0)), ("fail_safe_s", ("maybe", ("int", 7200, 86400))))),
    ("without_terms", ("maybe", ("one", ("follow", "refuse")))),  # the hub's plans while no terms are signed
)
_BROKER = (
    ("host", _HOST),
    ("port", _PORT),
    ("user", ("maybe", ("text", 64))),
    ("password", ("maybe", ("text", 128))),
    ("ca", ("maybe", ("text", 64))),  # file of the authority's certificate (DER), beside this one: TLS
    ("name", ("maybe", _HOST)),  # in the hub's certificate, where it is not the host
    ("keepalive_s", ("int", 5, 3600)),
    ("retry_s", ("int", 5, 3600)),
)
_TOP = (
    ("box_id", ("text", 32)),
    ("board", ("text", 32)),
    ("zone", _record(("utc_offset_s", ("int", -43200, 50400)), ("dst", ("one", ("eu", "none"))))),
    ("poll_s", ("int", 1, 900)),
    ("journal_flush_s", ("int", 0, 3600)),
    ("outbox_max_bytes", ("int", 16384, 16777216)),
    ("hub", _maybe(*_BROKER)),
    ("wifi", _maybe(("ssid", ("text", 32)), ("password", ("maybe", ("text", 63))), _COUNTRY)),
    ("home_assistant", _maybe(*_BROKER, ("prefix", ("maybe", ("text", 40))))),
    ("web", _maybe(("host", _HOST), ("port", _PORT), ("token", ("text", 128)))),
    ("update", _maybe(("url", ("text", 200)), ("check_s", ("int", 60, 604800)))),
    ("buses", ("list", _record(("name", _NAME), ("type", ("one", ("rtu", "tcp", "p1", "sml", "board")))), 8)),
    (
        "devices",
        (
            "list",
            _record(
                ("role", ("one", ROLES)),
                ("profile", ("text", 40)),
                ("bus", _NAME),
                ("unit", ("maybe", ("int", 0, 255))),
                ("phases", ("maybe", ("int", 0, 1))),  # 1: its phases are read, too
                # of what is wired to the board; sense/attach.py says who needs what
                ("at", ("maybe", ("text", 24))),
                ("per_kwh", ("maybe", ("int", 1, 100000))),
                ("hold_s", ("maybe", ("int", 1, 7200))),
                ("mv", ("maybe", ("row", (("low", _MV), ("is", _MC), ("high", _MV), ("means", _MC))))),
                ("ntc", ("maybe", ("row", (("ohm_25", _OHM), ("beta", ("int", 1000, 6000)), ("ohm_up", _OHM))))),
            ),
            16,
        ),
    ),
    ("home", _HOME),
)
_BUS = (("name", _NAME), ("type", ("text", 5)), ("timeout_ms", ("maybe", ("int", 50, 10000))))
_BUS_OF = {
    "rtu": _BUS + (("port", _HOST), ("baud", ("int", 1200, 115200)), ("parity", ("maybe", ("one", ("N", "E", "O"))))),
    "tcp": _BUS + (("host", _HOST), ("port", _PORT)),
    "p1": _BUS + (("port", _HOST),),
    "sml": _BUS + (("port", _HOST),),
    "board": _BUS[:2],
}


class ConfigError(ValueError):
    """One sentence: the key and what would be right."""


def load(path):
    """The checked configuration of a file. ConfigError says what is wrong; OSError where there is no file."""
    with open(path) as f:
        text = f.read()
    try:
        given = json.loads(text)
    except ValueError:
        raise ConfigError("config.json is not JSON: check for a missing comma, quote or bracket.") from None
    return check(given)


def check(given):
    """The checked configuration of a parsed file; ConfigError names what is wrong."""
    try:
        return _check(given)
    except WireError as e:
        raise ConfigError("config.json: %s %s." % (e.field, e.problem)) from None


def _check(given):
    _no_strangers("", _TOP, given)
    out = check_record(_TOP, given)
    check_box_id(out["box_id"])
    buses = {}
    for i, bus in enumerate(out["buses"]):
        key = "buses[%d]" % i
        if bus["name"] in buses:
            raise WireError(key + ".name", "is used twice: give each bus its own name")
        spec = _BUS_OF[bus["type"]]
        _no_strangers(key + ".", spec, given["buses"][i])
        out["buses"][i] = buses[bus["name"]] = check_record(spec, given["buses"][i], key + ".")
    for i, device in enumerate(out["devices"]):
        _check_device("devices[%d]." % i, device, buses)
        if device["role"] not in _MEASURED and out["home"][device["role"]] is None:
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
    for i, device in enumerate(devices):
        if limited and device["role"] == "grid" and not device["phases"]:
            raise WireError(
                "devices[%d].phases" % i, "must be 1: fuse_a and imbalance_max_w need the phases of the grid"
            )
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
