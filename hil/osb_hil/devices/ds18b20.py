"""DS18B20: a temperature probe on a 1-Wire line, slot by slot.

Source: Maxim DS18B20 datasheet 19-7487: 64-bit ROM code with family 28h, commands 33h to F0h (table 3), nine bytes of
scratchpad with their CRC (figure 8), 750 ms for a conversion of twelve bits.
"""

from collections.abc import Callable, Generator, Iterator

_SEARCH, _MATCH, _SKIP = 0xF0, 0x55, 0xCC
_CONVERT, _READ, _POWER = 0x44, 0xBE, 0xB4
_CONVERT_S = 0.75

Slots = Generator[int, int, None]  # yields the level it allows, 0 to pull down; is sent what the line was


def crc8(data: bytes) -> int:
    """x8 + x5 + x4 + 1, least significant bit first (datasheet, figure 11)."""
    crc = 0
    for bit in _bits(data):
        crc = crc >> 1 ^ (0x8C if (crc ^ bit) & 1 else 0)
    return crc


class Ds18b20:
    """`celsius` is what the next conversion finds, on the clock `now_s`. Without `wired` it does not answer."""

    def __init__(self, serial: bytes, celsius: float, now_s: Callable[[], float]) -> None:
        code = bytes([0x28]) + serial
        self.rom = code + bytes([crc8(code)])
        self.celsius, self.wired = celsius, True
        self._now_s = now_s
        self._shown = 85.0  # of a probe that has measured nothing yet
        self._ready_s: float | None = None
        self._slots: Slots | None = None
        self._allows = 1

    def reset(self) -> bool:
        """The line was held low for long: begin anew. Does it answer?"""
        self._slots = self._talk() if self.wired else None
        self._allows = next(self._slots) if self._slots else 1
        return self.wired

    @property
    def level(self) -> int:
        """What it does in the next slot: 0 pulls the line down."""
        return self._allows

    def slot(self, line: int) -> None:
        """The slot is over; the line was `line` in the middle of it."""
        if self._slots:
            try:
                self._allows = self._slots.send(line)
            except StopIteration:
                self._slots, self._allows = None, 1

    def write(self, data: bytes) -> None:
        """All the slots of bytes from the master."""
        for bit in _bits(data):
            self.slot(bit)

    def read(self, count: int) -> bytes:
        """All the slots of bytes to the master, on a line of its own."""
        found = bytearray(count)
        for at in range(8 * count):
            found[at // 8] |= self.level << at % 8
            self.slot(self.level)
        return bytes(found)

    def _talk(self) -> Slots:
        asked = yield from _byte()
        if asked == _SEARCH:
            for bit in _bits(self.rom):
                yield bit
                yield 1 - bit
                if (yield 1) != bit:
                    return
        elif asked == _MATCH:
            for bit in _bits(self.rom):
                if (yield 1) != bit:
                    return
        elif asked != _SKIP:
            return
        asked = yield from _byte()
        if asked == _CONVERT:
            self._ready_s = self._now_s() + _CONVERT_S
            while True:
                yield 0 if self._now_s() < self._ready_s else 1
        elif asked == _POWER:
            yield 1  # it has a supply of its own
        elif asked == _READ:
            for bit in _bits(self._scratchpad()):
                yield bit

    def _scratchpad(self) -> bytes:
        if self._ready_s is not None and self._now_s() >= self._ready_s:
            self._shown, self._ready_s = self.celsius, None
        sixteenths = round(self._shown * 16) & 0xFFFF
        shown = sixteenths.to_bytes(2, "little") + bytes([0x4B, 0x46, 0x7F, 0xFF, 0x0C, 0x10])
        return shown + bytes([crc8(shown)])


def _bits(data: bytes) -> Iterator[int]:
    return (byte >> i & 1 for byte in data for i in range(8))


def _byte() -> Generator[int, int, int]:
    value = 0
    for i in range(8):
        value |= (yield 1) << i
    return value
