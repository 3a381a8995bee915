"""What a board would have wired to it, asked of a field at OSB_PINS=host:port, one text line for each question.

    in NAME            0 or 1            out NAME LEVEL     ok
    count NAME         pulses            mv NAME            mV
    1w reset           0 or 1            i2c write ADDR HEX ok
    1w write HEX       ok                i2c read ADDR N    HEX
    1w read N          HEX               i2c scan           addresses
    1w scan            ROM codes in HEX

`no` instead of an answer: there is no such thing, or nobody answers.
"""

import binascii
import os
import socket

_field = None


def _ask(*words):
    """The field's answer to a question; None for `no`. OSError without a field."""
    global _field
    if _field is None:
        host, _, port = (os.getenv("OSB_PINS") or "").rpartition(":")
        if not host:
            raise OSError("nothing is wired to this machine: OSB_PINS names no field")
        _field = socket.socket()
        _field.connect(socket.getaddrinfo(host, int(port))[0][-1])
    _field.write(" ".join(words).encode() + b"\n")
    answer = _field.readline().decode().strip()
    return None if answer == "no" else answer


def _wired(*words):
    answer = _ask(*words)
    if answer is None:
        raise ValueError("%s is not wired to this board" % words[1])
    return int(answer)


class _Thing:
    def __init__(self, verb, name):
        self._verb = verb
        self._name = name
        _wired(verb, name)

    def value(self):
        return _wired(self._verb, self._name)

    read_mv = value


class _Out:
    _level = None

    def __init__(self, name):
        self._name = name

    def value(self, level=None):
        if level is None:
            return self._level
        self._level = level
        if _ask("out", self._name, str(level)) is None:
            raise ValueError("%s is not wired to this board" % self._name)


class _OneWire:
    def reset(self):
        return _ask("1w", "reset") == "1"

    def write(self, data):
        _ask("1w", "write", binascii.hexlify(data).decode())

    def read(self, count):
        return binascii.unhexlify(_ask("1w", "read", str(count)))

    def scan(self):
        return [binascii.unhexlify(rom) for rom in (_ask("1w", "scan") or "").split()]


class _I2c:
    def writeto(self, address, data):
        if _ask("i2c", "write", str(address), binascii.hexlify(data).decode()) is None:
            raise OSError(5)  # EIO, as on a chip

    def readfrom(self, address, count):
        data = _ask("i2c", "read", str(address), str(count))
        if data is None:
            raise OSError(5)
        return binascii.unhexlify(data)

    def scan(self):
        return [int(address) for address in (_ask("i2c", "scan") or "").split()]


def thing(verb, name):
    """An input, a counter or an analogue input of the field."""
    return _Thing(verb, name)


pin_out = _Out
onewire = _OneWire
i2c = _I2c
