"""Grows the files of the history, and lets the oldest go. Needed once a slot."""

import os
import struct

from micropython import const

from osb_box.history import files
from osb_wire import SLOT_S

_ROW_BYTES = const(20)
_HEAD_BYTES = const(6)
# The size of a file fits erase blocks of 4 kB, of which littlefs needs some bytes: 10 x 2 + 9 x 1 blocks are 118,784 B.
_SLOT_FILE = const(8100)  # 376 slots in batches of four
_DAY_FILE = const(4092)  # 93 days
_SLOT_FILES = const(10)
_DAY_FILES = const(9)


def slots(folder, begin, start, each, rows):
    """Append rows of `each` slots from `start` on to the file that began at `begin`, 0 for none; returns the file's.

    A new file begins where the old one is full or not sound to its end (0), and the oldest goes. OSError: not written.
    """
    used = files.size(folder, begin) if begin else _SLOT_FILE
    if used + _HEAD_BYTES + len(rows) > _SLOT_FILE or start - begin > 0xFFFF * SLOT_S:
        _shed(folder, ".slt", _SLOT_FILES)
        begin = start
        used = 0
    rest = struct.pack(files.HEAD, 0, (start - begin) // SLOT_S, len(rows) // _ROW_BYTES, each)[2:]
    with open(files.path(folder, begin), "ab" if used else "wb") as f:
        f.write(struct.pack("<H", files.crc(rows, files.crc(rest, begin))) + rest + rows)
    return begin


def day(folder, begin, day, values):
    """Append the record of a day to the file that began at `begin`, 0 for none; returns the file's."""
    used = files.size(folder, begin, ".day") if begin else _DAY_FILE
    if used + files.DAY_BYTES > _DAY_FILE:
        _shed(folder, ".day", _DAY_FILES)
        begin = day
        used = 0
    record = struct.pack(files.DAY, 0, day, *values)[2:]
    with open(files.path(folder, begin, ".day"), "ab" if used else "wb") as f:
        f.write(struct.pack("<H", files.crc(record, begin)) + record)
    return begin


def _shed(folder, end, most):
    """Make room for one more file."""
    old = files.names(folder, end)
    for begin in old[: max(0, len(old) - most + 1)]:
        os.remove(files.path(folder, begin, end))
