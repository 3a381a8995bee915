"""The wire from a box to the broker: a TCP forwarder that can be cut, slowed down, left half open, and mended."""

import asyncio
import contextlib
import ssl

_HANDSHAKE_S = 3600.0  # an emulated chip at the other end takes minutes of wall time; no hurry of ours ends it


class Link:
    """Forwards connections to `host:port`. While cut, connections are refused and those that stood are gone.

    `tls` is what the broker's end shows to the box, who then speaks TLS as far as here. `delay_s` is the time that each
    piece takes, as on a radio that repeats what gets lost.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._target = (host, port)
        self.tls = tls
        self.delay_s = 0.0
        self.connections = 0  # that have stood so far
        self._frozen: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._forwards: set[asyncio.Task[None]] = set()
        self.port = 0  # where the box connects; stays the same over cuts

    @property
    def connected(self) -> bool:
        """Whether a connection stands right now."""
        return bool(self._open)

    async def start(self) -> None:
        """Take connections."""
        if self._server is not None:
            return
        patience_s = _HANDSHAKE_S if self.tls else None
        self._server = await asyncio.start_server(
            self._forward, "127.0.0.1", self.port, ssl=self.tls, ssl_handshake_timeout=patience_s
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Refuse connections and break those that stand."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.gather(*self._forwards)

    def freeze(self) -> None:
        """What stands falls silent for good and says so to nobody, as when a router has lost its table."""
        self._frozen |= self._open

    restore = start
    stop = cut

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        assert me is not None
        self._forwards.add(me)
        self._open.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
        else:
            self._open.add(far_writer)
            self.connections += 1
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
            self._open.discard(far_writer)
            self._frozen -= {writer, far_writer}
        self._open.discard(writer)
        self._forwards.discard(me)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Copy until either side ends, then end the other."""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while data := await reader.read(65536):
                if writer in self._frozen:
                    continue
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                writer.write(data)
                await writer.drain()
        writer.close()
