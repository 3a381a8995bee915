"""GET /api/status: all that the box knows of now. For one request."""

import asyncio
import gc
import json

from osb_box import VERSION, loaded


async def get(request, box, now):
    """`heap=1` in the query measures the largest free block, too."""
    slots = await request.load("osb_boot.atomic", "osb_boot.slots")
    version = _version(slots.state(box.folder), box.cycle.updates)
    slots = None
    await request.leave()
    gc.collect()
    await asyncio.sleep_ms(0)
    heap = {"heap_free": gc.mem_free()}
    if request.query == "heap=1":
        heap["heap_largest"] = _largest_block()
    pieces = await request.load("osb_box.pieces")
    return "application/json", pieces.Text(_pieces(box, now, version, heap, pieces.of)), "", 200


def _pieces(box, now, version, heap, of):
    cycle, dumps = box.cycle, json.dumps
    outbox, link, points = cycle.outbox, cycle.link, cycle.points
    yield '{"box_id": "%s", "t": %d, "poll_s": %d, "roles": ' % (box.box_id, now, cycle.poll_s)
    yield dumps(list(cycle.controller.roles)) + ', "points": ['
    comma = ""
    for name in points.names():
        yield comma + dumps(points.row(name, now))
        comma = ", "
    yield '], "control": '
    yield from loaded("osb_box.plan.", "reasons", "state")
    state = cycle.controller.state(now)
    yield ""
    yield from of(state)
    state = None
    told = None
    if link:
        told = {
            "connected": link.connected,
            "last_error": link.last_error,
            "refused": link.refused,
            "last_refused": link.last_refused,
        }
    yield ', "link": ' + dumps(told)
    told = {
        "epoch": outbox.epoch,
        "messages": outbox.messages,
        "readings": outbox.readings,
        "pending": outbox.pending(),
        "dropped": outbox.dropped,
        "spared": outbox.spared,
    }
    yield ', "outbox": ' + dumps(told)
    yield ', "devices": ' + dumps(cycle.devices.errors())
    yield ', "firmware": ' + dumps(version)
    yield ', "errors": ' + dumps({"tasks": box.supervisor.errors(), "stages": cycle.errors})
    for key in heap:
        yield ', "%s": %d' % (key, heap[key])
    yield "}"


def _version(version, updates):
    """Which version runs, what happened to the last one, and how the last look for a newer one ended."""
    version["version"] = VERSION
    version["looked"] = updates.said if updates else None
    return version


def _largest_block():
    """The largest allocation that succeeds now [B], to 1 kB."""
    size = gc.mem_free() // 1024
    while size:
        try:
            bytearray(size * 1024)
            return size * 1024
        except MemoryError:
            size -= 1
    return 0
