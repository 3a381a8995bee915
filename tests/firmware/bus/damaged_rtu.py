"""Runs on MicroPython: `count` answers damaged at random, from `seed`, go through the whole RTU master.

Prints {kind of damage: [answers, accepted as they were, accepted though wrong, refused, crashed]}. The line is in
memory and falls silent at once instead of after the time-out; all else is the master's own.
"""

import asyncio
import json
import random
import sys
from random import getrandbits

from osb_box.bus import BusError
from osb_box.bus.rtu import RtuBus


def table():
    """CRC-16/MODBUS byte by byte, as the appendix of the serial line guide has it: not the master's own."""
    found = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
        found.append(byte)
    return found


TABLE = table()


def framed(body):
    crc = 0xFFFF
    for byte in body:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    return body + bytes((crc & 0xFF, crc >> 8))


def below(n):
    return getrandbits(24) % n


def noise(n):
    return bytes([getrandbits(8) for _ in range(n)])


def flipped(data, bits):
    """As many different bits flipped."""
    bad = bytearray(data)
    for at in {below(8 * len(data)) for _ in range(bits)}:
        bad[at >> 3] ^= 1 << (at & 7)
    return bytes(bad)


def few_bits(frame, asked):
    return flipped(frame, 1 + below(3))


def many_bits(frame, asked):
    return flipped(frame, 4 + below(40))


def burst(frame, asked):
    """All damage within 16 bits as they travel: the lowest bit of a byte first."""
    first = below(8 * len(frame) - 16)
    bad = bytearray(frame)
    pattern = getrandbits(16) or 1
    for i in range(16):
        if pattern >> i & 1:
            bad[first + i >> 3] ^= 1 << (first + i & 7)
    return bytes(bad)


def overwritten(frame, asked):
    """The form is right and the rest is anything."""
    return frame[:3] + noise(len(frame) - 3)


def cut(frame, asked):
    first = below(len(frame))
    end = first + 1 + below(len(frame) - first)
    return frame[:first] + frame[end:]


def lost_and_found(frame, asked):
    """Bytes lost and others come in."""
    at = below(len(frame))
    return frame[:at] + noise(1 + below(3)) + frame[at + 1 + below(3) :]


def glued(frame, asked):
    """Whole, between noise, torn frames, an echo and another unit's answer."""
    other = framed(bytes((asked[0] ^ 0x55, asked[1], 2)) + noise(2))
    before = (noise(below(12)), frame[: below(len(frame) - 1)], asked, other)[below(4)]
    return before + frame + (b"", noise(below(5)), other)[below(3)]


def nothing_but_noise(frame, asked):
    return noise(below(80))


KINDS = (few_bits, many_bits, burst, overwritten, cut, lost_and_found, glued, nothing_but_noise)


class Line:
    """Answers with `damage(right answer, question)`, in pieces; then no more."""

    def read_ready(self):
        return b""

    async def read_some(self):
        if not self.coming:
            raise asyncio.TimeoutError  # noqa: UP041 (MicroPython has no other)
        size = 1 + below(len(self.coming))
        part, self.coming = self.coming[:size], self.coming[size:]
        return part

    async def pass_by(self, characters):
        pass

    def write(self, asked):
        self.coming = self.damage(framed(asked[:2] + bytes((len(self.right),)) + self.right), asked)

    def close(self):
        pass


async def main(count, start):
    random.seed(start)
    line = Line()
    bus = RtuBus(line, 115200, 10000)
    bus._silence_ms = 0
    found = {kind.__name__: [0, 0, 0, 0, 0] for kind in KINDS}
    for i in range(count):
        line.damage = KINDS[i % len(KINDS)]
        registers = 1 + below(12)
        line.right = noise(2 * registers)
        tally = found[line.damage.__name__]
        tally[0] += 1
        try:
            data = await bus.read(1 + below(247), 3 + getrandbits(1), getrandbits(16), registers)
            tally[1 if data == line.right else 2] += 1
        except BusError:
            tally[3] += 1
        except Exception as e:
            sys.print_exception(e)
            tally[4] += 1
    print(json.dumps(found))


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
