"""A box takes up a backup, and restarts. For one request."""

import asyncio
import json
import os

from micropython import const

from osb_box import forget

_PART = const(512)
_PART_MS = const(5000)


async def post(request, box, now):
    """POST /api/restore: a backup, checked as a whole before anything is written."""
    from osb_box.setup.reboot import reboot  # first, as there must be a restart once anything is written

    forget("osb_box.setup.reboot")
    folder = box.folder
    path = folder + "/restore.new"
    try:
        with open(path, "wb") as f:
            f.write(request.body)
            request.body = b""
            while request.left > 0:
                part = await asyncio.wait_for_ms(request.stream.read(min(_PART, request.left)), _PART_MS)
                if not part:
                    raise EOFError
                request.left -= len(part)
                f.write(part)
        _take(folder, path)
    finally:
        try:
            os.remove(path)
        except OSError:
            pass  # it never came to be
    asyncio.create_task(reboot("settings were restored", box.cycle.outbox))
    return {"ok": True}


def _take(folder, path):
    try:
        with open(path) as f:
            given = json.load(f)
    except ValueError:
        raise ValueError("This is not a backup of a box") from None
    try:
        restore(folder, given)
    finally:
        forget("osb_box.setup.settings", "osb_box.keep", "osb_boot.atomic")


def restore(folder, given):
    """Take over settings, on trial, and what was learned; who this box is stays. ValueError is a sentence."""
    if not isinstance(given, dict) or given.get("backup") != 1 or not isinstance(given.get("config"), dict):
        raise ValueError("This is not a backup of a box")
    from osb_box.keep import IDENTITY, read

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
    from osb_boot.atomic import save
    from osb_box.setup import settings

    settings.put(folder, config)
    if learned:
        save(folder + "/state.json", learned, None)
