"""Backup and restore: what a household may take along. Needed when somebody asks."""

import json
import os

from osb_boot.atomic import load, save
from osb_box import VERSION

# stays with the box whatever is restored: who it is, and what it was trusted with when it was set up
IDENTITY = ("box_id", "board", "hub", "web", "update", "wifi")
_SECRETS = (
    ("hub", "password"),
    ("home_assistant", "password"),
    ("web", "token"),
    ("wifi", "password"),
    ("wifi", "ap_password"),
)


def secrets(config):
    """The values of a configuration that nobody may read."""
    found = []
    for part, key in _SECRETS:
        value = (config.get(part) or {}).get(key)
        if value:
            found.append(value)
    return found


def backup(folder):
    """Pieces of the JSON of settings and of what was learned, without any secret."""
    yield '{"backup": 1, "version": "%s", "config": ' % VERSION
    with open(folder + "/config.json") as f:
        yield _blank(f.read())
    yield ', "learned": %s}' % json.dumps(load(folder + "/state.json"))


def _blank(text):
    """The text of a configuration with null for each secret; as objects it would need five times the memory."""
    for _, key in _SECRETS:
        at = text.find('"%s"' % key)
        while at >= 0:
            at += len(key) + 2
            rest = text[at:].lstrip()
            start = len(text) - len(rest[1:].lstrip())
            if rest[:1] == ":" and text[start] == '"':
                end = start + 1
                while text[end] != '"':
                    end += 2 if text[end] == "\\" else 1
                text = text[:start] + "null" + text[end + 1 :]
            at = text.find('"%s"' % key, at)
    return text


def restore(folder, given):
    """Take over settings, on trial, and what was learned; who this box is stays. ValueError is a sentence."""
    if not isinstance(given, dict) or given.get("backup") != 1 or not isinstance(given.get("config"), dict):
        raise ValueError("This is not a backup of a box")
    now = read(folder + "/config.json")
    config = dict(given["config"])
    for key in IDENTITY:
        config.pop(key, None)
        if key in now:
            config[key] = now[key]
    ours, theirs = now.get("home_assistant"), config.get("home_assistant")
    if ours and theirs and theirs.get("host") == ours.get("host") and theirs.get("password") is None:
        theirs["password"] = ours.get("password")  # no backup holds it
    learned = given.pop("learned", None)
    given.clear()
    from osb_box.setup import settings

    settings.put(folder, config)
    if learned:
        save(folder + "/state.json", learned, None)


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
