"""The files of the history: rings of append-only files with checked records. Needed once an hour and at a question.

`<t>.slt` holds batches of rows from `t` [Unix s] on, `<t>.day` records of days. A slot's row is the energy [Wh] of each
of COUNTERS, the cost [1/100 ct], the mean room temperature [0.2 K] and the minutes outside the comfort band; a day's
has the room temperature replaced by its highest import of a slot [Wh]. Rows of a gap cover several slots each.
"""

import binascii
import os
import struct

from micropython import const

from osb_wire import SLOT_S

ROW = "<8HhBB"
UNKNOWN = (0xFFFF,) * 8 + (-0x8000, 0xFF, 0xFF)
DAY = "<HH8IiHH"  # CRC, days since 1970-01-01, then as a row
DAY_UNKNOWN = (0xFFFFFFFF,) * 8 + (-0x80000000, 0xFFFF, 0xFFFF)
_ROW_BYTES = const(20)
_HEAD = "<HHBB"  # CRC-32's lower half over the rest; first slot counted from the file's name; rows; slots in each row
_HEAD_BYTES = const(6)
DAY_BYTES = const(44)
# The size of a file fits erase blocks of 4 kB, of which littlefs needs some bytes: 10 x 2 + 9 x 1 blocks are 118,784 B.
_SLOT_FILE = const(8100)  # 376 slots in batches of four
_DAY_FILE = const(4092)  # 93 days
_SLOT_FILES = const(10)
_DAY_FILES = const(9)


def crc(data, begin):
    return binascii.crc32(data, begin & 0xFFFFFFFF) & 0xFFFF


def names(folder, end):
    """Times of birth of the files that end so (".slt" or ".day"), oldest first."""
    found = []
    for name in os.listdir(folder):
        if name.endswith(end):
            found.append(int(name[:-4]))
    return sorted(found)


def size(folder, begin, end=".slt"):
    """Bytes of a file."""
    return os.stat("%s/%d%s" % (folder, begin, end))[6]


def batches(path, begin):
    """(start, seconds of each row, rows as bytes) of a file's sound batches, in order; the file began at `begin`."""
    with open(path, "rb") as f:
        while True:
            head = f.read(_HEAD_BYTES)
            if len(head) < _HEAD_BYTES:
                return
            check, first, count, each = struct.unpack(_HEAD, head)
            rows = f.read(count * _ROW_BYTES)
            if len(rows) < count * _ROW_BYTES or check != crc(rows, crc(head[2:], begin)):
                return
            yield begin + first * SLOT_S, each * SLOT_S, rows


def unpack(rows):
    """The rows of a batch as tuples."""
    for i in range(0, len(rows), _ROW_BYTES):
        yield struct.unpack_from(ROW, rows, i)


def append(folder, begin, start, each, rows):
    """Append rows of `each` slots from `start` on to the file that began at `begin`, 0 for none; returns the file's.

    A new file begins where the old one is full or not sound to its end (0), and the oldest goes. OSError: not written.
    """
    used = size(folder, begin) if begin else _SLOT_FILE
    if used + _HEAD_BYTES + len(rows) > _SLOT_FILE or start - begin > 0xFFFF * SLOT_S:
        _shed(folder, ".slt", _SLOT_FILES)
        begin = start
        used = 0
    rest = struct.pack(_HEAD, 0, (start - begin) // SLOT_S, len(rows) // _ROW_BYTES, each)[2:]
    with open("%s/%d.slt" % (folder, begin), "ab" if used else "wb") as f:
        f.write(struct.pack("<H", crc(rows, crc(rest, begin))) + rest + rows)
    return begin


def append_day(folder, begin, day, values):
    """Append the record of a day to the file that began at `begin`, 0 for none; returns the file's."""
    used = size(folder, begin, ".day") if begin else _DAY_FILE
    if used + DAY_BYTES > _DAY_FILE:
        _shed(folder, ".day", _DAY_FILES)
        begin = day
        used = 0
    record = struct.pack(DAY, 0, day, *values)[2:]
    with open("%s/%d.day" % (folder, begin), "ab" if used else "wb") as f:
        f.write(struct.pack("<H", crc(record, begin)) + record)
    return begin


def days(path, begin):
    """(day, values) of a file's sound records of days, in order."""
    with open(path, "rb") as f:
        while True:
            record = f.read(DAY_BYTES)
            if len(record) < DAY_BYTES:
                return
            values = struct.unpack(DAY, record)
            if values[0] != crc(record[2:], begin):
                return
            yield values[1], values[2:]


def _shed(folder, end, most):
    """Make room for one more file."""
    old = names(folder, end)
    for begin in old[: max(0, len(old) - most + 1)]:
        os.remove("%s/%d%s" % (folder, begin, end))
