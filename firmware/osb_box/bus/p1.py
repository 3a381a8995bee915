"""Smart meters that send lines of text: DSMR 4 and 5, e-MUCS P1, Smarty (decrypted), the Swedish H1 port.

Read as they stream by, in constant memory, whatever the length of a telegram or a line.
"""

from micropython import const

from osb_box.bus import crc16
from osb_box.bus.push import PushBus

_LINE = const(64)  # of an unfinished line: its code and one group in parentheses
_NEWLINE = const(0x0A)
_BANG = const(0x21)
_SLASH = const(0x2F)
_PEAK = "1-0:1.6.0"  # Belgium: the month's highest quarter of an hour so far, and when it ended
_MEDIA = {3: "gas", 7: "water"}  # M-Bus device types
_OLD_DAYS = const(4)  # a month counts as 31 days
_REST = b"?"  # of a line that nobody needs
_UNITS = {"kWh": 1, "kW": 1, "V": 1, "A": 1, "m3": 1, "Wh": 1000, "W": 1000}  # thousandths in what is reported


def milli(text):
    """Decimal text to thousandths, digit by digit: "123456.789" is 123456789. None if it is no number."""
    whole, _, fraction = text.partition(".")
    return int(whole + (fraction + "000")[:3]) if whole and (whole + fraction).isdigit() else None


def _day(stamp):
    """A number that grows by one a day, and by a few more where a month ends; None if it is no date."""
    if len(stamp) < 12 or not stamp[:12].isdigit() or not 0 < int(stamp[2:4]) <= 12:
        return None
    return int(stamp[:2]) * 372 + int(stamp[2:4]) * 31 + int(stamp[4:6])


class P1Bus(PushBus):
    """Codes are OBIS codes, and `gas` and `water`, whatever their channel."""

    kind = "p1"
    _line = b""
    _crc = 0
    _values = None  # of this telegram; None outside of one
    _media = None  # M-Bus channel -> medium
    told = None  # called with the time of a whole telegram; false once nobody needs to know
    _stamp = ""
    _today = None

    def feed(self, data):
        at, end = 0, len(data)
        while at < end:
            stop = data.find(b"\n", at) + 1 or end
            part = data[at:stop]
            at = stop
            line = self._line + part
            if line[0] == _SLASH and not self._line:  # a telegram begins, even where the end of the last one was lost
                self._crc = 0
                self._values = {}
                self._media = {}
                self._today = None
                self._stamp = ""
            done = part[-1] == _NEWLINE
            self._line = b""
            if self._values is None:
                if not done:
                    self._line = _REST
                continue
            if line[0] != _BANG:
                self._crc = crc16(part, self._crc)
            if done:
                self._take(line)
            else:
                self._line = line if len(line) <= _LINE else self._shorter(line)

    def _shorter(self, line):
        """What must be kept of a long line that has not ended: its groups are taken as they come."""
        start = line.find(b"(")
        if not 0 < start < _LINE:
            return _REST
        end = line.rfind(b")") + 1
        if end:
            if not self._groups(line[:end]):
                return _REST
            line = line[:start] + line[end:]
        return line if len(line) <= _LINE else line[:start] + b"(?"  # longer than any value: none will be read from it

    def _take(self, line):
        """The end of a line of a telegram."""
        if line[0] != _BANG:
            self._groups(line)
            return
        values, self._values = self._values, None
        try:
            if len(line.rstrip()) == 5 and int(line[1:5], 16) == crc16(b"!", self._crc):
                self.latest = values
                if self.told and not self.told(self._stamp):
                    self.told = None
                return
        except ValueError:
            pass
        self.damaged += 1

    def _groups(self, line):
        """Take `code(text)(text)...`; True if the code is to be read. The value stands in the last group."""
        start = line.find(b"(")
        try:
            code = line[:start].decode()
            text = line[start + 1 :].decode().rstrip() if code in self.codes or code[:2] == "0-" else ""
            if code[:2] == "0-":
                code = self._own(code, text)
        except ValueError:  # no text, or no number
            return False
        if code not in self.codes:
            return False
        values = self._values
        values.pop(code, None)
        value = stamp = None
        for group in text.split("("):
            number, _, unit = group.partition("*")
            value = milli(number) if unit[-1:] == ")" and unit[:-1] in _UNITS else None
            if value is None:
                stamp = number
            else:
                value //= _UNITS[unit[:-1]]
        if value is not None and (code != _PEAK or self._this_month(stamp)):
            values[code] = value
        return True

    def _this_month(self, stamp):
        """Whether a peak is of the meter's present month: some tell the last one's until there is a new one."""
        day = stamp and self._today and _day(stamp)
        midnight = day and stamp[4:10] == "010000"  # of a first: a quarter of an hour of the month before ended
        return day and (day - 1 - midnight) // 31 == (self._today - 1) // 31

    def _own(self, code, text):
        """The code under which a line of the meter itself or of another meter behind it is known; None if nowhere."""
        of = code[3:]
        if of == ":1.0.0":
            self._today = _day(text)
            self._stamp = text
        elif of == ":24.1.0":
            self._media[code[2]] = _MEDIA.get(int(text[:-1]))
        elif of in (":24.2.1", ":24.2.3"):
            day = _day(text)
            if self._today and day and 0 <= self._today - day <= _OLD_DAYS:  # else it has not been heard for long
                return self._media.get(code[2])
        else:
            return code
