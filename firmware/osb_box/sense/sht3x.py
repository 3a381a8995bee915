"""SHT30, SHT31, SHT35 on I2C (Sensirion SHT3x-DIS datasheet): temperature and relative humidity."""

import asyncio

from micropython import const

from osb_box.bus import BusError
from osb_box.devices.registers import divide
from osb_box.sense.plausible import MC_A_MINUTE, PM_A_MINUTE, Plausible

_MEASURE = b"\x24\x00"  # single shot, high repeatability, no clock stretching
_MEASURE_MS = const(17)  # 15.5 at most
ADDRESSES = (0x44, 0x45)


def crc8(data):
    """CRC-8: polynomial 0x31, start 0xFF; 0x92 over BE EF."""
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x31 if crc & 0x80 else crc << 1) & 0xFF
    return crc


def values(answer):
    """(m°C, per mille) of the six bytes of a measurement; BusError for damaged ones."""
    if len(answer) != 6 or crc8(answer[:2]) != answer[2] or crc8(answer[3:5]) != answer[5]:
        raise BusError("crc", "what the sensor answered was damaged on the line")
    heat, damp = answer[0] << 8 | answer[1], answer[3] << 8 | answer[4]
    return divide(175000 * heat, 65535) - 45000, divide(1000 * damp, 65535)


async def read(i2c, address):
    """(m°C, per mille) as measured now; BusError if nobody answers."""
    try:
        i2c.writeto(address, _MEASURE)
        await asyncio.sleep_ms(_MEASURE_MS)
        return values(i2c.readfrom(address, 6))
    except OSError:
        raise BusError("timeout", "no SHT3x answers at 0x%02x: is it connected?" % address)


class Sensor:
    """One sensor at its address."""

    def __init__(self, i2c, address):
        self._i2c = i2c
        self._address = address
        self._temp = Plausible(MC_A_MINUTE)
        self._humidity = Plausible(PM_A_MINUTE)

    async def values(self, bus):
        mc, pm = await read(self._i2c, self._address)
        mc, pm = self._temp.take(mc, bus.now()), self._humidity.take(pm, bus.now())
        told = {} if mc is None else {"temp": mc}
        if pm is not None:
            told["humidity"] = pm
        return told
