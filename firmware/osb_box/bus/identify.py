"""Read Device Identification, function 43/14 (MODBUS Application Protocol V1.1b3, 6.21): a name instead of numbers.

Needed while a bus is scanned. Its answer tells its length only as it comes, so that it is read here, not in rtu.py.
"""

import asyncio
import time

from micropython import const

from osb_box.bus import BusError, crc16

_BASIC = b"\x2b\x0e\x01\x00"  # vendor name, product code, revision, from the first on
_MOST = const(512)


def objects(answer):
    """(object id -> text, bytes used) of an answer from its unit on; (None, 0) while it is incomplete.

    BusError if it is no such answer.
    """
    if len(answer) >= 3 and answer[1] == 0xAB:
        raise BusError("exception", "the device does not identify itself (%d)" % answer[2])
    if len(answer) < 8:
        return None, 0
    if answer[1:4] != b"\x2b\x0e\x01":
        raise _other(answer[0])
    found, at = {}, 8
    for _ in range(answer[7]):
        if len(answer) < at + 2 or len(answer) < at + 2 + answer[at + 1]:
            return None, 0
        size = answer[at + 1]
        try:
            found[answer[at]] = answer[at + 2 : at + 2 + size].decode().strip("\0 ")
        except UnicodeError:
            pass
        at += 2 + size
    return found, at


def _other(unit):
    return BusError("frame", "unit %d answered something else" % unit)


async def identify(bus, unit, timeout_ms):
    """{0: vendor, 1: product code, 2: revision} of a unit, as far as it tells. BusError if it does not.

    It gives up what follows in a further answer: the first holds 240 characters.
    """
    asked = bytes((unit,)) + _BASIC
    if hasattr(bus, "transaction"):  # TCP frames by length
        answer = await bus.alone(bus._exchange(asked), asked, timeout_ms, 0)
        if answer[0] != unit:
            raise _other(unit)
        return objects(answer)[0] or {}
    return await bus.alone(_over_rtu(bus, asked), asked, timeout_ms, 11000 * 256 // bus._baud)


async def _over_rtu(bus, asked):
    await asyncio.sleep_ms(bus._silence_ms)
    for _ in range(64):
        if not bus._port.read_ready():
            break
    crc = crc16(asked)
    bus._port.write(asked + bytes((crc & 0xFF, crc >> 8)))
    got = b""
    while True:
        got = (got + await bus._port.read_some())[-_MOST:]
        bus._used_at = time.ticks_ms()
        at = got.find(asked[:1])
        while at >= 0:
            part = got[at:]
            if len(part) >= 5 and part[1] == 0xAB and crc16(part[:5]) == 0:
                objects(part)
            if part[1:4] == b"\x2b\x0e\x01":
                try:
                    found, used = objects(part)
                    if found is not None and len(part) >= used + 2 and crc16(part[: used + 2]) == 0:
                        return found
                except BusError:
                    pass
            at = got.find(asked[:1], at + 1)
