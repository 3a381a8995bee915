"""GET /api/live: server-sent events, one a pass of the cycle, with what has changed since the one before.

A browser's EventSource cannot send the session: the page reads the stream with `fetch`. While one is open, this module
and four bytes a point stay in memory.
"""

import asyncio
import binascii
import json
import time
from array import array

from micropython import const

from osb_box import loaded, rested

MOST = const(2)  # readers at once; who comes later asks for /api/status now and then
_LOOK_MS = const(250)
_QUIET_MS = const(10000)  # then a sign of life, by which either end notices that the other is gone
_LONGEST_MS = const(900000)
_DRAIN_MS = const(5000)


def get(request, box, now):
    """The head of the answer; the Listener has `feed` do the rest."""
    from osb_box.web.api import Refused

    if box.live >= MOST:
        raise Refused(503, "Two are watching already: ask for /api/status from time to time.")
    return "text/event-stream", None, "", 200


async def feed(stream, box, since):
    """Tell of each pass until the reader goes, all sessions are ended, or a quarter of an hour is over.

    `since`: box.slate[0] when his session was good.
    """
    start = said = time.ticks_ms()
    told = [array("I"), 0]  # of each point, and of the control: sums over what was told
    passes = None
    gone = asyncio.create_task(stream.read(1))  # a reader says nothing more: this ends when he leaves
    try:
        while not gone.done() and time.ticks_diff(time.ticks_ms(), start) < _LONGEST_MS and box.slate[0] == since:
            now_ms = time.ticks_ms()
            if passes != box.cycle.passes:
                passes = box.cycle.passes
                await rested(loaded("osb_box.plan.", "reasons", "state"))  # which tells of the control
                _tell(stream, box.cycle, told)
                said = now_ms
            elif time.ticks_diff(now_ms, said) >= _QUIET_MS:
                stream.write(b":\n\n")
                said = now_ms
            await asyncio.wait_for_ms(stream.drain(), _DRAIN_MS)
            await asyncio.sleep_ms(_LOOK_MS)
    finally:
        gone.cancel()


def _tell(stream, cycle, told):
    now, points = cycle.clock.now(), cycle.points
    names = points.names()
    if len(names) != len(told[0]):
        told[0] = array("I", [0] * len(names))
    stream.write(b'data: {"t": %d, "points": [' % now)
    comma = b""
    for i, name in enumerate(names):
        row = points.row(name, now)
        seen = _sum(b"%s %s" % (str(row[1]).encode(), row[3].encode()))
        if seen != told[0][i]:
            told[0][i] = seen
            stream.write(comma + json.dumps(row).encode())
            comma = b", "
    stream.write(b"]")
    control = json.dumps(cycle.controller.state(now)).encode()
    seen = _sum(control)
    if seen != told[1]:
        told[1] = seen
        stream.write(b', "control": ')
        stream.write(control)
    link = b"null"
    if cycle.link:
        link = b"true" if cycle.link.connected else b"false"
    stream.write(b', "connected": ' + link + b"}\n\n")


def _sum(text):
    """CRC-32 of a text, which sees every change within four bytes; never 0, which stands for nothing told."""
    return binascii.crc32(text) or 1
