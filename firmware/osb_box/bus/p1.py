"""Smart-meter P1 port: DSMR 5.0.2 and Belgian e-MUCS 1.7.1 telegrams, read as they stream by, in constant memory."""

import asyncio

from osb_box.bus.crc import crc16
from osb_box.bus.pdu import BusError

# read from a telegram; the value is in W, Wh, mV or mA, of 0-0:1.0.0 (when the meter sent it) in Unix seconds
CODES = (
    b" 0-0:1.0.0 1-0:1.8.0 1-0:1.8.1 1-0:1.8.2 1-0:2.8.0 1-0:2.8.1 1-0:2.8.2 "  # imported, exported: all, tariff 1, 2
    b"1-0:1.7.0 1-0:2.7.0 1-0:1.4.0 1-0:1.6.0 "  # power taken, returned; Belgium: this quarter-hour, the month's peak
    b"1-0:21.7.0 1-0:41.7.0 1-0:61.7.0 1-0:22.7.0 1-0:42.7.0 1-0:62.7.0 "  # L1, L2, L3: power taken, returned
    b"1-0:32.7.0 1-0:52.7.0 1-0:72.7.0 1-0:31.7.0 1-0:51.7.0 1-0:71.7.0 "  # voltage, current
)
_LINE = 64  # the longest wanted line has 37 bytes; the rest of a longer one is summed and dropped
_OUTSIDE, _INSIDE, _CRC = 0, 1, 2
_SLASH, _BANG, _NEWLINE = 0x2F, 0x21, 0x0A


def wanted(code):
    """Whether this OBIS code is read."""
    return b" " + code + b" " in CODES


def milli(text):
    """Decimal text to thousandths, digit by digit: b"123456.789" is 123456789. None if it is no number."""
    whole, _, fraction = text.partition(b".")
    digits = whole + (fraction + b"000")[:3]
    return int(digits) if whole.isdigit() and (fraction + b"0").isdigit() else None


def timestamp(text):
    """b"101209113020W" (YYMMDDhhmmss, W winter, S summer, always Central European) to Unix seconds; None if unset."""
    if len(text) != 13 or not text[:12].isdigit() or text[12] not in b"SW":
        return None
    year, month, day, hour, minute, second = [int(text[i : i + 2]) for i in range(0, 12, 2)]
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    year, month = (year + 1999, month + 9) if month < 3 else (year + 2000, month - 3)
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 1 - 719468
    return days * 86400 + hour * 3600 + minute * 60 + second - (7200 if text[12] == 0x53 else 3600)


def reading(line):
    """A telegram line of wanted code to (code, value); value None if the meter sent nothing usable."""
    code, _, rest = line.partition(b"(")
    value = rest[rest.rfind(b"(") + 1 : rest.rfind(b")")]  # the last group: 1.6.0 has its time before it
    if code == b"0-0:1.0.0":
        return code, timestamp(value)
    number, _, unit = value.partition(b"*")
    if unit in (b"kWh", b"kW", b"V", b"A"):
        return code, milli(number)
    if unit in (b"Wh", b"W"):
        return code, int(number) if number.isdigit() else None
    return code, None


class Telegrams:
    """Feed it bytes as they come; `latest` is the values of the last telegram whose CRC was right, {code: value}."""

    def __init__(self):
        self.latest = None
        self.count = 0
        self.damaged = 0
        self._state = _OUTSIDE
        self._line = bytearray(_LINE)
        self._n = 0
        self._crc = 0
        self._values = {}

    def feed(self, data):
        at = 0
        end = len(data)
        while at < end:
            if self._state == _OUTSIDE:
                at = data.find(b"/", at)
                if at < 0:
                    return
                self._begin()
                at += 1
            elif self._state == _INSIDE:
                at = self._inside(data, at, end)
            else:
                at = self._closing(data, at, end)

    def _begin(self):
        self._state = _INSIDE
        self._line[0] = _SLASH
        self._n = 1
        self._crc = crc16(b"/", 0, 1, 0)
        self._values = {}

    def _inside(self, data, at, end):
        """Take bytes up to the end of this line, of the telegram, or of the data; returns where it stopped."""
        start = at
        while at < end:
            byte = data[at]
            if self._n == 0 and byte == _SLASH:  # the end of the last one was lost
                self._state = _OUTSIDE
                return at
            at += 1
            if self._n == 0 and byte == _BANG:
                self._state = _CRC
                break
            if byte == _NEWLINE:
                self._take()
                break
            if self._n < _LINE:
                self._line[self._n] = byte
                self._n += 1
        self._crc = crc16(data, start, at, self._crc)
        return at

    def _take(self):
        line = bytes(memoryview(self._line)[: self._n])
        self._n = 0
        if wanted(line[: line.find(b"(")]):
            code, value = reading(line)
            if value is not None:
                self._values[code] = value

    def _closing(self, data, at, end):
        while at < end and self._n < 4:
            self._line[self._n] = data[at]
            self._n += 1
            at += 1
        if self._n == 4:
            self._state = _OUTSIDE
            try:
                right = int(bytes(memoryview(self._line)[:4]), 16) == self._crc
            except ValueError:
                right = False
            if right:
                self.latest = self._values
                self.count += 1
            else:
                self.damaged += 1
        return at


class P1Bus:
    """`port` is an open serial line. Listens all the time, so that no telegram is cut by a full buffer."""

    def __init__(self, port, timeout_ms=2500):
        self.timeout_ms = timeout_ms  # a DSMR 5 meter sends every second, a DSMR 4 meter every ten
        self._port = port
        self._telegrams = Telegrams()
        self._taken = 0
        self._damaged = 0
        self._came = asyncio.Event()
        self._listener = None

    async def telegram(self, timeout_ms=None):
        """{code: value} of the newest telegram not returned before, as soon as there is one; else BusError."""
        timeout_ms = timeout_ms or self.timeout_ms
        try:
            for _ in range(64):
                data = self._port.read_ready()
                if not data:
                    break
                self._telegrams.feed(data)
        except OSError as e:
            self._port.close()
            raise BusError("closed", "the P1 line cannot be used: %s" % e)
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        self._came.clear()
        if self._telegrams.count == self._taken:
            try:
                await asyncio.wait_for_ms(self._came.wait(), timeout_ms)
            except asyncio.TimeoutError:
                damaged = self._telegrams.damaged - self._damaged
                self._damaged = self._telegrams.damaged
                if damaged:
                    raise BusError("crc", "%d telegrams were damaged, none was right" % damaged)
                raise BusError("timeout", "no P1 telegram came within %d ms" % timeout_ms)
        if self._telegrams.count == self._taken:
            raise BusError("closed", "the P1 line was lost")
        self._taken = self._telegrams.count
        self._damaged = self._telegrams.damaged
        return self._telegrams.latest

    async def _listen(self):
        try:
            while True:
                self._telegrams.feed(await self._port.read_some())
                if self._telegrams.count != self._taken:
                    self._came.set()
        except OSError:
            self._port.close()
            self._listener = None
            self._came.set()
