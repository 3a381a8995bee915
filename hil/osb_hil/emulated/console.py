"""The USB console of an emulated board as a TCP port: what `mpremote connect socket://127.0.0.1:PORT` talks to."""

import asyncio

from osb_hil.emulated.chip import Chip


class Console:
    """One visitor at a time, bytes both ways, as on a real port."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self._server: asyncio.Server | None = None
        self._visitor: asyncio.StreamWriter | None = None
        chip.on_console = self._printed
        self.url = ""

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"socket://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        """Hang up."""
        if self._server:
            self._server.close()
        if self._visitor:
            self._visitor.close()

    def _printed(self, data: bytes) -> None:
        if self._visitor:
            self._visitor.write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._visitor = writer
        try:
            while data := await reader.read(4096):
                self._chip.type(data)
        except ConnectionError:
            pass
        finally:
            if self._visitor is writer:
                self._visitor = None
            writer.close()
