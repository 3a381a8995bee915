"""Other settings: checked as a whole, written as a whole, and taken back if the box does not come up with them.

`config.json` is replaced by one renaming. Before it, what was valid lies in `config.old`, and `config.try` says that
the new one has yet to show that it works: {"boots", "said"}. build.py counts there how often it was tried; after
`TRIES` starts, or when it is refused, the old settings come back with the reason. `settled` ends that.
"""

import gc
import json
import os

from micropython import const

from osb_boot.atomic import load, save
from osb_box import forget

TRIES = const(3)
_FIXED = ("box_id", "board", "web")  # who the box is, and who may enter: not the installer's


def merged(kept, change):
    """The settings with a partial change: a JSON merge patch (RFC 7396), so null removes a key and a list replaces."""
    if not isinstance(change, dict):
        return change
    out = dict(kept) if isinstance(kept, dict) else {}
    for key, value in change.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = merged(out.get(key), value)
    return out


def changed(folder, change):
    """The new settings, unchecked; None if nothing changes. ValueError: what is not the installer's."""
    if not isinstance(change, dict):
        raise ValueError("settings: must be an object")
    for key in _FIXED:
        if key in change:
            raise ValueError("settings: %s cannot be changed here" % key)
    with open(folder + "/config.json") as f:
        kept = json.load(f)
    new = merged(kept, change)
    return None if new == kept else new


def put(folder, settings):
    """Check settings as a whole, and write them on trial. ValueError, one sentence, and nothing has changed."""
    trial = load(folder + "/config.try")
    if trial and trial["boots"] >= 0:
        raise ValueError("settings: the last ones have yet to show that they work, try again in a minute")
    gc.collect()
    try:
        check(settings)
    except MemoryError:
        pass  # the start will check them with room for it, and go back with the reason if they are wrong
    forget("osb_box.devices.profile", "osb_wire.fields", "osb_wire.topics", "osb_wire.terms")
    gc.collect()
    replace(folder, settings)


def check(settings):
    """ValueError, one sentence, if the box would not start with these settings."""
    good = _good(settings)
    for part in ("home", "hub", "web", "home_assistant"):
        good.pop(part)  # the rest of this needs room
    gc.collect()
    from osb_box.devices.profile import ProfileError, devices

    try:
        devices(good["devices"], {bus["name"]: _Paper(bus["type"]) for bus in good["buses"]}, good["poll_s"])
    except ProfileError as e:
        raise ValueError(_sentence(e)) from None


def _good(settings):
    from osb_box import config

    try:
        return config.check(settings)
    except config.ConfigError as e:
        raise ValueError(_sentence(e)) from None
    finally:
        forget("osb_box.config", "osb_box.config_fields", "osb_wire.topics")


class _Paper:
    """A bus that is only on paper, to see whether devices fit it."""

    def __init__(self, kind):
        if kind in ("p1", "sml"):
            self.codes = ()
        elif kind == "board":
            self.attach = _check_part


def _check_part(name, entry):
    from osb_box.sense.attach import check

    check(name, entry)
    return 0


def _sentence(e):
    """As the API says it: without the file's name and the full stop."""
    text = str(e).rstrip(".")
    return text[13:] if text.startswith("config.json: ") else text


def replace(folder, settings):
    """Write settings that `check` has passed: at every moment of it, the box starts with the old or the new ones."""
    _copy(folder + "/config.json", folder + "/config.old")
    save(folder + "/config.try", {"boots": 0, "said": None}, None)
    with open(folder + "/config.json.new", "w") as f:
        json.dump(settings, f)
    os.rename(folder + "/config.json.new", folder + "/config.json")


def starts(folder):
    """At a start: count it where new settings are on trial, or go back. Returns whether they are on trial."""
    trial = load(folder + "/config.try")
    if not trial or trial["boots"] < 0:
        return False
    if trial["boots"] >= TRIES:
        take_back(folder, "the box started %d times and did not come to work with them" % TRIES)
        return False
    trial["boots"] += 1
    save(folder + "/config.try", trial, None)
    return True


def take_back(folder, why):
    """The old settings are in force again. False if nothing was on trial."""
    trial = load(folder + "/config.try")
    if not trial or trial["boots"] < 0:
        return False
    try:
        _copy(folder + "/config.old", folder + "/config.json")
    except OSError:
        return False
    save(folder + "/config.try", {"boots": -1, "said": why[:200]}, None)
    _remove(folder + "/config.old")
    return True


def settled(folder):
    """The new settings work: there is no way back any more."""
    _remove(folder + "/config.try")
    _remove(folder + "/config.old")


def _remove(path):
    try:
        os.remove(path)
    except OSError:
        pass  # it is not there


def _copy(path, target):
    """`target` is replaced as a whole. OSError where there is nothing to copy."""
    with open(path, "rb") as source, open(target + ".new", "wb") as copy:
        while True:
            part = source.read(256)
            if not part:
                break
            copy.write(part)
    os.rename(target + ".new", target)
