"""A serial line on the unix port: a tty or a pseudo-terminal in raw mode, polled by asyncio."""

import asyncio
import termios

# <asm-generic/termbits.h>: termios of Linux
_ISPEED, _OSPEED, _CC = 4, 5, 6
_VTIME, _VMIN = 5, 6
_CS8_CREAD_CLOCAL = 0x8B0
_SPEEDS = {1200: 9, 2400: 11, 4800: 12, 9600: 13, 19200: 14, 38400: 15, 57600: 0x1001, 115200: 0x1002}
_PARITY = {"N": 0, "E": 0x100, "O": 0x300}  # PARENB, PARENB | PARODD
_CHUNK = 256


class Serial:
    """Opens at the first use, and again after `close()`, so that an adapter may be plugged in later. Raises OSError."""

    def __init__(self, port, baud, parity="N"):
        if baud not in _SPEEDS:
            raise ValueError("baud must be one of %s, not %s" % (", ".join(str(b) for b in sorted(_SPEEDS)), baud))
        if parity not in _PARITY:
            raise ValueError("parity must be N, E or O, not %s" % parity)
        self._port = port
        self._baud = baud
        self._parity = parity
        self._file = None
        self._stream = None

    def _open(self):
        if self._file is None:
            line = open(self._port, "r+b")
            settings = termios.tcgetattr(line.fileno())
            speed = _SPEEDS[self._baud]
            settings[:4] = [0, 0, _CS8_CREAD_CLOCAL | _PARITY[self._parity] | speed, 0]  # raw; setraw() drops input
            settings[_ISPEED] = settings[_OSPEED] = speed
            settings[_CC][_VMIN] = settings[_CC][_VTIME] = 0  # a read returns what is there, even if that is nothing
            termios.tcsetattr(line.fileno(), termios.TCSANOW, settings)
            self._file = line
            self._stream = asyncio.StreamReader(line)
        return self._file

    def read_ready(self):
        """What has arrived, b"" if nothing; never waits."""
        return self._open().read(_CHUNK)

    async def read_some(self):
        """Wait for data and return at least one byte of it."""
        self._open()
        data = b""
        while not data:
            data = await self._stream.read(_CHUNK)
        return data

    def write(self, data):
        """Send all of `data`."""
        self._open().write(data)

    async def drain(self):
        """Return when the bytes have left: the kernel sends them, the caller's time-out starts now."""
        await asyncio.sleep_ms(0)

    def discard_input(self):
        """Forget what has arrived and was not read."""
        for _ in range(64):  # a line that never falls silent must not hold the box
            if not self.read_ready():
                return

    def close(self):
        """Give the line back; the next use opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = self._stream = None
