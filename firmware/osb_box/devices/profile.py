"""Device profiles: JSON in profiles/, one a device, typed from the document that its `source` names.

bus      how its points are addressed: "modbus", "sunspec", "p1" or "board" (the board's own sensors)
roles    {role: {point: its name in this role, or null to leave it out}}; else a meter's that counts both ways
gap      unread registers that one request may step over (0); `most` registers it may carry (100)
read     [{point, unit, fc, addr, type, ...}]; a point without a dot belongs to the role, `room.temp` is absolute;
         one with "phase" is read only where the configuration asks for the phases; rows with "highest" make one point
write    {what: {fc, addr, type, ...}}
each     what rows of `read` have that do not say otherwise: building the firmware finds it
title, maker, source, line (the type of bus it usually hangs on: "rtu", "tcp", "p1", "sml" or "board") and known (what
tells such a device from others: setup/known.py) are for people: building the firmware moves them to one list of all

Needed at the start only. What stays in memory is plain tuples:

request  (fc, addr, count, models, optional, item, ...); where there are SunSpec models, addr counts from the id
         register of the first that the device has; a P1 telegram has fc 0
item     (point, unit, low, high, rule, kind, at, how, bad, sf): rule is "counter", "highest", "optional", or what the
         sensor shows before its first measurement, or None; the others are what registers.decode() makes its value of:
         kind and byte (or bit) in the answer; (num, den) of a number, (bytes, "|text=number|...") of a text,
         (1, {raw: number}) of a number with a map, (plus, minus) of P1; the raw number that means "no value"; the byte
         of its SunSpec scale factor
target   (fc, addr, kind, (num, den), low, high, {word: value}, free, per_day, hold_s), or of a SunSpec device its
         models; free leaves the device to itself, per_day is how often a day it may be written (0: as often as one
         likes), hold_s after how many seconds the device forgets it (0: never)
"""

import json

from osb_box import beside
from osb_box.devices.device import Device
from osb_wire.fields import WireError, check_record
from osb_wire.terms import UNITS

_FOLDER = beside(__file__) + "profiles/"
_WORDS = {"u16": 1, "s16": 1, "u32": 2, "s32": 2, "u64": 4, "f32": 2, "f64": 4, "acc32": 2, "bit": 1}
_KINDS = tuple(sorted(_WORDS)) + ("text",)
_WRITABLE = ("bit", "f32", "s16", "s32", "u16", "u32")
_NOT_IMPLEMENTED = {"u16": 0xFFFF, "s16": 0x8000, "u32": 0xFFFFFFFF, "s32": 0x80000000, "u64": 0xFFFFFFFFFFFFFFFF}
# OBIS codes of values in W, Wh, mV and mA
_CODES = (
    "1-0:1.8.0 1-0:1.8.1 1-0:1.8.2 1-0:2.8.0 1-0:2.8.1 1-0:2.8.2 "  # imported, exported: all, tariff 1, 2
    "1-0:16.7.0 1-0:1.7.0 1-0:2.7.0 1-0:1.4.0 1-0:1.6.0 "  # power; Belgium: this quarter-hour, month's peak
    "1-0:21.7.0 1-0:41.7.0 1-0:61.7.0 1-0:22.7.0 1-0:42.7.0 1-0:62.7.0 "  # L1, L2, L3: power taken, returned
    "1-0:36.7.0 1-0:56.7.0 1-0:76.7.0 "  # both
    "1-0:32.7.0 1-0:52.7.0 1-0:72.7.0 1-0:31.7.0 1-0:51.7.0 1-0:71.7.0"  # voltage, current
).split(" ")
_INTEGER = ("int", -(2**53), 2**53)
_MAYBE = ("maybe", _INTEGER)
_SUM = ("maybe", ("list", ("one", _CODES), 8))

_CONSUMER = {"import": "energy", "export": None}
_METER = {"grid": {}, "pv": {"import": None}, "battery": {}}
_METER.update({role: _CONSUMER for role in ("heat_pump", "tank", "ev")})

