"""MQTT topics: osb/v1/<box id>/<kind of message>."""

from osb_wire import VERSION
from osb_wire.fields import WireError

_FROM_BOX = ("event_reply", "hello", "limit_reply", "offer", "reply", "status", "telemetry", "terms_reply")
_FROM_HUB = ("event", "limit", "plan", "prices", "receipt", "terms", "weather")
_PREFIX = "osb/v%d/" % VERSION
_ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
FROM_BOXES = tuple(_PREFIX + "+/" + kind for kind in _FROM_BOX)  # what the hub subscribes to


def check_box_id(box_id):
    """A box id is 1 to 32 of a-z, 0-9 and '-': it stands in topics, file names and URLs as it is."""
    if not isinstance(box_id, str) or not 0 < len(box_id) <= 32 or any(c not in _ID_LETTERS for c in box_id):
        raise WireError("box_id", "must be 1 to 32 of a-z, 0-9 and '-'")
    return box_id


def topic(box_id, kind):
    """The topic on which `kind` travels from or to this box."""
    if kind not in _FROM_BOX and kind not in _FROM_HUB:
        raise WireError("kind", "no message is called " + str(kind))
    return _PREFIX + check_box_id(box_id) + "/" + kind


def to_box(box_id):
    """What a box subscribes to: every kind the hub sends it."""
    return [topic(box_id, kind) for kind in _FROM_HUB]


def parse(text):
    """Topic to (box id, kind), or WireError."""
    parts = text.split("/")
    if len(parts) != 4 or parts[0] + "/" + parts[1] + "/" != _PREFIX:
        raise WireError("topic", "is not %s<box id>/<kind>" % _PREFIX)
    box_id, kind = check_box_id(parts[2]), parts[3]
    if kind not in _FROM_BOX and kind not in _FROM_HUB:
        raise WireError("topic", "no message is called " + kind)
    return box_id, kind
