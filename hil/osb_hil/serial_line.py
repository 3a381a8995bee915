"""Serial lines of a home on pseudo-terminals: RS-485 with several slaves, and the one-way P1 port.

A box opens `port` like any serial port. A pseudo-terminal has no baud rate: bytes arrive at once.
"""

import asyncio
import contextlib
import os
import tty
from collections.abc import Callable
from typing import cast

from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer

from osb_hil.devices.modbus import ModbusDevice, nobody, witness

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


class Rs485Line:
    """A shared RS-485 line with real pymodbus slaves on it, which can die, stutter and come back one by one."""

    def __init__(self, devices: list[ModbusDevice]) -> None:
        self._devices = {device.unit: device for device in devices}
        self._stuttering: set[int] = set()
        self._server = ModbusSerialServer(
            [*(device.simulation() for device in devices), nobody()],
            framer=FramerType.RTU,
            ignore_missing_devices=True,
            trace_packet=self._on_wire,
            trace_pdu=witness(devices),
        )
        # pymodbus would open a port by its name; the bench's end of a pseudo-terminal has none
        handler = cast(asyncio.Protocol, self._server.handle_new_connection())
        self._terminal = PseudoTerminal(handler.data_received)
        handler.connection_made(self._terminal)
        self.port = self._terminal.port

    def kill(self, unit: int) -> None:
        """A slave falls silent."""
        self._device(unit).alive = False

    def stutter(self, unit: int) -> None:
        """A slave's answers arrive torn, with noise."""
        self._device(unit)
        self._stuttering.add(unit)

    def revive(self, unit: int) -> None:
        """A slave works again."""
        self._device(unit).alive = True
        self._stuttering.discard(unit)

    def close(self) -> None:
        """Take the line down."""
        self._terminal.close()

    def _device(self, unit: int) -> ModbusDevice:
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
        if packet[0] in self._stuttering:
            return packet[: len(packet) // 2] + NOISE
        return packet


class P1Line:
    """The P1 port of a smart meter: it only talks, and says the latest again each second of wall time."""

    def __init__(self) -> None:
        self._terminal = PseudoTerminal()
        self.port = self._terminal.port
        self.silent = False
        self._again: asyncio.TimerHandle | None = None

    def send(self, telegram: bytes) -> None:
        """Write a telegram, unless the cable is out."""
        if self._again:
            self._again.cancel()
        if not self.silent:
            self._terminal.write(telegram)
        self._again = asyncio.get_running_loop().call_later(_P1_AGAIN_S, self.send, telegram)

    def close(self) -> None:
        """Take the line down."""
        if self._again:
            self._again.cancel()
        self._terminal.close()
