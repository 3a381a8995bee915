"""What earlier boots left in the outbox's directory. Needed at the start only."""

import binascii
import os
import struct

from osb_box.outbox import HEADER, HEADER_BYTES


def scan(directory):
    """(latest time known [Unix s], segments as the outbox keeps them).

    A torn end of a segment is dropped, what is before it is kept.
    """
    try:
        with open(directory + "/epoch") as f:
            floor = int(f.read())
    except (OSError, ValueError):
        floor = 0
    found = []
    for name in os.listdir(directory):
        if name.endswith(".seg"):
            epoch, first = name[:-4].split("-")
            found.append((int(epoch), int(first), name))
    segments = []
    for epoch, first, name in sorted(found):
        path = directory + "/" + name
        last, size, latest = _measure(path, first - 1)
        floor = max(floor, epoch, latest)
        if size:
            segments.append([epoch, first, last, size])
        else:
            os.remove(path)
    return floor, segments


def begin(directory, epoch):
    """Start a boot's epoch, which no other boot may use; returns it."""
    path = directory + "/epoch"
    with open(path + ".new", "w") as f:
        f.write(str(epoch))
    os.rename(path + ".new", path)
    return epoch


def _measure(path, last):
    """(last seq, bytes, latest time) of the sound records at the start of a segment."""
    size = latest = 0
    with open(path, "rb") as f:
        while True:
            header = f.read(HEADER_BYTES)
            if len(header) < HEADER_BYTES:
                break
            crc, length, _, seq, t = struct.unpack(HEADER, header)
            if binascii.crc32(f.read(length), binascii.crc32(header[4:])) != crc:
                break
            last = seq
            size += HEADER_BYTES + length
            latest = max(latest, t)
    return last, size, latest
