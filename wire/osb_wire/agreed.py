"""What a home, its cooperative and the grid operator agree on, as data: limits, terms, who takes part in an event.

Apart from the other tables, as it is rare: a box reads it only when such a message comes.
"""

from osb_wire.fields import WireError
from osb_wire.terms import MOST_PRICE, MOST_W, TIME

# what either end may edit
TERMS = (
    ("start", TIME),
    ("end", TIME),
    ("week_events", ("int", 0, 50)),
    ("month_events", ("int", 0, 200)),
    ("duration_s", ("int", 900, 86400)),
    ("capacity_w", ("int", 0, MOST_W)),
    ("notice_s", ("int", 0, 604800)),
    ("energy_price", ("int", 0, MOST_PRICE)),
    ("event_price_ct", ("int", 0, 100000)),
    ("plans", ("one", ("always", "events"))),
)

HUB_AGREED = {
    "limit": (
        ("id", ("int", 1, 2**31)),
        ("t", TIME),
        ("power_w", ("none", ("int", 0, MOST_W))),
        ("until", ("none", TIME)),
        ("heartbeat_s", ("none", ("int", 10, 3600))),
        ("fail_safe_w", ("maybe", ("int", 0, MOST_W))),
        ("fail_safe_s", ("maybe", ("int", 7200, 86400))),
        ("reason", ("text", 120)),
    ),
    "terms": (
        ("id", ("int", 1, 2**31)),
        ("t", TIME),
        ("state", ("one", ("offered", "signed", "withdrawn"))),
    )
    + TERMS
    + (("text", ("text", 300)),),
}


def from_hub(kind):
    """The fields of a message of the hub; WireError where it is none of these."""
    if kind not in HUB_AGREED:
        raise WireError(kind, "is not for a box")
    return HUB_AGREED[kind]
