"""Waits for browsers. What serves them is in memory only while somebody is connected."""

import asyncio

from micropython import const

from osb_box import forget, loaded, rested

SINCE = "/since.json"  # when sessions were ended
_CONNECTIONS = const(4)
_TOLD = const(6)  # who comes beyond those is told that the box is busy; one more costs a kilobyte, and gets no answer


def _since(path):
    try:
        from osb_boot.atomic import load

        return load(path) or 0
    finally:
        forget("osb_boot.atomic")


class Listener:
    """`web` is the configuration's, `folder` where the box keeps its own, `others` the addresses with which it speaks:
    of the hub, Home Assistant and updates; the rest is what the API tells of and acts on.
    """

    portal = None  # our own address while our access point is open
    live = 0  # connections that live.py serves

    def __init__(self, web, folder, box_id, cycle, supervisor, others=(None, None, None)):
        self.token = web["token"]
        self.folder = folder
        self.slate = [_since(folder + SINCE), 0, 0]  # see access.py
        self.box_id = box_id
        self.cycle = cycle
        self.supervisor = supervisor
        self.others = others
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
        if self._open >= _TOLD:
            stream.close()
            return await stream.wait_closed()
        self._open += 1
        since = self.slate[0]  # who ends all sessions while this one is being checked ends it, too
        try:
            try:
                server = await rested(loaded("osb_box.web.", "api", "server"))
                live = await server.exchange(stream, self, self._open > _CONNECTIONS)
            finally:
                server = None
                self._open -= 1
                if not self._open:
                    forget("osb_box.web.server", "osb_box.web.api")
            if live:
                await self._feed(stream, since)
        except (asyncio.TimeoutError, OSError, EOFError, MemoryError):
            pass  # the browser asks again; the box has better things to do
        finally:
            stream.close()
            await stream.wait_closed()

    async def _feed(self, stream, since):
        self.live += 1
        try:
            module = await rested(loaded("osb_box.web.", "live"))
            await module.feed(stream, self, since)
        finally:
            self.live -= 1
            if not self.live:
                forget("osb_box.web.live")
