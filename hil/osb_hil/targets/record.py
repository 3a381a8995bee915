"""What a box has written to its flash: readings as its journal holds them, read here without its code.

A record is `<IHIII`, little-endian: CRC-32 of all that follows, bytes of payload, epoch, number, time; then the
payload, JSON rows [point, value, unit, quality]. Files are `outbox/<epoch>-<first number>.seg` (docs/architecture.md).
"""

import json
import struct
import zlib
from typing import Any, NamedTuple

_HEAD = struct.Struct("<IHIII")


class Record(NamedTuple):
    """One pass of a box; `points` is {name: (value, quality)}."""

    epoch: int
    number: int
    t: int
    points: dict[str, tuple[Any, str]]


def records(files: dict[str, bytes]) -> list[Record]:
    """All whole records on a flash, in order; what was cut off in the middle of a write is left out."""
    found = []
    for path in sorted(path for path in files if path.startswith("outbox/") and path.endswith(".seg")):
        data, at = files[path], 0
        while at + _HEAD.size <= len(data):
            crc, size, epoch, number, t = _HEAD.unpack_from(data, at)
            end = at + _HEAD.size + size
            if end > len(data) or zlib.crc32(data[at + 4 : end]) != crc:
                break
            rows = json.loads(data[at + _HEAD.size : end])
            found.append(Record(epoch, number, t, {row[0]: (row[1], row[3]) for row in rows}))
            at = end
    return sorted(found)
