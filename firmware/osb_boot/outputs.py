"""Outputs at rest, as the board's own list has it: `pins.json`, {"<pin>": level}, written when the board is flashed."""

import json

from osb_boot import port


def safe():
    """Drive every listed pin to its level of rest. A board without the list has no outputs."""
    try:
        with open(port.home() + "/pins.json") as f:
            pins = json.load(f)
    except OSError:
        return
    for name in sorted(pins):
        try:
            port.output(int(name), pins[name])
        except ValueError as e:  # the others come to rest all the same
            print("pins.json: %s: %s" % (name, e))