_TOP = (
    ("bus", ("one", ("modbus", "sunspec", "p1", "board"))),
    ("gap", ("maybe", ("int", 0, 64))),
    ("most", ("maybe", ("int", 1, 125))),
)
_PLACE = (
    ("fc", ("maybe", ("int", 1, 16))),
    ("addr", ("maybe", ("int", 0, 65535))),  # where there is a model: the offset from its id register
    ("model", ("maybe", ("list", ("int", 1, 65534), 8))),  # SunSpec: the first of these that the device has
    ("type", ("maybe", ("one", _KINDS))),
    ("scale", ("maybe", ("row", (("num", _INTEGER), ("den", ("int", 1, 1000000)))))),
    ("low", _MAYBE),  # plausible; of a target: as far as the device goes
    ("high", _MAYBE),
    ("words", ("maybe", ("one", ("high", "low")))),  # which of several registers comes first: the high word, or the low
)
_WRITE = _PLACE + (
    ("free", _MAYBE),  # the value that leaves the device to itself; it is written always
    ("per_day", ("maybe", ("int", 0, 10000))),  # writes a day that its memory stands; a heat pump must tell
    ("hold_s", ("maybe", ("int", 1, 3600))),  # it must be written again within so many seconds
)
_READ = (("point", ("text", 14)), ("unit", ("one", UNITS))) + _PLACE + (
    ("sf", ("maybe", ("int", 0, 1000))),  # offset of the SunSpec scale factor
    ("size", ("maybe", ("int", 1, 32))),  # registers of a text
    ("bad", _MAYBE),  # raw value that means "no sensor"
    ("counter", _MAYBE),  # never runs backwards
    ("power_on", _MAYBE),  # what a sensor shows before its first measurement
    ("optional", _MAYBE),  # left out where the device lacks the model, or the meter does not tell it
    ("phase", _MAYBE),  # of one phase: read where the configuration asks for it
    ("highest", _MAYBE),  # several registers tell it: the highest counts
    ("plus", _SUM),  # P1: the sum of these ...
    ("minus", _SUM),  # ... less the sum of these
)  # fmt: skip


class ProfileError(ValueError):
    """A profile is not what it should be: one sentence with file and key."""


def devices(config, buses, poll_s, spare=()):
    """The devices of the configuration's list; the one listed first measures a point that several could.

    The points `spare` are not read: nobody needs them.

    ProfileError where a profile is not what it should be, does not know the role, or hangs on the wrong kind of bus.
    """
    found = []
    taken = set(spare)
    ratios = {}
    for entry in config:
        name, role, bus = entry["profile"], entry["role"], buses[entry["bus"]]
        kind, plan, targets = load(name, role, taken, ratios, entry.get("phases"))
        own = hasattr(bus, "attach")
        if hasattr(bus, "codes") != (kind == "p1") or (kind == "board" and not own):
            raise ProfileError("%s.json: the bus %s is of another type" % (name, entry["bus"]))
        if own:
            try:
                unit = bus.attach(name, entry)
            except (ValueError, OSError) as e:
                raise ProfileError("%s.json: %s" % (name, e))
        if kind == "p1":
            bus.codes += tuple([code for item in plan[0][5:] for codes in item[7] for code in codes])
        if not own:
            unit = entry.get("unit")  # a P1 meter has none
        device = Device(name, role, bus, 1 if unit is None else unit, poll_s, plan)
        if targets:
            if kind == "sunspec":
                from osb_box.devices import sunspec as known
            elif "block" in targets:
                from osb_box.devices import sg_ready as known
            else:
                from osb_box.devices import actuators as known
            device.targets = targets
            device.act = getattr(known, role, None)
            if device.act is None:
                raise ProfileError("%s.json: write: a device with the role %s cannot be commanded" % (name, role))
        found.append(device)
    if "grid.power_l1" not in taken:
        for entry in config:
            if entry["role"] == "grid" and entry.get("phases"):
                text = "it does not tell them, and fuse_a and imbalance_max_w need a grid meter that does"
                raise ProfileError("%s.json: phases: %s" % (entry["profile"], text))
    return found


def load(name, role, taken=None, ratios=None, phases=None):
    """Read and check a profile for a role. ProfileError says what is wrong, in which file, at which key.

    Returns (bus, requests, targets), without the points in `taken`, to which it adds its own, and without those of
    single phases unless `phases`.
    """
    try:
        with open(_FOLDER + name + ".json") as f:
            data = json.load(f)
    except OSError:
        raise ProfileError("there is no device profile %s.json" % name)
    except ValueError:
        raise ProfileError("%s.json: is not JSON" % name)
    f = None  # its window and tables take 2 kB
    return check(name, role, data, taken, ratios, phases)


def check(name, role, data, taken=None, ratios=None, phases=None):
    """As load(), from the JSON of the file."""
    try:
        return _checked(role, data, set() if taken is None else taken, {} if ratios is None else ratios, phases)
    except WireError as e:
        raise ProfileError("%s.json: %s" % (name, e))


