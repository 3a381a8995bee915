"""What a board is: pins, buses, memory and image as `boards/<board>/board.json` has them, checked."""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from osb_hil.firmware import ROOT

BOARDS = ROOT / "boards"
Pin = Annotated[int, Field(ge=0, le=48)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,15}$")]


class BoardError(ValueError):
    """One sentence: the board, the key and what would be right."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Uart(_Strict):
    """A serial line: by pins on a chip, by path on Linux. `de` switches a transceiver that does not do so itself."""

    name: Name
    id: int | None = Field(None, ge=0, le=2)
    tx: Pin | None = None
    rx: Pin | None = None
    de: Pin | None = None
    invert_rx: bool = False
    rxbuf: int = Field(512, ge=64, le=16384)
    path: str | None = None


class Place(_Strict):
    """One pin with a name."""

    name: Name
    pin: Pin


class OneWire(_Strict):
    """The line of DS18B20 sensors."""

    pin: Pin


class I2c(_Strict):
    """A bus of SHT3x sensors."""

    id: int = Field(ge=0, le=1)
    sda: Pin
    scl: Pin


class Image(_Strict):
    """MicroPython for this board. `sha256` is that of the published file, once somebody has checked it."""

    name: str
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    released: str | None = Field(None, pattern=r"^\d{8}$")  # the day in the published file's name
    method: Literal["uf2", "esptool"]
    sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")
    family: int | None = None  # of a UF2
    offset: int | None = None  # where esptool writes it

    @model_validator(mode="after")
    def _complete(self) -> "Image":
        if (self.method == "uf2") != (self.family is not None) or (self.method == "esptool") != (
            self.offset is not None
        ):
            raise ValueError("a uf2 image needs `family`, an esptool image `offset`")
        return self


class Board(_Strict):
    """All of one board. Sizes in bytes; `heap_bytes` at the REPL, None where nobody has measured it."""

    name: str
    machine: str  # how MicroPython on it calls itself, sys.implementation._machine
    port: Literal["rp2", "esp32", "unix"]
    chip: Literal["rp2040", "rp2350", "esp32", "esp32s3", "esp32c3"] | None
    tier: Literal["core", "full"]
    march: Literal["armv6m", "armv7emsp", "xtensawin", "rv32imc"] | None  # for native code
    price_eur: int | None
    has_run: bool  # this firmware, on the thing itself
    image: Image | None
    ram_bytes: int | None
    heap_bytes: int | None
    flash_bytes: int | None
    filesystem_bytes: int | None
    watchdog_ms: int | None
    uarts: tuple[Uart, ...]
    pulses: tuple[Place, ...]
    inputs: tuple[Place, ...] = ()
    relays: tuple[Place, ...]
    onewire: OneWire | None
    i2c: I2c | None
    analogue: tuple[Place, ...]
    led: Pin | Literal["LED"] | None
    button: Pin | None

    @model_validator(mode="after")
    def _one_use_a_pin(self) -> "Board":
        pins = self.pins()
        twice = sorted({pin for pin in pins.values() if list(pins.values()).count(pin) > 1})
        if twice:
            users = [use for use, pin in pins.items() if pin == twice[0]]
            raise ValueError(f"pin {twice[0]} is used by {' and '.join(users)}: give each a pin of its own")
        return self

    @model_validator(mode="after")
    def _pulses_are_counted(self) -> "Board":
        if self.pulses and self.chip == "esp32c3":
            raise ValueError("an esp32c3 has no pulse counter: leave pulses empty")
        return self

    def pins(self) -> dict[str, int]:
        """Use -> pin, of everything that has one."""
        uses: dict[str, int | None] = {}
        for uart in self.uarts:
            uses |= {f"{uart.name}.{end}": getattr(uart, end) for end in ("tx", "rx", "de")}
        uses |= {place.name: place.pin for place in (*self.pulses, *self.inputs, *self.relays, *self.analogue)}
        if self.onewire:
            uses["onewire"] = self.onewire.pin
        if self.i2c:
            uses |= {"i2c.sda": self.i2c.sda, "i2c.scl": self.i2c.scl}
        uses |= {"led": self.led if isinstance(self.led, int) else None, "button": self.button}
        return {use: pin for use, pin in uses.items() if pin is not None}

    def for_device(self) -> str:
        """What the device itself needs of this: its `/board.json`."""
        keep = {"port", "uarts", "pulses", "inputs", "relays", "onewire", "i2c", "analogue", "led", "button"}
        return json.dumps(self.model_dump(include=keep, exclude_defaults=True), separators=(",", ":"))


def names() -> list[str]:
    """Boards there are."""
    return sorted(path.parent.name for path in BOARDS.glob("*/board.json"))


def load(board: str, folder: Path = BOARDS) -> Board:
    """The board of that name; BoardError names what is wrong with it, or which boards there are."""
    path = folder / board / "board.json"
    try:
        return Board.model_validate_json(path.read_text())
    except OSError:
        raise BoardError(f"{board} is not a board: there are {', '.join(names())}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise BoardError(f"boards/{board}/board.json: {where}: {first['msg'].removeprefix('Value error, ')}.") from None
