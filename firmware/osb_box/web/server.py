"""One request over HTTP/1.0, with bounds on its bytes. How many at once and how long each, listener.py says."""

import asyncio

from micropython import const

from osb_box.web.api import Refused, answer, as_json

_HEAD_BYTES = const(4096)
_BODY_BYTES = const(2048)
_CHUNK_BYTES = const(512)

_UNREAD = (413, 431, 503)  # refusals that leave bytes of the request unread
_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}


class Request:
    """`query` is what follows the question mark; `authorization` the header of that name."""

    def __init__(self, method, target):
        self.method = method
        self.path, _, self.query = target.partition("?")
        self.authorization = ""
        self.body = b""


async def exchange(stream, box, busy):
    """Read one request and answer it; `busy` only says that there are too many."""
    status = 200
    try:
        if busy:
            raise Refused(503, "The box is busy: ask again in a moment.")
        kind, content = answer(await _read(stream), box)
    except Refused as e:
        status = e.status
        kind, content = as_json({"error": e.sentence})
    await _write(stream, status, kind, content)
    if status in _UNREAD:
        await _hear_out(stream)


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
        request = Request(method, target)
        length = 0
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.lower()
            if name == "content-length":
                length = int(value)
            elif name == "authorization":
                request.authorization = value.strip()
    except ValueError:
        raise Refused(400, "This is not an HTTP request.") from None
    if not 0 <= length <= _BODY_BYTES:
        raise Refused(413, "The body must not exceed %d bytes." % _BODY_BYTES)
    body = data[end + 4 :]
    while len(body) < length:
        part = await stream.read(_CHUNK_BYTES)
        if not part:
            raise EOFError
        body += part
    request.body = body[:length]
    return request


async def _hear_out(stream):
    """Read on for a moment: closing with bytes unread would reset the connection, and the refusal with it."""
    try:
        for _ in range(256):
            if not await asyncio.wait_for_ms(stream.read(_CHUNK_BYTES), 200):
                return
    except asyncio.TimeoutError:
        pass


async def _write(stream, status, kind, content):
    head = "HTTP/1.0 %d %s\r\nContent-Type: %s\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    stream.write((head % (status, _REASONS.get(status, "Refused"), kind)).encode())
    await stream.drain()
    if isinstance(content, bytes):
        stream.write(content)
        await stream.drain()
        return
    with content:
        while True:
            part = content.read(_CHUNK_BYTES)
            if not part:
                return
            stream.write(part)
            await stream.drain()
