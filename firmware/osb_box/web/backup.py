"""Taking the settings along: a backup. For one request; what takes one up is restore.py."""

import json

from osb_box import VERSION

_SECRETS = (
    ("hub", "password"),
    ("home_assistant", "password"),
    ("web", "token"),
    ("wifi", "password"),
    ("wifi", "ap_password"),
)


async def get(request, box, now):
    """GET /api/backup: settings and what was learned; no secrets, as they belong to this box alone."""
    atomic = await request.load("osb_boot.atomic")
    pieces = await request.load("osb_box.pieces")
    return "application/json", pieces.Text(backup(box.folder, atomic.load)), "", 200


def backup(folder, load):
    """Pieces of the JSON of settings and of what was learned, without any secret; `load` is osb_boot.atomic's."""
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
