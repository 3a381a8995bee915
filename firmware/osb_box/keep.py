"""What stays with the box whoever lives there, and how its settings are read and written."""

import json
import os

# stays with the box whatever is restored: who it is, and what it was trusted with when it was set up
IDENTITY = ("box_id", "board", "hub", "web", "update", "wifi")


def read(path):
    try:
        with open(path) as f:
            return json.load(f)
    except (OSError, ValueError):
        return {}


def write(path, value):
    with open(path + ".new", "w") as f:
        json.dump(value, f)
    os.rename(path + ".new", path)
