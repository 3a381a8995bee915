"""What every emulated Modbus device shares: its registers, how a master reaches them, and how it falls silent."""

import asyncio
import struct
from collections.abc import Callable, Iterable, Sequence
from typing import cast

from pymodbus.constants import ExcCodes
from pymodbus.exceptions import NoSuchIdException
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.pdu.mei_message import ReadDeviceInformationResponse
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

_WORDS = {"u16": ">H", "s16": ">h", "u32": ">I", "f32": ">f", "f64": ">d"}

_NONSENSE = 0x4E4E  # as a float 865,848,192: no home has that of anything


class Registers:
    """Sixteen-bit registers in (first address, number) ranges; what lies between does not exist."""

    def __init__(self, *ranges: tuple[int, int], writable: Sequence[int] = ()) -> None:
        self.first = ranges[0][0]
        self.words = [0] * (ranges[-1][0] + ranges[-1][1] - self.first)
        self.shown = False  # false while a master would still see older words
        self.writable = frozenset(writable)
        self._ranges = ranges

    def put(self, address: int, kind: str, value: float) -> None:
        """Set a number; `kind` is u16, s16, u32, f32 or f64, big-endian in as many registers as it takes."""
        packed = struct.pack(_WORDS[kind], value if kind[0] == "f" else round(value))
        self._put_bytes(address, packed)

    def put_text(self, address: int, text: str, registers: int) -> None:
        """Set a text, two characters a register, filled with zero bytes."""
        self._put_bytes(address, text.encode("ascii").ljust(2 * registers, b"\0"))

    def get(self, address: int, kind: str = "u16") -> float:
        """Read a number back; the kinds of `put`."""
        at, size = address - self.first, struct.calcsize(_WORDS[kind]) // 2
        value: float = struct.unpack(_WORDS[kind], struct.pack(f">{size}H", *self.words[at : at + size]))[0]
        return value

    def blocks(self) -> list[SimData]:
        """The same registers for pymodbus."""
        return [SimData(first, count=number, datatype=DataType.REGISTERS) for first, number in self._ranges]

    def _put_bytes(self, address: int, packed: bytes) -> None:
        at = address - self.first
        self.words[at : at + len(packed) // 2] = struct.unpack(f">{len(packed) // 2}H", packed)
        self.shown = False


class ModbusDevice:
    """An emulated device. A subclass fills `holding` and `inputs` in `refresh` and acts on writes in `written`."""

    most_registers = 125  # that one request may ask for
    identity: tuple[str, str, str] | None = None  # vendor, product code and revision it tells (function 43/14)

    def __init__(
        self,
        unit: int,
        holding: Registers | None = None,
        inputs: Registers | None = None,
        coils: int = 0,
    ) -> None:
        self.unit = unit
        self.alive = True  # a dead device answers nothing
        self.nonsense = False  # one that has lost its mind shows the same in all registers
        self.asked: set[int] = set()  # functions that masters have used on it
        self.holding = holding
        self.inputs = inputs
        self.coils = [False] * coils
        self.t = 0  # simulated time [Unix s]

    def tick(self, t: int) -> None:
        """Show the state of the home at `t`; once a step."""
        self.t = t
        self.refresh()

    def refresh(self) -> None:
        """Bring the registers up to date; nothing to do for a device that only takes orders."""

    def written(self, address: int, words: list[int]) -> ExcCodes | None:
        """A master wrote these holding registers; an exception code refuses it."""
        return ExcCodes.ILLEGAL_ADDRESS

    def switched(self) -> None:
        """A master has switched coils."""

    def simulation(self) -> SimDevice:
        """The same device for a pymodbus server."""
        nothing = [SimData(0, datatype=DataType.INVALID)]
        bits = [SimData(0, values=[False] * max(16, len(self.coils)), datatype=DataType.BITS)]
        return SimDevice(
            self.unit,
            (
                bits,
                [SimData(0, values=[False] * 16, datatype=DataType.BITS)],
                self.holding.blocks() if self.holding else nothing,
                self.inputs.blocks() if self.inputs else nothing,
            ),
            action=self._access,
        )

    async def _access(
        self,
        function: int,
        first: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Every access comes through here before pymodbus reads or writes `registers`."""
        if not self.alive:
            raise NoSuchIdException(f"unit {self.unit} is dead")
        if function in (1, 5, 15) and self.coils:
            return self._access_coils(address, values)
        space = {3: self.holding, 4: self.inputs, 6: self.holding, 16: self.holding}.get(function)
        if space is None:
            return ExcCodes.ILLEGAL_FUNCTION
        if count > self.most_registers:
            return ExcCodes.ILLEGAL_VALUE
        if values is not None:
            words = [int(v) for v in values]
            if not all(a in space.writable for a in range(address, address + count)):
                return ExcCodes.ILLEGAL_ADDRESS
            at = address - space.first
            before = space.words[at : at + count]
            space.words[at : at + count] = words
            refused = self.written(address, words)
            if refused:
                space.words[at : at + count] = before
                return refused
        if self.nonsense:
            registers[: len(space.words)] = [_NONSENSE] * len(space.words)
            space.shown = False
        elif not space.shown:
            registers[: len(space.words)] = space.words
            space.shown = True
        return None

    def _access_coils(self, address: int, values: list[int] | list[bool] | None) -> ExcCodes | None:
        if values is None:
            return None if address < len(self.coils) else ExcCodes.ILLEGAL_ADDRESS
        if address + len(values) > len(self.coils):
            return ExcCodes.ILLEGAL_ADDRESS
        self.coils[address : address + len(values)] = [bool(v) for v in values]
        self.switched()
        return None


async def serve_tcp(device: ModbusDevice, port: int = 0) -> tuple[ModbusTcpServer, int]:
    """Serve one device on a port of this machine, a free one for 0; returns the server and its port."""
    server = ModbusTcpServer(
        [device.simulation(), nobody()],
        address=("127.0.0.1", port),
        ignore_missing_devices=True,
        trace_pdu=witness([device]),
    )
    await server.serve_forever(background=True)
    listener = cast(asyncio.Server, server.transport)
    return server, listener.sockets[0].getsockname()[1]


def nobody() -> SimDevice:
    """Stands for every unit that is not there, which pymodbus else reports as a failure of its own."""
    bits, words = [SimData(0, values=[False] * 16, datatype=DataType.BITS)], [SimData(0, datatype=DataType.INVALID)]
    return SimDevice(0, (bits, bits, words, words))


def witness(devices: Iterable[ModbusDevice]) -> Callable[[bool, ModbusPDU], ModbusPDU]:
    """What a server shows each request and answer: it notes who was asked for what, and lets each identify itself."""
    known = {device.unit: device for device in devices}

    def trace(sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        device = known.get(pdu.dev_id)
        if device is None:
            return pdu
        if not sending:
            device.asked.add(pdu.function_code)
        elif isinstance(pdu, ReadDeviceInformationResponse):  # pymodbus has one identity for all units
            if device.identity is None:
                refused = ExceptionResponse(pdu.function_code, ExcCodes.ILLEGAL_FUNCTION)
                refused.dev_id, refused.transaction_id = pdu.dev_id, pdu.transaction_id
                return refused
            pdu.information = dict(enumerate(text.encode() for text in device.identity))
        return pdu

    return trace
