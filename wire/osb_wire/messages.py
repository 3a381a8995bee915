"""Every message of version 1, as data, and the two functions that turn one into bytes and back.

Integers only: W, Wh, mV, mA, m°C, per mille, parts per million, EUR/MWh (= µEUR/Wh), Unix seconds UTC.
Power is positive when it flows from the grid into the home. Store terms are those of S2 (EN 50491-12-2), FRBC.
"""

import json

from osb_wire.fields import WireError, check_record

MAX_BYTES = 32768  # a longer payload is refused unread: a box has some 60 kB to live in

UNITS = ("W", "Wh", "mV", "mA", "mC", "pm", "1")
QUALITIES = ("good", "stale", "bad")
ACTUATORS = ("heat_pump", "tank", "ev", "battery", "pv")
REFUSALS = ("override", "comfort", "limit", "expired", "unknown", "disabled", "fault")
EVENTS = ("feeder_limit", "price_change", "override", "test")

_TIME = ("int", 1500000000, 4102444800)  # 2017-07-14 .. 2100-01-01: an unset clock is refused
_SLOTS = ("int", 1, 400)
_NAME = ("text", 24)
_ACTUATOR = ("one", ACTUATORS)
_W = 1000000
_WH = 1000000000
_PRICE = 10000000  # EUR/MWh

# null: the band is hard and may not be left at any price
_BAND_PRICE = ("none", ("int", 0, _PRICE))

_STORE = (
    ("actuator", _ACTUATOR),
    ("fill_wh", ("int", -_WH, _WH)),
    ("retention_ppm", ("series", 0, 1000000)),
    ("eta_in_pm", ("series", 1, 20000)),
    ("eta_out_pm", ("series", 1, 20000)),
    ("charge_max_w", ("series", 0, _W)),
    ("discharge_max_w", ("series", 0, _W)),
    ("usage_w", ("series", -_W, _W)),
    ("fill_min_wh", ("series", -_WH, _WH)),
    ("fill_max_wh", ("series", -_WH, _WH)),
    ("below_price", _BAND_PRICE),
    ("above_price", _BAND_PRICE),
    ("wear_price", ("int", 0, _PRICE)),
    ("end_value", ("int", -_PRICE, _PRICE)),
)

_DEVICE = (
    ("actuator", _ACTUATOR),
    ("charge_max_w", ("int", 0, _W)),
    ("discharge_max_w", ("int", 0, _W)),
)

_POINT = (
    ("name", _NAME),
    ("value", ("none", ("int", -(2**53), 2**53))),
    ("unit", ("one", UNITS)),
    ("quality", ("one", QUALITIES)),
    ("age_s", ("int", 0, 2**31)),
)

BOX_TO_HUB = {
    "hello": (
        ("t", _TIME),
        ("epoch", _TIME),
        ("firmware", ("text", 32)),
        ("board", ("text", 32)),
        ("interpreter", ("text", 120)),
        ("actuators", ("list", ("record", _DEVICE), 16)),
        ("meters", ("list", _NAME, 32)),
    ),
    "status": (
        ("t", _TIME),
        ("state", ("one", ("online", "offline"))),
        ("reason", ("text", 120)),
    ),
    "telemetry": (
        ("epoch", _TIME),
        ("seq", ("int", 1, 2**31)),
        ("oldest", ("int", 1, 2**31)),
        ("t", _TIME),
        ("points", ("list", ("row", _POINT), 64)),
    ),
    "offer": (
        ("id", ("int", 1, 2**31)),
        ("t", _TIME),
        ("start", _TIME),
        ("slots", _SLOTS),
        ("load_w", ("series", 0, _W)),
        ("pv_w", ("series", 0, _W)),
        ("import_max_w", ("int", 0, _W)),
        ("export_max_w", ("int", 0, _W)),
        ("stores", ("list", ("record", _STORE), 16)),
    ),
    "reply": (
        ("t", _TIME),
        ("plan", ("int", 1, 2**31)),
        ("accepted", ("list", _ACTUATOR, 16)),
        (
            "refused",
            (
                "list",
                ("record", (("actuator", _ACTUATOR), ("reason", ("one", REFUSALS)), ("detail", ("text", 120)))),
                16,
            ),
        ),
    ),
}

HUB_TO_BOX = {
    "receipt": (
        ("epoch", _TIME),
        ("seq", ("int", 0, 2**31)),
    ),
    "plan": (
        ("id", ("int", 1, 2**31)),
        ("t", _TIME),
        ("start", _TIME),
        ("slots", _SLOTS),
        ("ttl_s", ("int", 1, 172800)),
        (
            "actuators",
            ("list", ("record", (("actuator", _ACTUATOR), ("power_w", ("series", -_W, _W)))), 16),
        ),
        ("reason", ("text", 120)),
    ),
    "event": (
        ("id", ("int", 1, 2**31)),
        ("t", _TIME),
        ("kind", ("one", EVENTS)),
        ("start", _TIME),
        ("end", _TIME),
        ("reason", ("text", 200)),
    ),
    "weather": (
        ("t", _TIME),
        ("start", _TIME),
        ("slots", _SLOTS),
        ("temp_mc", ("series", -60000, 60000)),
        ("ghi_w_m2", ("series", 0, 1500)),
    ),
}


def fields_of(kind):
    """The ((name, spec), ...) of a kind of message; WireError where there is no such kind."""
    fields = BOX_TO_HUB.get(kind) or HUB_TO_BOX.get(kind)
    if fields is None:
        raise WireError("kind", "no message is called " + str(kind))
    return fields


def encode(kind, message):
    """Message (dict) to payload (bytes). WireError names a field that breaks the contract."""
    return json.dumps(check_record(fields_of(kind), message)).encode()


def decode(kind, payload):
    """Payload (bytes) to message (dict with exactly the fields of the contract). WireError names the offender."""
    fields = fields_of(kind)
    if len(payload) > MAX_BYTES:
        raise WireError("message", "has %d bytes, at most %d are read" % (len(payload), MAX_BYTES))
    try:
        value = json.loads(bytes(payload).decode())
    except (ValueError, UnicodeError):
        raise WireError("message", "is not JSON") from None
    return check_record(fields, value)
