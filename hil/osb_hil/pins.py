"""What is wired to a board, for a box on the unix VM: inputs, pulses, voltages, relays, a 1-Wire line, an I2C bus.

The box asks over TCP, one text line for each question, and waits for the answer:

    in NAME      0 or 1     out NAME LEVEL   ok       count NAME     pulses     mv NAME   mV
    1w reset     0 or 1     1w write HEX     ok       1w read N      HEX        1w scan   ROM codes in HEX
    i2c scan     addresses  i2c write A HEX  ok       i2c read A N   HEX

`no` is the answer where nothing is wired, or nobody on the bus answers.
"""

import asyncio
from typing import Protocol


class OneWirePart(Protocol):
    """Something on the 1-Wire line, written from its datasheet."""

    rom: bytes

    def reset(self) -> bool:
        """The line was reset: is it there?"""

    def write(self, data: bytes) -> None:
        """Bytes from the master."""

    def read(self, count: int) -> bytes | None:
        """What it drives while the master reads; None: it lets the line float."""


class I2cPart(Protocol):
    """Something on the I2C bus. OSError: it does not acknowledge."""

    def write(self, data: bytes) -> None:
        """Bytes from the master."""

    def read(self, count: int) -> bytes:
        """Bytes to the master."""


class Pins:
    """The field of one box; `address` is what its OSB_PINS names once it is open."""

    def __init__(self) -> None:
        self.inputs: dict[str, int] = {}
        self.counts: dict[str, int] = {}
        self.millivolts: dict[str, int] = {}
        self.outputs: dict[str, int] = {}  # relays that are wired, with their level
        self.onewire: list[OneWirePart] = []
        self.i2c: dict[int, I2cPart] = {}
        self.address = ""
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.address = f"{host}:{port}"

    def close(self) -> None:
        """The box finds nothing wired any more."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                try:
                    answer = self.answer(line.decode().split())
                except (KeyError, OSError):
                    answer = "no"
                writer.write(answer.encode() + b"\n")
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    def answer(self, words: list[str]) -> str:
        """What the field says to one question; KeyError or OSError for `no`."""
        match words:
            case ["in", name]:
                return str(self.inputs[name])
            case ["count", name]:
                return str(self.counts[name] % 2**32)
            case ["mv", name]:
                return str(self.millivolts[name])
            case ["out", name, level]:
                self.outputs[name]
                self.outputs[name] = int(level)
                return "ok"
            case ["1w", "reset"]:
                return str(int(any([part.reset() for part in self.onewire])))
            case ["1w", "scan"]:
                return " ".join(part.rom.hex() for part in self.onewire)
            case ["1w", "write", data]:
                for part in self.onewire:
                    part.write(bytes.fromhex(data))
                return "ok"
            case ["1w", "read", count]:
                return self._wired_and(int(count)).hex()
            case ["i2c", "scan"]:
                return " ".join(map(str, sorted(self.i2c)))
            case ["i2c", "write", address, data]:
                self.i2c[int(address)].write(bytes.fromhex(data))
                return "ok"
            case ["i2c", "read", address, count]:
                return self.i2c[int(address)].read(int(count)).hex()
        raise KeyError(" ".join(words))

    def _wired_and(self, count: int) -> bytes:
        """The line is high until somebody pulls it down: two who answer at once are heard as the AND of both."""
        heard = bytearray(b"\xff" * count)
        for part in self.onewire:
            for i, byte in enumerate(part.read(count) or b""):
                heard[i] &= byte
        return bytes(heard)