def _checked(role, data, taken, ratios, phases):
    top = check_record(_TOP, data)
    bus = top["bus"]
    roles = data.get("roles", _METER)
    names = roles.get(role) if isinstance(roles, dict) else None
    if names is None:
        raise WireError("roles", "there is no " + role)
    rows = []
    own = set()  # points that several rows of this profile tell
    for i, given in enumerate(data.get("read", ())):
        where = "read[%d]." % i
        given = dict(data.get("each", ()), **given)
        row = check_record(_READ, given, where)
        point = names.get(row["point"], row["point"])
        if point is not None and (phases or not row["phase"]):
            row["map"] = given.get("map")
            if bus == "board":
                row["plus"] = (row["point"],)
            _complete(bus, where, row, (3, 4, 1, 2), ratios)
            row["point"] = point if "." in point else role + "." + point
            if row["point"] not in taken or row["point"] in own:
                taken.add(row["point"])
                rows.append(row)
                if row["highest"]:
                    own.add(row["point"])
    targets = {}
    for what, given in data.get("write", {}).items():
        where = "write." + what + "."
        row = check_record(_WRITE, given, where)
        _complete(bus, where, row, (16, 6, 5, 15, 3), ratios)
        if bus == "sunspec":
            targets[what] = row["model"]
            continue
        if row["type"].rstrip("<") not in _WRITABLE:
            raise WireError(where + "type", "must be one of " + ", ".join(_WRITABLE))
        per_day = row["per_day"]
        if role == "heat_pump" and row["type"] != "bit" and per_day is None:
            raise WireError(where + "per_day", "is missing: how often a day may it be written? (0: any number)")
        place = row["fc"], row["addr"], row["type"], row["scale"]
        limits = row["low"], row["high"], given.get("map"), row["free"]
        targets[what] = place + limits + (per_day or 0, row["hold_s"] or 0)
    plan = [_request(*found) for found in _merged(rows, top["gap"] or 0, top["most"] or 100)]
    return bus, tuple(plan), targets or None


def _complete(bus, where, row, functions, ratios):
    """Check what depends on the bus and the type; SunSpec uses the first of `functions`."""
    ratio = tuple(row["scale"] or (1, 1))
    row["scale"] = ratios.setdefault(ratio, ratio)  # one for all, as the type, and not one an item
    kind = row["type"] = _KINDS[_KINDS.index(row["type"] or "u16")]
    if row["words"] == "low":
        if _WORDS.get(kind, 1) == 1 or kind == "acc32":
            raise WireError(where + "words", "has a meaning for numbers of several registers only, not for " + kind)
        row["type"] = kind + "<"
    if bus in ("p1", "board"):
        row.update(fc=0, addr=0, model=None, type="p1")
        if row["optional"]:  # all of a telegram is one request
            row.update(optional=None, power_on="optional")
        return
    if bus == "sunspec":
        row["fc"] = functions[0]
        row["addr"] = row["addr"] or 0
        if not row["model"]:
            raise WireError(where + "model", "is missing")
        row["model"] = tuple(row["model"])
    elif row["fc"] not in functions:
        raise WireError(where + "fc", "must be one of %s, not %s" % (str(functions)[1:-1], row["fc"]))
    elif row["addr"] is None:
        raise WireError(where + "addr", "is missing")
    else:
        row["model"] = None
    if (kind == "bit") != (row["fc"] in (1, 2, 5, 15)):
        raise WireError(where + "type", "must be bit with the functions 1, 2, 5 and 15, and with no other")
    if row["fc"] == 6 and _WORDS.get(kind) != 1:
        raise WireError(where + "type", "must be u16 or s16 with function 6, not " + kind)
    if kind != "text" and row.get("map") and not _numbers(row["map"]):
        raise WireError(where + "map", "must turn raw numbers into numbers")
    if kind == "text" and not (row.get("size") and row["map"]):
        raise WireError(where + "map", "and size are needed to read a text")


def _numbers(given):
    """Whether all keys of a map are numbers."""
    return all([key.isdigit() for key in given])


def _merged(rows, gap, most):
    """Few requests for many rows, each [fc, models, optional, first register, end, rows]."""
    found = []
    for row in sorted(rows, key=lambda row: row["fc"] * 65536 + row["addr"]):
        key = [row["fc"], row["model"], bool(row["optional"])]
        first = row["addr"]
        end = first + (row["size"] or _WORDS.get(row["type"].rstrip("<"), 0))
        if row["sf"] is not None:
            first, end = min(first, row["sf"]), max(end, row["sf"] + 1)
        for request in found:
            low, high = min(first, request[3]), max(end, request[4])
            near = first <= request[4] + gap and request[3] <= end + gap
            if request[:3] == key and near and high - low <= most:
                request[3:5] = low, high
                request[5].append(row)
                break
        else:
            found.append(key + [first, end, [row]])
    return found


def _request(fc, models, optional, first, end, rows):
    return (fc, first, end - first, models, optional) + tuple([_item(row, first) for row in rows])


def _item(row, first):
    kind = row["type"]
    bad = row["bad"]
    if row["model"]:
        bad = _NOT_IMPLEMENTED.get(kind, bad)
    if kind == "p1":
        how = tuple(row["plus"] or ()), tuple(row["minus"] or ())
    elif kind == "text":
        how = 2 * row["size"], "".join(["|%s=%d" % pair for pair in row["map"].items()])
    elif row["map"]:
        how = 1, {int(key): value for key, value in row["map"].items()}
    else:
        how = row["scale"]
    return (
        row["point"],
        UNITS[UNITS.index(row["unit"])],  # the one string that all share
        row["low"],
        row["high"],
        "counter" if row["counter"] else "highest" if row["highest"] else row["power_on"],
        "u32" if kind == "acc32" else kind,
        row["addr"] - first if kind == "bit" else 2 * (row["addr"] - first),
        how,
        bad,
        None if row["sf"] is None else 2 * (row["sf"] - first),
    )
