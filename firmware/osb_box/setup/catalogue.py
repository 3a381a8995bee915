"""The device profiles there are, read one after the other, so that never two are in memory."""

import json
import os

import osb_box.devices

_POINTS = b'"read":'
FOLDER = osb_box.beside(osb_box.devices.__file__) + "profiles/"


def names():
    """Of all profiles, sorted."""
    return sorted([name[:-5] for name in os.listdir(FOLDER) if name.endswith(".json")])


def profile(name):
    """The head of a profile's file, up to its list of points: what it is called, and what it is told by."""
    text = b""
    with open(FOLDER + name + ".json", "rb") as f:
        while _POINTS not in text:
            part = f.read(256)
            if not part:
                return json.loads(text)
            text += part
    f = part = None  # its window and tables take 2 kB
    text = text[: text.index(_POINTS)].rstrip(b" \n,")
    text += b"}"
    return json.loads(text)


def title(data):
    """What people call a device of this profile: maker and model."""
    return ("%s %s" % (data.get("maker") or "", data["title"])).strip()
