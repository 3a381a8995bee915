"""A real board as a target: `box` its USB port, `bus` a USB RS-485 adapter at its transceiver, `p1` one at its P1 line.

Its flash is reached with mpremote. What only a bench can do (cut the power, look at pins) needs hands: `reset` is the
watchdog's, `stop` interrupts the program and leaves the board at its prompt.
"""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import serial

from osb_hil import boards
from osb_hil.devices.ds18b20 import Ds18b20
from osb_hil.flash import port as ports
from osb_hil.flash.device import Device
from osb_hil.serial_line import OpenLine
from osb_hil.targets import MissingTarget, Pins
from osb_hil.targets.unix import fetch

LOOK_S = 15.0  # to look at the flash ends what runs, which is left alone for so long between two looks
_BAUD = {"rs485": 9600, "p1": 115200}  # of the meters there; the P1 line's inverter is in its wiring
_PORT_S = 10.0  # until the USB port of a board that has restarted is there


class SerialPort:
    """The field's end of a real serial line."""

    port = ""

    def __init__(self, path: str, received: Callable[[bytes], None], baud: int) -> None:
        self._serial = serial.Serial(path, baud, timeout=0)
        self._received = received
        asyncio.get_running_loop().add_reader(self._serial.fileno(), self._read)

    def write(self, data: bytes) -> None:
        """Send to the box."""
        self._serial.write(data)

    def close(self) -> None:
        """Give the adapter back."""
        asyncio.get_running_loop().remove_reader(self._serial.fileno())
        self._serial.close()

    def _read(self) -> None:
        self._received(self._serial.read(512))


class BoardTarget:
    """`page_at` is HOST or HOST:PORT of its page, where the test's settings have put it on a network.

    `board` is what it is; nothing is written to another.
    """

    name = "board"
    pins: Pins | None = None

    def __init__(
        self,
        box: str | None,
        bus: str | None,
        page_at: str | None = None,
        p1: str | None = None,
        board: str = "pico_w",
    ) -> None:
        if not box:
            raise MissingTarget("no board: name its USB port with --box=/dev/ttyACM0")
        if not Path(box).exists():
            raise MissingTarget(f"no board at {box}: plug it in, or name another port with --box")
        self.board, self._known = board, boards.load(board)
        if self._known.port == "unix":
            raise MissingTarget(f"{self._known.name} is no board at a USB port: take --target unix for it")
        self._adapters: dict[str, str] = {}
        for option, path, line in (("bus", bus, "rs485"), ("p1", p1, "p1")):
            if path and not Path(path).exists():
                raise MissingTarget(f"no adapter at {path}: plug it in, or name another port with --{option}")
            if path and any(uart.name == line for uart in self._known.uarts):
                self._adapters[line] = path
        if not bus:
            raise MissingTarget("no RS-485 adapter: name it with --bus=/dev/ttyUSB0 (docs/hil.md)")
        self._box, self._page_at, self._is_known = box, page_at, False
        self._device = Device(box)
        self.console = bytearray()
        self._watching: serial.Serial | None = None
        self._began = self._looked = 0.0
        self._seen: dict[str, bytes] = {}

    def write(self, files: dict[str, bytes]) -> None:
        """Copy with mpremote."""
        self._device.stop()
        if not self._is_known:  # pins of another board could drive what must not be driven
            there = self._device.ask("sys.implementation._machine")
            if not there.startswith(self._known.machine):
                raise MissingTarget(f"at {self._box} is a {there}, no {self._known.name}: look at --board and --box")
            self._is_known = True
        with TemporaryDirectory() as folder:
            put = {}
            for path, content in files.items():
                here = Path(folder) / path.replace("/", "__")
                here.write_bytes(content)
                put[path] = here
            self._device.put(put)

    def files(self) -> dict[str, bytes]:
        """Read all back. What runs is started again after it; in between, what the last look has seen is told."""
        runs = self._watching is not None
        if runs and self.now_s() < self._looked + LOOK_S:
            return self._seen
        self._unwatch()
        self._seen = {}
        for line in self._device.run(_READ_ALL).splitlines():
            path, _, content = line.partition(" ")
            self._seen[path.lstrip("/")] = bytes.fromhex(content)
        if runs:
            self._device.restart()
            self._watch()
            self._looked = self.now_s()
        return self._seen

    def line(self, name: str) -> OpenLine:
        """The adapter at that line; MissingTarget where there is none."""
        if all(uart.name != name for uart in self._known.uarts):
            raise MissingTarget(f"{self._known.name} has no {name} line: take another board with --board")
        if name not in self._adapters:
            raise MissingTarget(f"no adapter at the {name} line: name it with --{name}=/dev/ttyUSB1 (docs/hil.md)")
        return lambda received: SerialPort(self._adapters[name], received, _BAUD[name])

    def port(self, name: str) -> str:
        """Its name in board.json."""
        return name

    async def sensors(self, probes: list[Ds18b20], millivolts: dict[str, int]) -> None:
        """Nobody here can warm a probe to a given degree."""
        raise MissingTarget("a real probe shows the temperature it has: take --target pico_w, where one is set")

    async def start(self) -> None:
        """Restart the board and listen to its console."""
        self.console.clear()
        await asyncio.to_thread(self._device.restart)
        self._began, self._looked = asyncio.get_running_loop().time(), 0.0
        self._watch()

    async def run(self, code: str, seconds: float) -> str:
        """Through the raw REPL."""
        await asyncio.to_thread(self._device.stop)
        return await asyncio.wait_for(asyncio.to_thread(self._device.run, code), seconds + 10)

    async def reset(self) -> None:
        """A reset from within, as near to the watchdog's as can be had without hands."""
        await self.stop()
        await self.start()

    async def stop(self) -> None:
        """Interrupt it."""
        self._unwatch()
        await asyncio.to_thread(self._device.stop)

    def now_s(self) -> float:
        """Wall time since its start."""
        return asyncio.get_running_loop().time() - self._began

    async def until(self, done: Callable[[], object], seconds: float, what: str) -> None:
        """Wait in wall time."""
        end = self.now_s() + seconds
        while not done():
            if self.now_s() > end:
                raise TimeoutError(f"{what} did not come within {seconds:g} s")
            await asyncio.sleep(0.02)

    async def page(self, path: str, token: str | None = None) -> tuple[int, bytes]:
        """GET over the network."""
        if self._page_at is None:
            raise MissingTarget("no network: name the address of the board's page with --page=HOST")
        host, _, port = self._page_at.partition(":")
        return await asyncio.to_thread(fetch, (host, int(port or 80)), path, token)

    def _watch(self) -> None:
        ports.wait(self._box, _PORT_S)
        self._watching = serial.Serial(self._box, 115200, timeout=0)
        asyncio.get_running_loop().add_reader(self._watching.fileno(), self._heard)

    def _unwatch(self) -> None:
        if self._watching:
            with contextlib.suppress(OSError):  # it went away with a restart
                asyncio.get_running_loop().remove_reader(self._watching.fileno())
                self._watching.close()
            self._watching = None

    def _heard(self) -> None:
        assert self._watching is not None
        self.console += self._watching.read(512)


_READ_ALL = """
import os, binascii
root = os.getcwd().rstrip("/")
def walk(p):
    for e in os.ilistdir(p or "/"):
        q = p + "/" + e[0]
        if e[1] & 0x4000:
            walk(q)
        else:
            print(q[len(root):], end=" ")
            with open(q, "rb") as f:
                while True:
                    d = f.read(256)
                    if not d:
                        break
                    print(binascii.hexlify(d).decode(), end="")
            print()
walk(root)
"""
