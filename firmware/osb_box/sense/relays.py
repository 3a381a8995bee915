"""Relays on the board's own pins, switched like the coils of a Modbus module."""

from osb_box.bus import BusError


class Relays:
    """`pins` are hal's outputs, the first is coil 0."""

    def __init__(self, pins):
        self._pins = pins

    def bits(self, addr, count):
        """Packed as Modbus packs coils, the first in the lowest bit."""
        self._check(addr + count - 1)
        packed = 0
        for i in range(count):
            if self._pins[addr + i].value():
                packed |= 1 << i
        return packed.to_bytes((count + 7) // 8, "little")

    def switch(self, addr, level):
        self._check(addr)
        self._pins[addr].value(level)

    def _check(self, addr):
        if addr >= len(self._pins):
            raise BusError("exception", "relay %d is not named in the configuration" % (addr + 1))
