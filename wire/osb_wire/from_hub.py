"""What the hub says to a box, as data. A box needs to know only these tables: what it says itself, the hub checks."""

from osb_wire.codec import read
from osb_wire.terms import ACTUATOR, EVENTS, MOST_PRICE, MOST_W, SLOTS, TIME

# most of it; `limit` and `terms` are in agreed.py
HUB_TO_BOX = {
    "receipt": (
        ("epoch", TIME),
        ("seq", ("int", 0, 2**31)),
    ),
    "plan": (
        ("id", ("int", 1, 2**31)),
        ("t", TIME),
        ("start", TIME),
        ("slots", SLOTS),
        ("ttl_s", ("int", 1, 172800)),
        (
            "actuators",
            ("list", ("record", (("actuator", ACTUATOR), ("power_w", ("series", -MOST_W, MOST_W)))), 16),
        ),
        ("reason", ("text", 120)),
    ),
    "event": (
        ("id", ("int", 1, 2**31)),
        ("t", TIME),
        ("kind", ("one", EVENTS)),
        ("start", TIME),
        ("end", TIME),
        ("reason", ("text", 200)),
    ),
    "prices": (
        ("t", TIME),
        ("start", TIME),
        ("slots", SLOTS),
        ("buy_eur_mwh", ("series", -MOST_PRICE, MOST_PRICE)),
        ("sell_eur_mwh", ("series", -MOST_PRICE, MOST_PRICE)),
    ),
    "weather": (
        ("t", TIME),
        ("start", TIME),
        ("slots", SLOTS),
        ("temp_mc", ("series", -60000, 60000)),
        ("ghi_w_m2", ("series", 0, 1500)),
    ),
}


def read_from_hub(kind, payload):
    """Payload (bytes) to message (dict with exactly the fields of the contract). WireError names the offender."""
    fields = HUB_TO_BOX.get(kind)
    if fields is None:
        from osb_wire.agreed import from_hub

        fields = from_hub(kind)
    return read(fields, payload)
