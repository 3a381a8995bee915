"""A JSON object in one file that is replaced as a whole and never half written. A CRC-32 stands before it."""

import binascii
import json
import os


def load(path):
    """The object saved last, or None if the file is damaged or missing."""
    try:
        with open(path, "rb") as f:
            crc = f.read(9)
            body = f.read()
        if int(crc, 16) == binascii.crc32(body):
            return json.loads(body)
    except (OSError, ValueError):
        pass
    return None


def save(path, value, written):
    """Write `value` unless its CRC-32 is `written`; returns its CRC-32, to be passed next time."""
    work = saving(path, value, written)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def saving(path, value, written):
    """The same as a generator that rests at each `yield`."""
    body = json.dumps(value)
    yield
    body = body.encode()
    crc = binascii.crc32(body)
    if crc != written:
        yield
        with open(path + ".new", "wb") as f:
            yield  # opening has written its name
            f.write(b"%08x\n" % crc)
            f.write(body)
            yield  # closing writes, too
        yield
        os.rename(path + ".new", path)
    return crc
