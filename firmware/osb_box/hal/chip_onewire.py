"""A 1-Wire line on a chip, with the port's own timing."""

import machine
import onewire


class OneWire:
    """`pin` is its number. A reset holds the loop for 1 ms, a byte for 0.6 ms."""

    def __init__(self, pin):
        self._wire = onewire.OneWire(machine.Pin(pin))

    def reset(self):
        """Is anybody there?"""
        return bool(self._wire.reset())

    def write(self, data):
        """Send bytes."""
        self._wire.write(data)

    def read(self, count):
        """Bytes that somebody answers; 0xFF where nobody does."""
        data = bytearray(count)
        self._wire.readinto(data)
        return bytes(data)

    def scan(self):
        """ROM codes of all that are there."""
        return [bytes(rom) for rom in self._wire.scan()]
