"""The recovery page: which version failed and why, another attempt, and a signed version by upload.

It imports nothing of any version, and shows nothing that is secret: whoever reaches it can only install what is signed.
"""

import asyncio
import gc
import json
import struct

from micropython import const

from osb_boot import port, slots

_RETRY_S = const(900)  # without a visitor for so long, what failed gets one more chance
_IDLE_MS = const(20000)
_HEAD_BYTES = const(2048)
_MAGIC = b"OSB1"

_PAGE = __file__.rsplit("/", 1)[0] + "/recovery.html"


class _Body:
    """The request's body as a stream of known length, in parts; EOFError if it is cut short."""

    def __init__(self, stream, left):
        self._stream = stream
        self.left = left

    async def read(self, most):
        if not self.left:
            return b""
        part = await asyncio.wait_for_ms(self._stream.read(min(most, self.left)), _IDLE_MS)
        if not part:
            raise EOFError("the upload was cut short")
        self.left -= len(part)
        return part

    async def exactly(self, size):
        data = b""
        while len(data) < size:
            part = await self.read(size - len(data))
            if not part:
                raise EOFError("the upload was cut short")
            data += part
        return data


class _Recovery:
    def __init__(self, home, trouble):
        self._home = home
        self._trouble = trouble
        self._busy = False
        self.over = asyncio.Event()
        self.visited = False

    async def serve(self, stream, _):
        self.visited = True
        try:
            method, path, length = await asyncio.wait_for_ms(_request(stream), _IDLE_MS)
            if method == "POST" and path == "/install":
                await self._install(stream, _Body(stream, length))
            elif method == "POST" and path == "/retry":
                slots.once_more(self._home)
                await _answer(stream, "application/json", json.dumps({"said": "The box starts again."}))
                self.over.set()
            elif path == "/state":
                await _answer(stream, "application/json", json.dumps(self._state()))
            else:
                state = self._state()
                why = (
                    (state["trouble"] or state["last"] or "it was asked for").replace("&", "&amp;").replace("<", "&lt;")
                )
                with open(_PAGE) as f:
                    page = f.read() % (why, state["slot"], state["release"])
                await _answer(stream, "text/html", page)
        except (OSError, EOFError, ValueError, asyncio.TimeoutError):
            pass  # the browser asks again
        finally:
            stream.close()
            await stream.wait_closed()
            gc.collect()

    def _state(self):
        state = slots.state(self._home)
        state["recovery"] = True
        state["trouble"] = self._trouble
        return state

    async def _install(self, stream, body):
        if self._busy:
            await _answer(stream, "application/json", json.dumps({"said": "An installation is under way."}), 503)
            return
        self._busy = True
        try:
            release = await _bundle(self._home, body)
            status, said = 200, "Release %d is installed. The box starts it now." % release
            self.over.set()
        except (ValueError, KeyError, OSError, EOFError, asyncio.TimeoutError) as e:
            status, said = 400, "Not installed: %s." % (str(e) or "the upload was cut short")
        finally:
            self._busy = False
        await _answer(stream, "application/json", json.dumps({"said": said}), status)
        try:
            while await body.read(512):  # closing with bytes unread would reset the connection, and the answer with it
                pass
        except (OSError, EOFError, asyncio.TimeoutError):
            pass


async def _bundle(home, body):
    """Install what a bundle holds: magic, signature, length of the manifest, manifest, pack."""
    from osb_boot.install import Install, Refused

    if await body.exactly(4) != _MAGIC:
        raise Refused("this is not a bundle made by vpp firmware sign")
    signed = await body.exactly(384)
    left = struct.unpack(">I", await body.exactly(4))[0]

    async def manifest(most):
        nonlocal left
        part = await body.read(min(most, left)) if left else b""
        left -= len(part)
        return part

    async def fetch(size, _digest, put):
        while size:
            part = await body.read(min(size, 512))
            if not part:
                raise EOFError("the upload was cut short")
            size -= len(part)
            put(part)

    install = Install(home, None)
    await install.manifest(manifest, signed)
    slot = await install.pack(fetch, True)
    install.activate(slot)
    return install.head["release"]


async def _request(stream):
    """(method, path, length of the body); ValueError for what is no request."""
    method, path, _ = (await stream.readline()).decode().split(" ")
    length, size = 0, 0
    while True:
        line = await stream.readline()
        size += len(line)
        if size > _HEAD_BYTES:
            raise ValueError("the headers are too long")
        if line in (b"\r\n", b""):
            return method, path, length
        if line.lower().startswith(b"content-length:"):
            length = int(line[15:])


async def _answer(stream, kind, text, status=200):
    head = "HTTP/1.0 %d -\r\nContent-Type: %s; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    stream.write((head % (status, kind)).encode())
    stream.write(text.encode())
    await stream.drain()


async def _run(home, trouble):
    page = _Recovery(home, trouble)
    host, at = port.page_address(_password(home))
    server = await asyncio.start_server(page.serve, host, at)
    left = _RETRY_S
    while left > 0 and not page.over.is_set():
        port.feed()
        await asyncio.sleep_ms(1000)
        left = _RETRY_S if page.visited else left - 1
        page.visited = False
    server.close()
    if not page.over.is_set():
        slots.once_more(home)


def _password(home):
    """Of the network that a board opens: the code on its label, which is in its configuration."""
    try:
        with open(home + "/config.json") as f:
            return json.load(f)["web"]["token"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def main(home, trouble):
    """Serve until there is something else to try, then restart."""
    asyncio.run(_run(home, trouble))
    port.reset()
