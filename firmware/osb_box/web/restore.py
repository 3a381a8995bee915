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
    from osb_box.web.reboot import reboot

    forget("osb_box.web.reboot")
    asyncio.create_task(reboot("settings were restored", box.cycle.outbox.flush))
    return {"ok": True}


def _take(folder, path):
    from osb_box import keep

    try:
        with open(path) as f:
            given = json.load(f)
    except ValueError:
        raise ValueError("This is not a backup of a box") from None
    try:
        keep.restore(folder, given)
    finally:
        forget("osb_box.setup.settings", "osb_box.keep")
