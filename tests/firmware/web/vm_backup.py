"""No secret leaves in a backup, however the settings are written."""

import json
import os

from osb_boot import atomic
from osb_box.web import backup

FOLDER = "/tmp/osb-vm-backup"


def backed_up(config):
    try:
        os.mkdir(FOLDER)
    except OSError:
        pass
    with open(FOLDER + "/config.json", "w") as f:
        f.write(config)
    return json.loads("".join(backup.backup(FOLDER, atomic.load)))["config"]


def test_every_secret_is_blank_and_all_else_as_it_was():
    config = {
        "hub": {"host": "hub", "password": "p1"},
        "home_assistant": {"host": "ha", "password": 'quo"te\\'},
        "web": {"token": "t", "host": "0.0.0.0"},
        "wifi": {"ssid": "password", "password": "p2", "ap_password": None},
        "home": {"fuse_w": 9200},
    }
    got = backed_up(json.dumps(config))
    for part, key in backup._SECRETS:
        assert got[part].pop(key) is None, (part, key)
        config[part].pop(key)
    assert got == config


def test_white_space_does_not_help_a_secret_out():
    got = backed_up('{"web"\n:\t{"token"  :\n "kite-7731" , "host": "token"}}')
    assert got == {"web": {"token": None, "host": "token"}}
