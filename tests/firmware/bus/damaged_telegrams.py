"""Runs on MicroPython: published telegrams damaged at random, from `seed`, for so many seconds or `count` of them.

Each damaged telegram comes in pieces of any size and is followed by two whole ones: the first may be lost with it, the
second must be read to the digit. Prints {meter: [damaged, taken as whole though wrong, whole ones read]} and how much
less of the heap was free at the end.
"""

import gc
import json
import random
import sys
import time
from random import getrandbits

from telegrams import BELGIAN, DUTCH, EMH, ISKRA, LUXEMBOURG, SWEDISH

from osb_box.bus.p1 import P1Bus
from osb_box.bus.sml import SmlBus

P1 = (
    "1-0:1.8.0 1-0:1.8.1 1-0:1.8.2 1-0:2.8.0 1-0:2.8.1 1-0:2.8.2 1-0:1.7.0 1-0:2.7.0 1-0:1.4.0 1-0:1.6.0 "
    "1-0:32.7.0 1-0:52.7.0 1-0:72.7.0 1-0:31.7.0 1-0:51.7.0 1-0:71.7.0 gas water"
)
SML = "1-0:1.8.0 1-0:1.8.1 1-0:1.8.2 1-0:2.8.0 1-0:2.8.1 1-0:2.8.2 1-0:16.7.0 1-0:36.7.0 1-0:56.7.0 1-0:76.7.0"
METERS = {
    "p1": (P1Bus, P1, (BELGIAN, DUTCH, LUXEMBOURG, SWEDISH)),
    "sml": (SmlBus, SML, (EMH, ISKRA)),
}


def below(n):
    return getrandbits(24) % n


def noise(n):
    data = bytearray(n)
    for i in range(n):
        data[i] = getrandbits(8)
    return bytes(data)


def flipped(data):
    bad = bytearray(data)
    for _ in range(1 + below(6)):
        at = below(8 * len(bad))
        bad[at >> 3] ^= 1 << (at & 7)
    return bytes(bad)


def cut(data):
    return data[below(len(data)) :][: below(len(data))]


def overwritten(data):
    at = below(len(data))
    return data[:at] + noise(1 + below(80)) + data[at + below(80) :]


def stuttering(data):
    a = below(len(data))
    b = a + below(len(data) - a + 1)
    return data[:b] + data[a:]


def dropped(data):
    """As when a buffer ran over."""
    a = below(len(data))
    return data[:a] + data[a + 1 + below(200) :]


def endless(data):
    """A line or list that does not end; one byte again and again, or none the same."""
    at = below(len(data))
    much = bytes((getrandbits(8),)) * 3000 if getrandbits(1) else noise(3000)
    return data[:at] + much + data[at:]


DAMAGE = (flipped, cut, overwritten, stuttering, dropped, endless)


def fed(bus, data):
    """Feed in pieces; what came of it."""
    at = 0
    while at < len(data):
        n = 1 + below(300)
        bus.feed(data[at : at + n])
        at += n
    values, bus.latest = bus.latest, None
    return values


def main(seconds, count, seed):
    random.seed(seed)
    buses, right, found = {}, {}, {}
    for name, (kind, codes, telegrams) in METERS.items():
        bus = buses[name] = kind(None)
        bus.codes = tuple(codes.split(" "))
        right[name] = [fed(bus, telegram) for telegram in telegrams]
        assert all(right[name]), name
        found[name] = [0, 0, 0]
    gc.collect()
    free, end = gc.mem_free(), time.time() + seconds
    while time.time() < end if seconds else count > 0:
        count -= 1
        name = "sml" if getrandbits(1) else "p1"
        bus, telegrams, tally = buses[name], METERS[name][2], found[name]
        which = below(len(telegrams))
        whole = telegrams[which]
        bad = DAMAGE[below(len(DAMAGE))](whole)
        values = fed(bus, bad)
        tally[0] += 1
        tally[1] += values is not None and values not in right[name]
        values = bad = None
        fed(bus, whole)
        assert fed(bus, whole) == right[name][which], (name, which, seed, tally)
        tally[2] += 1
    gc.collect()
    print(json.dumps({"found": found, "less_free": free - gc.mem_free()}))


main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
