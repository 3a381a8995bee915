"""Backup, restore and factory reset: what a household may take along, and what must not stay behind.

Needed when somebody asks, and at the start after a reset that the power cut short.
"""

import json
import os

from osb_boot.atomic import load, save
from osb_box import VERSION

# stays with the box whatever is restored: who it is, and what it was trusted with when it was set up
_IDENTITY = ("box_id", "board", "hub", "web", "update", "wifi")
_SECRETS = (("hub", "password"), ("web", "token"), ("wifi", "password"), ("wifi", "ap_password"))
# what the household leaves behind; folders are emptied
_DATA = ("state.json", "outbox", "wifi.json", "log.txt", "log.old", "history", "config.old", "config.try", "pulses")
_MARK = "/reset.json"
_NEUTRAL = {
    "zone": {"utc_offset_s": 3600, "dst": "eu"},
    "poll_s": 60,
    "journal_flush_s": 300,
    "outbox_max_bytes": 65536,
    "buses": [],
    "devices": [],
    "home": {
        "fuse_w": 9200,
        "export_max_w": 9200,
        "annual_kwh": 3500,
        "comfort": {
            "min_mc": 19500,
            "max_mc": 22500,
            "night_min_mc": 17500,
            "night": ["23:00", "06:00"],
            "setpoint_mc": 20500,
        },
        "building": {"loss_w_k": 180, "capacity_wh_k": 6000, "gain_w": 350},
    },
}


def secrets(config):
    """The values of a configuration that nobody may read."""
    found = []
    for part, key in _SECRETS:
        value = (config.get(part) or {}).get(key)
        if value:
            found.append(value)
    return found


def backup(folder):
    """Settings and what was learned, without any secret; JSON-able."""
    config = _read(folder + "/config.json")
    for part, key in _SECRETS:
        if config.get(part):
            config[part].pop(key, None)
    return {"backup": 1, "version": VERSION, "config": config, "learned": load(folder + "/state.json")}


def restore(folder, given):
    """Take over the settings and what was learned from a backup; who this box is stays. ValueError is a sentence."""
    if not isinstance(given, dict) or given.get("backup") != 1 or not isinstance(given.get("config"), dict):
        raise ValueError("This is not a backup of a box")
    from osb_box.config import check

    now = _read(folder + "/config.json")
    config = dict(given["config"])
    for key in _IDENTITY:
        config.pop(key, None)
        if key in now:
            config[key] = now[key]
    check(config)  # its errors say what is wrong with the backup
    if given.get("learned"):
        save(folder + "/state.json", given["learned"], None)
    _write(folder + "/config.json", config)


def factory_reset(folder, identity):
    """Forget the household, and with `identity` also who the box is; `finish` may have to end it after a power cut."""
    _write(folder + _MARK, {"identity": bool(identity)})
    finish(folder)


def finish(folder):
    """Do what a mark says that was left undone; without one there is nothing to do."""
    try:
        os.stat(folder + _MARK)
    except OSError:
        return
    from osb_boot.files import remove, wipe

    for name in _DATA:
        path = folder + "/" + name
        remove(path)
        wipe(path)
    if _read(folder + _MARK)["identity"]:
        remove(folder + "/config.json")
    else:
        now = _read(folder + "/config.json")
        config = dict(_NEUTRAL)
        for key in _IDENTITY:
            if key in now:
                config[key] = now[key]
        _write(folder + "/config.json", config)
    remove(folder + _MARK)


def _read(path):
    try:
        with open(path) as f:
            return json.load(f)
    except (OSError, ValueError):
        return {}


def _write(path, value):
    with open(path + ".new", "w") as f:
        json.dump(value, f)
    os.rename(path + ".new", path)
