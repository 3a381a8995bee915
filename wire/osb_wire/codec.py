"""From payload to message with one message's table. A box uses this; who knows all messages uses messages.py."""

import json

from osb_wire.fields import WireError, check_record
from osb_wire.terms import MAX_BYTES


def read(fields, payload):
    """Payload (bytes) to message (dict with exactly `fields`). WireError names the offender."""
    if len(payload) > MAX_BYTES:
        raise WireError("message", "has %d bytes, at most %d are read" % (len(payload), MAX_BYTES))
    try:
        value = json.loads(bytes(payload).decode())
    except (ValueError, RuntimeError):  # RuntimeError: nested deeper than the interpreter can follow
        raise WireError("message", "is not JSON") from None
    return check_record(fields, value)
