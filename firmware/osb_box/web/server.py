"""One request over HTTP/1.0, with bounds on its bytes. How many at once and how long each, listener.py says."""

import asyncio
import gc

from micropython import const

from osb_box import forget, loaded, rested
from osb_box.web.api import LONG, Refused, answer, as_json

_HEAD_BYTES = const(4096)
_BODY_BYTES = const(2048)
_LONG_BYTES = const(16384)
_CHUNK_BYTES = const(512)
_THINKING_MS = const(20)
_REQUEST_MS = const(5000)
_ANSWER_MS = const(20000)

_UNREAD = (413, 431, 503)  # refusals that leave bytes of the request unread
_HEAD = (
    "HTTP/1.0 %d %s\r\nContent-Type: %s\r\nCache-Control: %s\r\nX-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n%s\r\n"
)


class Request:
    """`query` is what follows the question mark; `authorization` and `match` (If-None-Match) are headers.

    `left` bytes of a long body have not been read from `stream`.
    """

    authorization = match = ""
    body = b""
    left = 0

    def __init__(self, method, target, stream):
        self.method = method
        self.path, _, self.query = target.partition("?")
        self.stream = stream
        self.loaded = []  # modules that are forgotten with the request

    async def load(self, *names):
        """The last of these modules; what loads one takes an RP2040 50 ms, and everything else has its turn between."""
        return await rested(loaded("", *names, new=self.loaded))

    async def leave(self):
        """Let what was loaded until now leave memory."""
        forget(*sorted(self.loaded, reverse=True))  # children before their packages
        self.loaded = []
        await asyncio.sleep_ms(0)  # until then the collector still sees it on the stack


async def exchange(stream, box, busy):
    """Read one request and answer it; returns whether live.py goes on. `busy` only says that there are too many."""
    request = None
    try:
        if busy:
            raise Refused(503, "The box is busy: ask again in a moment.")
        request = await asyncio.wait_for_ms(_read(stream), _REQUEST_MS)
        while request.method == "GET" and box.cycle.thinking:  # for a second in a quarter of an hour
            await asyncio.sleep_ms(_THINKING_MS)
        kind, content, more, status = await answer(request, box)
    except Refused as e:
        kind, content, more, status = as_json({"error": e.sentence}, e.status)
    except MemoryError:
        gc.collect()
        kind, content, more, status = as_json({"error": "The box has no memory for this now: ask again."}, 503)
    if content is None:
        stream.write((_HEAD % (status, "OK", kind, "no-store", more)).encode())
        await asyncio.wait_for_ms(stream.drain(), _REQUEST_MS)
        return True
    await asyncio.wait_for_ms(_write(stream, status, kind, content, more), _ANSWER_MS)
    if status in _UNREAD or (request and request.left):
        await _hear_out(stream)
    return False


async def _read(stream):
    """The request, or Refused; never more than the bounds in memory."""
    data = b""
    while True:
        end = data.find(b"\r\n\r\n")
        if end >= 0:
            break
        if len(data) >= _HEAD_BYTES:
            raise Refused(431, "The request's headers must not exceed %d bytes." % _HEAD_BYTES)
        part = await stream.read(_CHUNK_BYTES)
        if not part:
            raise EOFError
        data += part
    try:
        lines = data[:end].decode().split("\r\n")
        method, target, _ = lines[0].split(" ")
        request = Request(method, target, stream)
        length = 0
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.lower()
            if name == "content-length":
                length = int(value)
            elif name == "authorization":
                request.authorization = value.strip()
            elif name == "if-none-match":
                request.match = value
    except ValueError:
        raise Refused(400, "This is not an HTTP request.") from None
    most = _LONG_BYTES if request.path == LONG else _BODY_BYTES
    if not 0 <= length <= most:
        raise Refused(413, "The body must not exceed %d bytes." % most)
    body = data[end + 4 :]
    while len(body) < length and most == _BODY_BYTES:
        part = await stream.read(_CHUNK_BYTES)
        if not part:
            raise EOFError
        body += part
    request.body = body[:length]
    request.left = length - len(request.body)
    return request


async def _hear_out(stream):
    """Read on for a moment: closing with bytes unread would reset the connection, and the refusal with it."""
    try:
        for _ in range(256):
            if not await asyncio.wait_for_ms(stream.read(_CHUNK_BYTES), 200):
                return
    except asyncio.TimeoutError:
        pass


async def _write(stream, status, kind, content, more):
    # the word beside the status says nothing (RFC 9112, 4); what a browser may keep has a tag by which it asks again
    keep = "no-cache" if "ETag" in more else "no-store"
    stream.write((_HEAD % (status, "OK" if status < 400 else "Refused", kind, keep, more)).encode())
    await stream.drain()
    if isinstance(content, bytes):
        stream.write(content)
        await stream.drain()
        return
    with content:
        while True:
            part = content.read(_CHUNK_BYTES)
            if part == b"":
                return
            if part:
                stream.write(part)
                await stream.drain()
            await asyncio.sleep_ms(0)
