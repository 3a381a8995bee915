"""UART of the emulated chip with a line behind it: bytes take their time in both directions, and a full FIFO loses.

Source: RP2040 datasheet, 4.2 (ARM PL011): FIFOs of 32 in this chip, BUSY while a character is on the line, the receive
time-out of 32 bit times, trigger levels in UARTIFLS. rp2040py sends in no time and has neither.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from rp2040py.peripherals.uart import RPUART, IUARTDMAChannels

FIFO = 32
DR, RSR, FR, IFLS, RIS, MIS, ICR, IMSC = 0x00, 0x04, 0x18, 0x34, 0x3C, 0x40, 0x44, 0x38
BUSY, RXFE, TXFF, RXFF, TXFE = 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7
RX_FULL, TX_LOW, RX_LATE, OVERRUN = 1 << 4, 1 << 5, 1 << 6, 1 << 10
_LEVELS = (4, 8, 16, 24, 28)  # of 32: 1/8, 1/4, 1/2, 3/4, 7/8
_LATE_BITS = 32


class TimedUart(RPUART):
    """`sent(byte)` is called when the last bit of a character has left; `receive(data)` puts characters on the line."""

    def __init__(self, rp2040: Any, name: str, irq: int, dreq: IUARTDMAChannels) -> None:
        super().__init__(rp2040, name, irq, dreq)
        clock = rp2040.clock
        self.sent: Callable[[int], None] = lambda byte: None
        self.hears: Callable[[], bool] = lambda: True  # whether a transceiver passes on what comes
        self.lost = 0  # characters that found the FIFO full
        self.deaf = 0  # characters that came while nobody listened
        self.arrived = 0  # characters that came
        self.last_us = 0  # when the last one was complete
        self._out: deque[int] = deque()
        self._in: deque[int] = deque()  # still on the line
        self._held: deque[int] = deque()  # in the receive FIFO
        self._shifting: int | None = None
        self._raw = 0
        self._levels = (16, 16)  # transmit, receive
        self._shift = clock.create_alarm(self._shifted)
        self._arrive = clock.create_alarm(self._arrived)
        self._late = clock.create_alarm(self._timed_out)

    @property
    def bit_ns(self) -> float:
        """Time of one bit at the divisor in force."""
        return float(1e9 * 16 * self.baud_divider / self.rp2040.clk_peri)

    @property
    def character_ns(self) -> float:
        """Start, data, parity if any, stop."""
        parity, two_stops = bool(self._line_ctrl_register & 0x02), bool(self._line_ctrl_register & 0x08)
        return float((2 + self.word_length + parity + two_stops) * self.bit_ns)

    def receive(self, data: bytes) -> None:
        """Characters one after the other, the first complete after its own time."""
        idle = not self._in
        self._in.extend(data)
        if idle and self._in:
            self._arrive.schedule(self.character_ns)

    def reset(self) -> None:
        """The registers; the line itself stays, and what is on it goes on."""
        super().reset()
        self._out.clear()
        self._held.clear()
        self._shifting, self._raw, self._levels = None, 0, (16, 16)
        self._shift.cancel()
        self._late.cancel()

    def read_uint32(self, offset: int) -> int:
        if offset == DR:
            byte: int = self._held.popleft() if self._held else 0
            if len(self._held) < self._levels[1]:
                self._raw &= ~RX_FULL
            if not self._held:
                self._raw &= ~RX_LATE
                self._late.cancel()
            self._tell()
            return byte
        if offset == FR:
            return (
                (BUSY if self._shifting is not None else 0)
                | (RXFE if not self._held else 0)
                | (RXFF if len(self._held) >= FIFO else 0)
                | (TXFF if len(self._out) >= self._depth else 0)
                | (TXFE if not self._out else 0)
            )
        if offset == RSR:
            return 0
        if offset == IFLS:
            tx, rx = (_LEVELS.index(level) for level in self._levels)
            return rx << 3 | tx
        if offset == RIS:
            return int(self._raw)
        if offset == MIS:
            return int(self._raw & self._interrupt_mask)
        return int(super().read_uint32(offset))

    def write_uint32(self, offset: int, value: int) -> None:
        if offset == DR:
            if len(self._out) < self._depth:
                self._out.append(value & 0xFF)
            self._raw &= ~TX_LOW if len(self._out) > self._levels[0] else ~0
            self._next()
            self._tell()
        elif offset == IFLS:
            self._levels = _LEVELS[min(value & 7, 4)], _LEVELS[min(value >> 3 & 7, 4)]
        elif offset == ICR:
            self._raw &= ~self.raw_write_value
            self._tell()
        elif offset == RSR:
            pass
        else:
            super().write_uint32(offset, value)

    def check_interrupts(self) -> None:
        """The mask has changed."""
        self._tell()

    @property
    def _depth(self) -> int:
        return FIFO if self.fifos_enabled else 1

    def _tell(self) -> None:
        self.rp2040.set_interrupt(self.irq, bool(self._raw & self._interrupt_mask))

    def _next(self) -> None:
        if self._shifting is None and self._out:
            self._shifting = self._out.popleft()
            if len(self._out) <= self._levels[0]:
                self._raw |= TX_LOW
            self._shift.schedule(self.character_ns)

    def _shifted(self) -> None:
        byte, self._shifting = self._shifting, None
        self._next()
        self._tell()
        if byte is not None:
            self.sent(byte)

    def _arrived(self) -> None:
        byte = self._in.popleft()
        self.arrived += 1
        self.last_us = int(self.rp2040.clock.nanos // 1000)
        if self._in:
            self._arrive.schedule(self.character_ns)
        if not (self.enabled and self.rx_enabled and self.hears()):
            self.deaf += 1
            return
        if len(self._held) >= self._depth:
            self.lost += 1
            self._raw |= OVERRUN
        else:
            self._held.append(byte)
        if len(self._held) >= min(self._levels[1], self._depth):
            self._raw |= RX_FULL
        self._late.schedule(_LATE_BITS * self.bit_ns)
        self._tell()

    def _timed_out(self) -> None:
        if self._held:
            self._raw |= RX_LATE
            self._tell()
