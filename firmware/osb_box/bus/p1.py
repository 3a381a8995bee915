"""Smart-meter P1 port: DSMR 5.0.2 and Belgian e-MUCS 1.7.1 telegrams, read as they stream by, in constant memory."""

import asyncio

from micropython import const

from osb_box.bus import BusError, crc16

_LINE = const(64)  # the longest line with a value has 37 bytes; the rest of a longer one is summed and dropped
_NEWLINE = const(0x0A)
_BANG = const(0x21)
_SLASH = const(0x2F)


def milli(text):
    """Decimal text to thousandths, digit by digit: "123456.789" is 123456789. None if it is no number."""
    whole, _, fraction = text.partition(".")
    return int(whole + (fraction + "000")[:3]) if whole and (whole + fraction).isdigit() else None


class Telegrams:
    """Feed it bytes as they come; `latest` is {code: value} of the last telegram whose CRC was right.

    `codes` are the OBIS codes to read; whoever takes `latest` or `damaged` may set it back. Values: W, Wh, mV, mA.
    """

    latest = None
    damaged = 0
    _line = b""
    _crc = 0
    _values = None  # of this telegram; None outside of one

    def __init__(self, codes=()):
        self.codes = codes

    def feed(self, data):
        while data:
            part = data[: data.find(b"\n") + 1 or len(data)]
            data = data[len(part) :]
            if not self._line and part[0] == _SLASH:  # a telegram begins, even where the end of the last one was lost
                self._crc = 0
                self._values = {}
            line = self._line = (self._line + part)[:_LINE]
            if line[0] != _BANG:
                self._crc = crc16(part, self._crc)
            if part[-1] == _NEWLINE:
                self._line = b""
                if self._values is not None:
                    self._take(line)

    def _take(self, line):
        """A line of a telegram, without what is beyond 64 bytes."""
        try:
            if line[0] == _BANG:
                values, self._values = self._values, None
                if int(line[1:5], 16) == crc16(line[:1], self._crc):
                    self.latest = values
                else:
                    self.damaged += 1
                return
            code, _, rest = line.decode().partition("(")
        except ValueError:  # no CRC, or no text
            self.damaged += line[0] == _BANG
            return
        if code in self.codes:
            number, _, unit = rest.split("(")[-1].partition("*")  # the last group: 1.6.0 has its time before it
            value = milli(number)
            if value is not None:
                self._values[code] = value // 1000 if unit[:1] == "W" else value


class P1Bus(Telegrams):
    """`port` is an open serial line. Listens all the time, so that no telegram is cut by a full buffer."""

    _listener = None

    def __init__(self, port, timeout_ms=None):
        super().__init__()
        self.timeout_ms = timeout_ms or 2500  # a DSMR 5 meter sends every second, a DSMR 4 meter every ten
        self._port = port
        self._came = asyncio.Event()

    async def read(self, unit, fc, addr, count):
        """{code: value} of the newest telegram not returned before, as soon as there is one; else BusError."""
        try:
            for _ in range(64):
                data = self._port.read_ready()
                if not data:
                    break
                self.feed(data)
        except OSError as e:
            self._port.close()
            raise BusError("closed", "the P1 line cannot be used: %s" % e)
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
            raise BusError("closed", "the P1 line was lost")
        if damaged:
            raise BusError("crc", "%d telegrams were damaged, none was right" % damaged)
        raise BusError("timeout", "no P1 telegram came within %d ms" % self.timeout_ms)

    async def _listen(self):
        try:
            while True:
                self.feed(await self._port.read_some())
                if self.latest is not None:
                    self._came.set()
        except OSError:
            self._port.close()
            self._listener = None
            self._came.set()
