"""Device profiles: JSON in profiles/, one a device, typed from the document that its `source` names.

bus      "modbus", "sunspec" or "p1"
roles    {role: {point: its name in this role, or null to leave it out}}
gap      unread registers that one request may step over (0); `most` registers it may carry (100)
read     [{point, unit, fc, addr, type, ...}]; a point without a dot belongs to the role, `room.temp` is absolute
write    {what: {fc, addr, type, ...}}
"""

import json

from osb_box.devices.item import ITEM_KEYS, TARGET_KEYS, Item, Profile, Target
from osb_box.devices.registers import WORDS
from osb_wire.fields import WireError, check_record
from osb_wire.terms import UNITS

_FOLDER = __file__.rsplit("/", 1)[0] + "/profiles/"
_TYPES = tuple(sorted(WORDS)) + ("text",)
_INTEGER = ("int", -(2**53), 2**53)
_MAYBE = ("maybe", _INTEGER)
_CODES = ("maybe", ("list", ("text", 16), 8))

_TOP = (
    ("source", ("text", 400)),
    ("bus", ("one", ("modbus", "sunspec", "p1"))),
    ("gap", ("maybe", ("int", 0, 64))),
    ("most", ("maybe", ("int", 1, 125))),
)
_PLACE = (
    ("fc", ("maybe", ("int", 1, 16))),
    ("addr", ("maybe", ("int", 0, 65535))),  # where there is a model: the offset from its id register
    ("model", ("maybe", ("list", ("int", 1, 65534), 8))),  # SunSpec: the first of these that the device has
    ("type", ("maybe", ("one", _TYPES))),
    ("scale", ("maybe", ("row", (("num", _INTEGER), ("den", ("int", 1, 1000000)))))),
    ("low", _MAYBE),  # plausible; of a target: as far as the device goes
    ("high", _MAYBE),
)
_READ = (("point", ("text", 14)), ("unit", ("one", UNITS))) + _PLACE + (
    ("sf", ("maybe", ("int", 0, 1000))),  # offset of the SunSpec scale factor
    ("size", ("maybe", ("int", 1, 32))),  # registers of a text
    ("bad", _MAYBE),  # raw value that means "no sensor"
    ("low_word_first", _MAYBE),
    ("counter", _MAYBE),  # never runs backwards
    ("power_on", _MAYBE),  # what a sensor shows before its first measurement
    ("optional", _MAYBE),  # left out where the device lacks the model
    ("plus", _CODES),  # P1: the sum of these ...
    ("minus", _CODES),  # ... less the sum of these
)  # fmt: skip

_ONE = (1, 1)


class ProfileError(ValueError):
    """A profile is not what it should be: one sentence with file and key."""


def check(name, role, data):
    """The Profile of a role from the JSON of its file; ProfileError names the key at fault."""
    try:
        return _checked(name, role, data)
    except WireError as e:
        raise ProfileError("%s.json: %s" % (name, e))


def _checked(name, role, data):
    top = check_record(_TOP, data)
    bus = top["bus"]
    roles = data.get("roles")
    names = roles.get(role) if isinstance(roles, dict) else None
    if names is None:
        raise WireError("roles", "there is no " + role)
    items = []
    for i, row in enumerate(data.get("read", ())):
        where = "read[%d]." % i
        item = check_record(_READ, row, where)
        point = names.get(item["point"], item["point"])
        if point is not None:
            item["point"] = point if "." in point else role + "." + point
            item["unit"] = UNITS[UNITS.index(item["unit"])]
            _complete(bus, where, item, row, (3, 4, 1, 2))
            items.append(Item(*[item[key] for key in ITEM_KEYS], row.get("map")))
    targets = {}
    for what, row in data.get("write", {}).items():
        where = "write." + what + "."
        target = check_record(_PLACE, row, where)
        _complete(bus, where, target, row, (16, 6, 5, 3))
        targets[what] = Target(*[target[key] for key in TARGET_KEYS], row.get("map"))
    return Profile(name, bus, top["gap"] or 0, top["most"] or 100, items, targets)


def _complete(bus, where, entry, row, functions):
    """Check what depends on the bus and the type; SunSpec uses the first of `functions`."""
    entry["scale"] = tuple(entry["scale"] or _ONE)
    entry["type"] = _TYPES[_TYPES.index(entry["type"] or "u16")]  # one string for all, not one a point
    if bus == "p1":
        from osb_box.bus.p1 import wanted

        for key in ("plus", "minus"):
            entry[key] = [code.encode() for code in entry[key] or ()]
            if not all(wanted(code) for code in entry[key]):
                raise WireError(where + key, "must be OBIS codes that the box reads, not %s" % entry[key])
        return
    if bus == "sunspec":
        entry["fc"] = functions[0]
        entry["addr"] = entry["addr"] or 0
        if not entry["model"]:
            raise WireError(where + "model", "is missing")
    elif entry["fc"] not in functions:
        raise WireError(where + "fc", "must be one of %s, not %s" % (str(functions)[1:-1], entry["fc"]))
    elif entry["addr"] is None:
        raise WireError(where + "addr", "is missing")
    if entry["type"] == "text" and not (entry["size"] and row.get("map")):
        raise WireError(where + "map", "and size are needed to read a text")


def load(name, role, folder=_FOLDER):
    """Read and check the profile `name` for a role. ProfileError says what is wrong, in which file, at which key."""
    try:
        with open(folder + name + ".json") as f:
            data = json.load(f)
    except OSError:
        raise ProfileError("there is no device profile %s.json" % name)
    except ValueError:
        raise ProfileError("%s.json: is not JSON" % name)
    return check(name, role, data)
