"""German meters that send SML through an optical head (BSI TR-03109-1, part IV b; FNN Lastenheft EDL 1.0).

Elements are taken one by one as the bytes come: whatever the length of a telegram, a handful of bytes is kept. The
transport's checksum (CRC-16/X-25 from the first escape to the last byte) decides whether what was read counts.
"""

from micropython import const

from osb_box.bus.push import PushBus
from osb_box.devices.registers import divide

_NIBBLES = (  # of the reflected polynomial 0x8408, as in bus/__init__.py
    0x0000, 0x1081, 0x2102, 0x3183, 0x4204, 0x5285, 0x6306, 0x7387,
    0x8408, 0x9489, 0xA50A, 0xB58B, 0xC60C, 0xD68D, 0xE70E, 0xF78F,
)  # fmt: skip
_STARTED = const(0x91DC)  # the register after 1B1B1B1B 01010101
_WHOLE = const(0xF0B8)  # and after a checksum that is right
_ESCAPE = const(0x1B)
_MOST = const(8)  # bytes of a number; longer elements are stepped over
_LIST = const(7)
_OUTSIDE = const(-1)
# places in the list of seven that is one value: OBIS code, status, time, unit, scaler, value, signature
_CODE = const(0)
_STATUS = const(1)
_TIME = const(2)
_UNIT = const(3)
_SCALER = const(4)
_VALUE = const(5)
_RATIOS = {27: 1, 30: 1, 33: 1000, 35: 1000}  # W, Wh, A, V (DLMS unit codes) in what is reported
_GIVES = const(0x20)  # in the status of FNN's EDL meters: energy flows out of the home


class SmlBus(PushBus):
    """Codes are OBIS codes as of P1. 1-0:16.7.0 is made of size (15.7.0) and direction, too."""

    kind = "sml"
    timeout_ms = 5000
    slice = 64
    _values = None  # of this telegram; None outside of one
    _crc = 0
    _escapes = 0  # 1B seen in a row; from four on, bytes of an escape
    _escape = 0  # those bytes
    _tl = 0  # bytes of an unfinished type-length field
    _length = 0  # that it says so far
    _type = 0
    _size = 0  # of this element, if somebody needs it
    _to_come = 0  # bytes of this element
    _place = _OUTSIDE
    _nested = 0  # elements to come of lists within a value
    _code = None
    _gives = False
    _unit = _scaler = None

    def __init__(self, port, timeout_ms=None):
        super().__init__(port, timeout_ms)
        self._part = bytearray(_MOST)

    def feed(self, data):
        crc, escapes = self._crc, self._escapes
        for byte in data:
            crc ^= byte
            crc = crc >> 4 ^ _NIBBLES[crc & 15]
            crc = crc >> 4 ^ _NIBBLES[crc & 15]
            if escapes >= 4:
                if self._values is None and escapes == 4 and byte == _ESCAPE:
                    continue  # noise before the first escape
                self._escape = self._escape << 8 & 0xFFFFFF00 | byte
                escapes += 1
                if escapes == 8:
                    escapes = 0
                    crc = self._escaped(crc)
            elif byte == _ESCAPE:
                escapes += 1
                if escapes == 4:
                    self._escape = 0
            elif self._values is None:
                escapes = 0
            else:
                while escapes:
                    self._byte(_ESCAPE)
                    escapes -= 1
                if self._to_come > 1 and not self._size:
                    self._to_come -= 1  # nobody needs it
                else:
                    self._byte(byte)
        self._crc, self._escapes = crc, escapes

    def _escaped(self, crc):
        """Four 1B and `_escape` after them have come; returns the checksum's register."""
        escape = self._escape
        if escape == 0x01010101:  # a telegram begins, even where the end of the last one was lost
            self._values = {}
            self._gives = False
            self._end_of_message()
            return _STARTED
        if self._values is None:
            return crc
        if escape == 0x1B1B1B1B:
            for _ in range(4):
                self._byte(_ESCAPE)
            return crc
        values, self._values = self._values, None
        if escape >> 24 == 0x1A and crc == _WHOLE:
            self.latest = values
        else:
            self.damaged += 1
        return crc

    def _end_of_message(self):
        self._tl = self._to_come = self._nested = 0
        self._place = _OUTSIDE

    def _byte(self, byte):
        """A byte of the messages: of a type-length field, or of what it announced."""
        if self._to_come:
            if self._size:
                self._part[self._size - self._to_come] = byte
            self._to_come -= 1
            if not self._to_come:
                self._element()
            return
        if not self._tl:
            if not byte:  # the end of a message, or filling after the last
                self._end_of_message()
                return
            self._type = byte >> 4 & 7
            self._length = 0
        self._tl += 1
        self._length = self._length << 4 | byte & 15
        if byte & 0x80:
            if self._tl == 4:  # no telegram is that long
                self._end_of_message()
            return
        if self._type == _LIST:
            self._tl = 0
            self._list(self._length)
            return
        self._to_come = max(0, self._length - self._tl)
        self._tl = 0
        self._size = self._to_come if self._to_come <= _MOST and self._place != _OUTSIDE and not self._nested else 0
        if not self._to_come:
            self._element()

    def _list(self, size):
        if self._nested:
            self._nested += size
            self._after()
        elif self._place == _TIME:
            self._nested = size
        else:
            self._place = _CODE if size == 7 else _OUTSIDE

    def _after(self):
        """An element within a list within a value has ended."""
        self._nested -= 1
        if not self._nested:
            self._place += 1

    def _element(self):
        """A simple element is complete; nobody needs it, or its `_size` bytes are in `_part`."""
        if self._nested:
            self._after()
            return
        place = self._place
        if place == _OUTSIDE:
            return
        part = bytes(self._part[: self._size])
        if place == _CODE:
            self._unit = self._scaler = None
            if len(part) != 6 or part[5] != 255:  # 1.8.0*96 and others are of past days
                self._place = _OUTSIDE
                return
            self._code = "%d-%d:%d.%d.%d" % tuple(part[:5])
        elif place == _STATUS:
            if part and self._code in ("1-0:1.8.0", "1-0:2.8.0"):
                self._gives = part[-1] & _GIVES
        elif place == _UNIT:
            self._unit = _RATIOS.get(_number(part, 6))
        elif place == _SCALER:
            self._scaler = _number(part, 5)
        elif place == _VALUE:
            self._value(part)
        self._place = _OUTSIDE if place == _VALUE else place + 1

    def _value(self, part):
        code, scaler = self._code, self._scaler
        if not part or self._unit is None or scaler is None or not -9 <= scaler <= 9 or not 5 <= self._type <= 6:
            return
        value = _number(part, self._type) * self._unit
        value = value * 10**scaler if scaler >= 0 else divide(value, 10**-scaler)
        if code == "1-0:15.7.0" and "1-0:16.7.0" not in self._values:
            code = "1-0:16.7.0"
            value = -value if self._gives else value
        if code in self.codes:
            self._values[code] = value


def _number(part, kind):
    """An element of up to eight bytes as an integer; None without bytes. Kind 5 has a sign, kind 6 has none."""
    value = int.from_bytes(part, "big")
    bits = 8 * len(part)
    if not bits:
        return None
    return value - (value >> bits - 1 << bits) if kind == 5 else value
