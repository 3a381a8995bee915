"""Serial lines of a home: RS-485 with several slaves, and the one-way P1 port.

On a pseudo-terminal, unless they are given another end: that of an emulated UART or of a real adapter. A box opens
`port` like any serial port. A pseudo-terminal has no baud rate: bytes arrive at once.
"""

import asyncio
import contextlib
import os
import time
import tty
from collections import deque
from collections.abc import Callable
from typing import Protocol, cast

from pymodbus.framer import FramerRTU, FramerType
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusSerialServer

from osb_hil.devices.modbus import ModbusDevice, nobody, witness


class Line(Protocol):
    """The field's end of a serial line."""

    port: str  # what the box opens; "" where it is wired to pins

    def write(self, data: bytes) -> None:
        """Send to the box."""

    def close(self) -> None:
        """Take the line down."""


OpenLine = Callable[[Callable[[bytes], None]], Line]  # given what to call with bytes that the box has sent

NOISE = b"\x00\xff\x55"  # what a line with a bad contact adds
_P1_AGAIN_S = 1.0  # as often as a DSMR 5 meter: a box that has just started need not wait for the next step


class PseudoTerminal(asyncio.Transport):
    """The bench's end of a serial line, as an asyncio transport."""

    def __init__(self, received: Callable[[bytes], None] = lambda _: None) -> None:
        super().__init__()
        self._fd, box_end = os.openpty()
        tty.setraw(box_end)
        self.port = os.ttyname(box_end)
        self._box_end = box_end  # held open: else a box that restarts ends the line
        self._received = received
        os.set_blocking(self._fd, False)
        asyncio.get_running_loop().add_reader(self._fd, self._read)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send; what a full line does not take is lost, as on a wire that nobody listens to."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._fd, data)

    def close(self) -> None:
        """Take the line down."""
        if self._fd >= 0:
            asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)
            os.close(self._box_end)
            self._fd = -1

    def _read(self) -> None:
        self._received(os.read(self._fd, 512))


class _Wire(asyncio.Transport):
    """A line as pymodbus wants it."""

    def __init__(self, open_line: OpenLine, received: Callable[[bytes], None]) -> None:
        super().__init__()
        self.line = open_line(received)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.line.write(bytes(data))

    def close(self) -> None:
        self.line.close()


class Rs485Line:
    """A shared RS-485 line with real pymodbus slaves on it, which can fail in several ways and come back one by one.

    `asked` notes each question as it is understood: (`clock()`, unit, function).
    """

    def __init__(
        self,
        devices: list[ModbusDevice],
        open_line: OpenLine | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._devices = {device.unit: device for device in devices}
        self._witness = witness(devices)
        self._wrong: dict[int, Callable[[bytes], bytes]] = {}
        self._clock = clock
        self.asked: deque[tuple[float, int, int]] = deque(maxlen=10_000)
        self._server = ModbusSerialServer(
            [*(device.simulation() for device in devices), nobody()],
            framer=FramerType.RTU,
            ignore_missing_devices=True,
            trace_packet=self._on_wire,
            trace_pdu=self._understood,
        )
        # pymodbus would open a port by its name; the bench's end of a line has none
        handler = cast(asyncio.Protocol, self._server.handle_new_connection())
        self._wire = _Wire(open_line or PseudoTerminal, handler.data_received)
        handler.connection_made(self._wire)
        self.port = self._wire.line.port

    def kill(self, unit: int) -> None:
        """A slave falls silent."""
        self.device(unit).alive = False

    def stutter(self, unit: int) -> None:
        """A slave's answers arrive torn, with noise."""
        self._go_wrong(unit, lambda answer: answer[: len(answer) // 2] + NOISE)

    def garble(self, unit: int) -> None:
        """A slave's answers have a wrong CRC."""
        self._go_wrong(unit, lambda answer: answer[:-1] + bytes([answer[-1] ^ 0x55]))

    def impersonate(self, unit: int, other: int) -> None:
        """A slave answers in the name of another unit, with a right CRC."""

        def renamed(answer: bytes) -> bytes:
            body = bytes([other]) + answer[1:-2]
            return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")

        self._go_wrong(unit, renamed)

    def revive(self, unit: int) -> None:
        """A slave works again."""
        self.device(unit).alive = True
        self._wrong.pop(unit, None)

    def close(self) -> None:
        """Take the line down."""
        self._wire.close()

    def _go_wrong(self, unit: int, how: Callable[[bytes], bytes]) -> None:
        self.device(unit)
        self._wrong[unit] = how

    def _understood(self, sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        if not sending:
            self.asked.append((self._clock(), pdu.dev_id, pdu.function_code))
        return self._witness(sending, pdu)

    def device(self, unit: int) -> ModbusDevice:
        """The slave with that number."""
        if unit not in self._devices:
            raise ValueError(f"no unit {unit} on this line, only {', '.join(map(str, sorted(self._devices)))}")
        return self._devices[unit]

    def _on_wire(self, sending: bool, packet: bytes) -> bytes:
        """What really goes over the line: nothing from who is not there, half of it from who stutters."""
        if not sending:
            return packet
        device = self._devices.get(packet[0])
        if device is None or not device.alive:
            return b""
        wrong = self._wrong.get(packet[0])
        return wrong(packet) if wrong else packet


class P1Line:
    """The P1 port of a smart meter: it only talks, and says the latest again each second of wall time.

    `cut` bytes are all that arrives of a telegram, where it is set.
    """

    def __init__(self) -> None:
        self._terminal = PseudoTerminal()
        self.port = self._terminal.port
        self.silent = False
        self.cut: int | None = None
        self._again: asyncio.TimerHandle | None = None

    def send(self, telegram: bytes) -> None:
        """Write a telegram, unless the cable is out."""
        if self._again:
            self._again.cancel()
        if not self.silent:
            self._terminal.write(telegram[: self.cut])
        self._again = asyncio.get_running_loop().call_later(_P1_AGAIN_S, self.send, telegram)

    def close(self) -> None:
        """Take the line down."""
        if self._again:
            self._again.cancel()
        self._terminal.close()
