"""A meter that talks by itself: it is listened to all the time, so that no telegram is cut by a full buffer."""

import asyncio

from osb_box.bus import BusError


class PushBus:
    """`port` is an open serial line. What it hears goes through `feed(bytes)`, which each kind of meter has.

    codes    what to read; values are W, Wh, mV, mA, l
    latest   {code: value} of the last telegram whose checksum was right, until somebody takes it
    damaged  telegrams since then whose checksum was wrong
    """

    kind = ""  # as the configuration calls such a bus
    timeout_ms = 2500
    slice = 256  # bytes that are worked through without letting others run
    codes = ()
    latest = None
    damaged = 0
    _listener = None

    def __init__(self, port, timeout_ms=None):
        if timeout_ms:
            self.timeout_ms = timeout_ms
        self._port = port
        self._came = asyncio.Event()

    async def read(self, unit, fc, addr, count):
        """{code: value} of the newest telegram not returned before, as soon as there is one; else BusError."""
        try:
            for _ in range(64):
                data = self._port.read_ready(self.slice)
                if not data:
                    break
                self.feed(data)
                await asyncio.sleep_ms(0)
        except OSError as e:
            self._port.close()
            raise BusError("closed", "the %s line cannot be used: %s" % (self.kind.upper(), e))
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        if self.latest is None:
            self._came.clear()
            try:
                await asyncio.wait_for_ms(self._came.wait(), self.timeout_ms)
            except asyncio.TimeoutError:
                pass
        values, self.latest = self.latest, None
        damaged, self.damaged = self.damaged, 0
        if values is not None:
            return values
        if self._listener is None:
            raise BusError("closed", "the %s line was lost" % self.kind.upper())
        if damaged:
            raise BusError("crc", "%d telegrams were damaged, none was right" % damaged)
        raise BusError("timeout", "no %s telegram came within %d ms" % (self.kind.upper(), self.timeout_ms))

    async def _listen(self):
        try:
            while True:
                self.feed(await self._port.read_some(self.slice))
                if self.latest is not None:
                    self._came.set()
        except OSError:
            self._port.close()
            self._listener = None
            self._came.set()
