"""Factory reset: what must not stay when a household leaves. Needed when somebody asks, and at the start after that."""

import os

from osb_box.keep import IDENTITY, read, write

_OWNERS = ("hub", "wifi")  # of those who leave the box behind
# what the household leaves behind; folders are emptied
_DATA = (
    "state.json",
    "ledger.json",
    "outbox",
    "wifi.json",
    "log.txt",
    "log.old",
    "history",
    "config.old",
    "config.try",
    "pulses",
)
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


def mark(folder, owner):
    """The next start forgets the household; with a new `owner` also its Wi-Fi and its place at the hub."""
    write(folder + _MARK, {"owner": bool(owner)})


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
    owner = read(folder + _MARK).get("owner")
    path = folder + "/config.json"
    now, config = read(path), dict(_NEUTRAL)
    for key in IDENTITY:
        if key in now and not (owner and key in _OWNERS):
            config[key] = now[key]
    write(path, config)
    remove(folder + _MARK)
