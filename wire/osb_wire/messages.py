"""Every message of version 1 by its kind, and the two functions that turn one into bytes and back."""

import json

from osb_wire.agreed import HUB_AGREED
from osb_wire.codec import read
from osb_wire.fields import WireError, check_record
from osb_wire.from_box import BOX_TO_HUB
from osb_wire.from_hub import HUB_TO_BOX as HUB_OFTEN

HUB_TO_BOX = dict(HUB_OFTEN, **HUB_AGREED)


def fields_of(kind):
    """The ((name, spec), ...) of a kind of message; WireError where there is no such kind."""
    fields = BOX_TO_HUB.get(kind) or HUB_TO_BOX.get(kind)
    if fields is None:
        raise WireError("kind", "no message is called " + str(kind))
    return fields


def encode(kind, message):
    """Message (dict) to payload (bytes). WireError names a field that breaks the contract."""
    checked = check_record(fields_of(kind), message)
    try:
        return json.dumps(checked, ensure_ascii=False).encode()
    except TypeError:  # MicroPython leaves no choice: it writes letters as they are, and cannot join two \u escapes
        return json.dumps(checked).encode()


def decode(kind, payload):
    """Payload (bytes) to message (dict with exactly the fields of the contract). WireError names the offender."""
    return read(fields_of(kind), payload)
