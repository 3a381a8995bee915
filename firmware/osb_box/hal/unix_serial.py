"""A serial line on the unix port: a tty or a pseudo-terminal in raw mode, polled by asyncio."""

import asyncio
import gc
import termios

from micropython import const

# <asm-generic/termbits.h>: termios of Linux
_SPEED_BITS = const(0x100F)  # CBAUD
_CS8_CREAD_CLOCAL = const(0x8B0)
_PARENB = const(0x100)
_PARODD = const(0x200)
_VTIME = const(5)
_VMIN = const(6)
_CHUNK = const(256)


class Serial:
    """Opens at the first use, and again after `close()`, so that an adapter may be plugged in later. Raises OSError."""

    _stream = None

    def __init__(self, port, baud, parity="N"):
        speeds = {1200: 9, 2400: 11, 4800: 12, 9600: 13, 19200: 14, 38400: 15, 57600: 0x1001, 115200: 0x1002}
        if baud not in speeds:
            raise ValueError("baud must be one of %s, not %d" % (sorted(speeds), baud))
        self._path = port
        self._flags = _CS8_CREAD_CLOCAL | speeds[baud]
        if parity != "N":
            self._flags |= _PARENB if parity == "E" else _PARENB | _PARODD

    def _open(self):
        """The open line, as a stream."""
        if self._stream is None:
            gc.collect()  # what stays shall not lie above garbage
            line = open(self._path, "r+b")
            speed = self._flags & _SPEED_BITS
            settings = termios.tcgetattr(line.fileno())
            settings[:6] = [0, 0, self._flags, 0, speed, speed]  # raw; setraw() drops input
            settings[6][_VMIN] = settings[6][_VTIME] = 0  # a read returns what is there, even if that is nothing
            termios.tcsetattr(line.fileno(), termios.TCSANOW, settings)
            self._stream = asyncio.StreamReader(line)
        return self._stream

    def read_ready(self, most=_CHUNK):
        """What has arrived, b"" if nothing; never waits."""
        return self._open().s.read(most)

    async def read_some(self, most=_CHUNK):
        """Wait for data and return at least one byte of it."""
        data = b""
        while not data:
            data = await self._open().read(most)
        return data

    def write(self, data):
        """Send all of `data`."""
        self._open().s.write(data)

    async def pass_by(self, characters):
        """A line may be an emulated one, on which characters take no time."""

    def close(self):
        """Give the line back; the next use opens it again."""
        if self._stream is not None:
            self._stream.s.close()
            self._stream = None
