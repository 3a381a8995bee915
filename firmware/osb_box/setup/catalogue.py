"""The device profiles there are, as the list has them that is made when the firmware is built."""

import json

from osb_box import beside


def profiles():
    """[name, maker and title, line, bus, roles, known or None] of each by name, one after the other from flash."""
    with open(beside(__file__) + "catalogue.jsonl", "rb") as f:
        while True:
            line = f.readline()
            if not line:
                return
            yield json.loads(line)
