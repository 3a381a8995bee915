"""Answers to Read Device Identification, byte by byte: the specification's example, cut, refused and damaged ones."""

import asyncio
import binascii

from osb_box.bus import BusError, crc16
from osb_box.bus.identify import identify, objects
from osb_box.bus.rtu import RtuBus

# MODBUS Application Protocol V1.1b3, 6.21: conformity 01, nothing follows, three objects; unit 5 before it
EXAMPLE = (
    binascii.unhexlify("05" + "2b0e0101000003") + b"\x00\x16Company identification\x01\x0fProduct code XX\x02\x05V2.11"
)
NAMES = {0: "Company identification", 1: "Product code XX", 2: "V2.11"}


class Port:
    """A line on which `answer` comes, in parts of `size` bytes, when something was asked."""

    def __init__(self, answer, size):
        self.answer, self.size, self.asked = answer, size, b""
        self._left = b""

    def read_ready(self, most=256):
        return b""

    def write(self, data):
        self.asked = data
        self._left = self.answer

    async def read_some(self, most=256):
        while not self._left:
            await asyncio.sleep_ms(5)
        part, self._left = self._left[: self.size], self._left[self.size :]
        return part

    def close(self):
        pass


def framed(answer):
    crc = crc16(answer)
    return answer + bytes((crc & 255, crc >> 8))


def test_the_specifications_example():
    assert objects(EXAMPLE) == (NAMES, len(EXAMPLE))
    for cut in range(1, len(EXAMPLE)):
        assert objects(EXAMPLE[:cut]) == (None, 0), cut


def test_other_answers_are_none():
    for answer in (b"\x05\xab\x01", b"\x05\x03\x02\x00\x01\x00\x00\x00", b"\x05\x2b\x0d\x01\x01\x00\x00\x03"):
        try:
            objects(answer)
            raise AssertionError(answer)
        except BusError as e:
            assert e.kind in ("exception", "frame")


async def asked(answer, size, patience_ms=60):
    port = Port(answer, size)
    try:
        return await identify(RtuBus(port, 115200, patience_ms), 5, patience_ms), port.asked
    except BusError as e:
        return e.kind, port.asked


async def test_over_a_serial_line_in_any_parts_and_among_noise():
    for size in (1, 3, 7, 255):
        for noise in (b"", b"\x00\xff", b"\x05\x2b\x0e\x01\x00\x4b\xe7", b"\x05\x05\x2b"):
            told, question = await asked(noise + framed(EXAMPLE), size, 2000)  # of a machine that has more to do
            assert told == NAMES, (size, noise)
            assert question[:5] == b"\x05\x2b\x0e\x01\x00"  # it asks for names, and for nothing else
            assert crc16(question) == 0


async def test_a_damaged_name_is_no_name():
    good = framed(EXAMPLE)
    for at in range(0, len(good), 5):
        bad = bytearray(good)
        bad[at] ^= 0x10
        assert (await asked(bytes(bad), 255))[0] in ("timeout", "frame", "exception"), at
    assert (await asked(framed(b"\x05\xab\x01"), 255))[0] == "exception"
    assert (await asked(framed(b"\x06" + EXAMPLE[1:]), 255))[0] == "timeout"  # somebody else
