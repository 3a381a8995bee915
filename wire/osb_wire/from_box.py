"""What a box says to the hub, as data. For the hub: a box has no room for it, nor need."""

from osb_wire.agreed import TERMS
from osb_wire.terms import ACTUATOR, MOST_PRICE, MOST_W, MOST_WH, NAME, QUALITIES, REFUSALS, SLOTS, TIME, UNITS

# null: the band is hard and may not be left at any price
_BAND_PRICE = ("none", ("int", 0, MOST_PRICE))

# mean absolute errors by quarter of the local day, from midnight; null: nothing seen there yet
_ERRORS = ("maybe", ("list", ("none", ("int", 0, MOST_W)), 4))

_STORE = (
    ("actuator", ACTUATOR),
    ("fill_wh", ("int", -MOST_WH, MOST_WH)),
    ("retention_ppm", ("series", 0, 1000000)),
    ("eta_in_pm", ("series", 1, 20000)),
    ("eta_out_pm", ("series", 1, 20000)),
    ("charge_max_w", ("series", 0, MOST_W)),
    ("discharge_max_w", ("series", 0, MOST_W)),
    ("usage_w", ("series", -MOST_W, MOST_W)),
    ("fill_min_wh", ("series", -MOST_WH, MOST_WH)),
    ("fill_max_wh", ("series", -MOST_WH, MOST_WH)),
    ("below_price", _BAND_PRICE),
    ("above_price", _BAND_PRICE),
    ("wear_price", ("int", 0, MOST_PRICE)),
    ("end_value", ("int", -MOST_PRICE, MOST_PRICE)),
    ("power_error_w", _ERRORS),
    ("fill_error_wh", _ERRORS),
)

_DEVICE = (
    ("actuator", ACTUATOR),
    ("charge_max_w", ("int", 0, MOST_W)),
    ("discharge_max_w", ("int", 0, MOST_W)),
)

_POINT = (
    ("name", NAME),
    ("value", ("none", ("int", -(2**53), 2**53))),
    ("unit", ("one", UNITS)),
    ("quality", ("one", QUALITIES)),
    ("age_s", ("int", 0, 2**31)),
)

BOX_TO_HUB = {
    "hello": (
        ("t", TIME),
        ("epoch", TIME),
        ("firmware", ("text", 32)),
        ("board", ("text", 32)),
        ("interpreter", ("text", 120)),
        ("actuators", ("list", ("record", _DEVICE), 16)),
        ("meters", ("list", NAME, 32)),
    ),
    "status": (
        ("t", TIME),
        ("state", ("one", ("online", "offline"))),
        ("reason", ("text", 120)),
    ),
    "telemetry": (
        ("epoch", TIME),
        ("seq", ("int", 1, 2**31)),
        ("oldest", ("int", 1, 2**31)),
        ("t", TIME),
        ("points", ("list", ("row", _POINT), 64)),
    ),
    "offer": (
        ("id", ("int", 1, 2**31)),
        ("t", TIME),
        ("start", TIME),
        ("slots", SLOTS),
        ("load_w", ("series", 0, MOST_W)),
        ("pv_w", ("series", 0, MOST_W)),
        ("import_max_w", ("int", 0, MOST_W)),
        ("export_max_w", ("int", 0, MOST_W)),
        ("stores", ("list", ("record", _STORE), 16)),
        ("load_error_w", _ERRORS),
    ),
    "reply": (
        ("t", TIME),
        ("plan", ("int", 1, 2**31)),
        ("accepted", ("list", ACTUATOR, 16)),
        (
            "refused",
            (
                "list",
                ("record", (("actuator", ACTUATOR), ("reason", ("one", REFUSALS)), ("detail", ("text", 120)))),
                16,
            ),
        ),
    ),
    "limit_reply": (
        ("t", TIME),
        ("id", ("none", ("int", 1, 2**31))),
        ("state", ("one", ("init", "unlimited", "limited", "fail_safe", "autonomous"))),
        ("power_w", ("none", ("int", 0, MOST_W))),
        ("until", ("none", TIME)),
        ("reason", ("text", 120)),
    ),
    "terms_reply": (
        ("t", TIME),
        ("id", ("int", 1, 2**31)),
        ("answer", ("one", ("accept", "refuse", "counter", "ended"))),
        ("counter", ("none", ("record", TERMS))),
        ("detail", ("text", 200)),
    ),
    "event_reply": (
        ("t", TIME),
        ("event", ("int", 1, 2**31)),
        ("answer", ("one", ("accept", "refuse"))),
        ("reason", ("none", ("one", REFUSALS))),
        ("detail", ("text", 120)),
    ),
}
