"""DS18B20 on a 1-Wire line (Maxim 19-7487): temperatures as the nine bytes of its scratchpad tell them."""

import asyncio
import binascii
import time

from micropython import const

from osb_box.bus import BusError
from osb_box.sense.plausible import MC_A_MINUTE, Plausible

_FAMILY = const(0x28)
_POWER_ON_MC = const(85000)  # what it shows before its first measurement
_NEAR_MC = const(5000)
_CONVERT_MS = const(760)  # twelve bits need 750
_FRESH_MS = const(1500)  # sensors that are read one after the other share a conversion
_SKIP, _MATCH, _CONVERT, _READ, _POWER = b"\xcc", b"\x55", b"\x44", b"\xbe", b"\xb4"

_NO_SUPPLY = "the 1-Wire line reads zero: it is short-circuited, or a sensor's VDD is not connected to 3V3"


def crc8(data):
    """CRC-8/MAXIM: reflected polynomial 0x8C, start 0; zero over data and its CRC."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8C if crc & 1 else 0)
    return crc


def temperature(pad):
    """m°C of a scratchpad; BusError for one that no sensor in order gives."""
    if pad == b"\xff" * 9:
        raise BusError("timeout", "the sensor does not answer: is it connected?")
    if not any(pad):  # its CRC would be right
        raise BusError("frame", "the 1-Wire line reads zero: is it short-circuited?")
    if crc8(pad) != 0:
        raise BusError("crc", "what the sensor answered was damaged on the line")
    if pad[4] & 0x9F != 0x1F:
        raise BusError("frame", "this is not a DS18B20")
    raw = pad[0] | pad[1] << 8
    raw -= raw >> 15 << 16
    raw &= ~((1 << 3 - (pad[4] >> 5)) - 1)  # bits below its resolution are undefined
    return raw * 125 // 2 if raw % 2 == 0 else (raw * 125 + 1) // 2


def address(text):
    """The eight bytes of a ROM code in hexadecimal, its family first; ValueError, a sentence, if it is none."""
    try:
        rom = binascii.unhexlify(text)
    except ValueError:
        rom = b""
    if len(rom) != 8 or rom[0] != _FAMILY or crc8(rom) != 0:
        raise ValueError("at: %s is not the code of a DS18B20: 16 hexadecimal digits that begin with 28" % text)
    return rom


class Line:
    """The board's 1-Wire line; `wire` is hal's."""

    _converted = None

    def __init__(self, wire):
        self._wire = wire

    async def read(self, rom):
        """m°C of the sensor with that code, or of the only one (None)."""
        if self._converted is None or not 0 <= time.ticks_diff(time.ticks_ms(), self._converted) < _FRESH_MS:
            await self._convert()
        self._select(rom)
        self._wire.write(_READ)
        return temperature(self._wire.read(9))

    def again(self):
        """The next reading begins with a conversion of its own."""
        self._converted = None

    async def _convert(self):
        self._select(None)
        self._wire.write(_POWER)
        if self._wire.read(1) == b"\x00":
            raise BusError("frame", _NO_SUPPLY)
        self._select(None)
        self._wire.write(_CONVERT)
        await asyncio.sleep_ms(_CONVERT_MS)
        self._converted = time.ticks_ms()

    def _select(self, rom):
        if not self._wire.reset():
            self.again()
            raise BusError("timeout", "nobody answers on the 1-Wire line: is a sensor connected?")
        self._wire.write(_MATCH + rom if rom else _SKIP)


class Sensor:
    """One sensor on the line. After its power failed it shows 85 °C, which is believed near 85 °C only."""

    _last = None

    def __init__(self, line, rom):
        self._line = line
        self._rom = rom
        self._plausible = Plausible(MC_A_MINUTE)

    async def values(self, bus):
        mc = await self._line.read(self._rom)
        if mc == _POWER_ON_MC and (self._last is None or abs(self._last - mc) > _NEAR_MC):
            self._line.again()
            raise BusError(
                "frame", "the sensor shows 85 degrees, as before its first measurement: is its supply sound?"
            )
        self._last = mc
        believed = self._plausible.take(mc, bus.now())
        return {} if believed is None else {"temp": believed}
