"""The files of the history: rings of append-only files with checked records. Needed once a slot and at a question.
What grows them is append.py.

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
HEAD = "<HHBB"  # CRC-32's lower half over the rest; first slot counted from the file's name; rows; slots in each row
_HEAD_BYTES = const(6)
DAY_BYTES = const(44)


def crc(data, begin):
    return binascii.crc32(data, begin & 0xFFFFFFFF) & 0xFFFF


def names(folder, end):
    """Times of birth of the files that end so (".slt" or ".day"), oldest first."""
    found = []
    for name in os.listdir(folder):
        if name.endswith(end):
            found.append(int(name[:-4]))
    return sorted(found)


def path(folder, begin, end=".slt"):
    """Where the file that began at `begin` lies."""
    return "%s/%d%s" % (folder, begin, end)


def size(folder, begin, end=".slt"):
    """Bytes of a file."""
    return os.stat(path(folder, begin, end))[6]


def batches(folder, begin):
    """(start, seconds of each row, rows as bytes) of a file's sound batches, in order."""
    with open(path(folder, begin), "rb") as f:
        while True:
            head = f.read(_HEAD_BYTES)
            if len(head) < _HEAD_BYTES:
                return
            check, first, count, each = struct.unpack(HEAD, head)
            rows = f.read(count * _ROW_BYTES)
            if len(rows) < count * _ROW_BYTES or check != crc(rows, crc(head[2:], begin)):
                return
            yield begin + first * SLOT_S, each * SLOT_S, rows


def unpack(rows):
    """The rows of a batch as tuples."""
    for i in range(0, len(rows), _ROW_BYTES):
        yield struct.unpack_from(ROW, rows, i)


def days(folder, begin):
    """(day, values) of a file's sound records of days, in order."""
    with open(path(folder, begin, ".day"), "rb") as f:
        while True:
            record = f.read(DAY_BYTES)
            if len(record) < DAY_BYTES:
                return
            values = struct.unpack(DAY, record)
            if values[0] != crc(record[2:], begin):
                return
            yield values[1], values[2:]
