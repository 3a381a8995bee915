"""Waits for browsers. What serves them is in memory only while somebody is connected."""

import asyncio

from micropython import const

from osb_box import forget

_CONNECTIONS = const(4)
_REQUEST_MS = const(5000)


def _since(path):
    try:
        from osb_box.state import load

        return load(path) or 0
    finally:
        forget("osb_box.state")


class Listener:
    """`web` is the configuration's, `since_path` where it is kept when sessions were ended; the rest is what the API
    tells of and acts on.
    """

    portal = None  # our own address while our access point is open

    def __init__(self, web, since_path, box_id, cycle, supervisor):
        self.token = web["token"]
        self.since_path = since_path
        self.slate = [_since(since_path), 0, 0]  # see access.py
        self.box_id = box_id
        self.cycle = cycle
        self.supervisor = supervisor
        self._host = web["host"]
        self._port = web["port"]
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
            from osb_box.web.server import exchange

            await asyncio.wait_for_ms(exchange(stream, self, self._open > _CONNECTIONS), _REQUEST_MS)
        except (asyncio.TimeoutError, OSError, EOFError, MemoryError):
            pass  # the browser asks again; the box has better things to do
        finally:
            self._open -= 1
            if not self._open:
                forget("osb_box.web.server", "osb_box.web.api", "osb_box.web.access")
            stream.close()
            await stream.wait_closed()
