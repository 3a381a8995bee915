"""A small HTTP/1.0 server with bounds: how many connections, how long each, and how many bytes of a request."""

import asyncio

from micropython import const

_CONNECTIONS = const(4)
_REQUEST_MS = const(5000)
_HEAD_BYTES = const(4096)
_BODY_BYTES = const(2048)
_CHUNK_BYTES = const(512)

_UNREAD = (413, 431, 503)  # refusals that leave bytes of the request unread
_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}


class Refused(Exception):
    """The request gets this `status` and `sentence` instead of what it asked for."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Request:
    """`query` is what follows the question mark; `authorization` the header of that name."""

    def __init__(self, method, target):
        self.method = method
        self.path, _, self.query = target.partition("?")
        self.authorization = ""
        self.body = b""


class WebServer:
    """`answer(request)` returns (content type, bytes or an open file) or raises Refused."""

    def __init__(self, host, port, answer, refuse):
        self._host = host
        self._port = port
        self._answer = answer
        self._refuse = refuse
        self._open = 0

    async def run(self, pulse):
        """Serve until the listening socket fails."""
        server = await asyncio.start_server(self._serve, self._host, self._port)
        pulse.rest()
        try:
            await server.wait_closed()
        finally:
            server.close()

    async def _serve(self, stream, _):
        self._open += 1
        try:
            await asyncio.wait_for_ms(self._exchange(stream), _REQUEST_MS)
        except (asyncio.TimeoutError, OSError, EOFError, MemoryError):
            pass  # the browser asks again; the box has better things to do
        finally:
            self._open -= 1
            stream.close()
            await stream.wait_closed()

    async def _exchange(self, stream):
        status = 200
        try:
            if self._open > _CONNECTIONS:
                raise Refused(503, "The box is busy: ask again in a moment.")
            kind, content = self._answer(await self._read(stream))
        except Refused as e:
            status = e.status
            kind, content = self._refuse(e.sentence)
        await self._write(stream, status, kind, content)
        if status in _UNREAD:
            await self._hear_out(stream)

    async def _read(self, stream):
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

    async def _hear_out(self, stream):
        """Read on for a moment: closing with bytes unread would reset the connection, and the refusal with it."""
        try:
            for _ in range(256):
                if not await asyncio.wait_for_ms(stream.read(_CHUNK_BYTES), 200):
                    return
        except asyncio.TimeoutError:
            pass

    async def _write(self, stream, status, kind, content):
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
