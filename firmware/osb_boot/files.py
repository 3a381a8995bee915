"""Files on the flash: whether one is sound, and how to be rid of it."""

import asyncio
import binascii
import hashlib
import os

from micropython import const

CHUNK = const(512)  # hashed at a time: 1 ms


async def sound(path, size, digest):
    """Is the file there, of that size and digest?"""
    try:
        if os.stat(path)[6] != size:
            return False
        found = hashlib.sha256()
        with open(path, "rb") as f:
            while True:
                data = f.read(CHUNK)
                if not data:
                    break
                found.update(data)
                await asyncio.sleep_ms(0)
    except OSError:
        return False
    return binascii.hexlify(found.digest()).decode() == digest


def remove(path):
    try:
        os.remove(path)
    except OSError:
        pass  # it is not there


def wipe(path):
    """Remove a folder and all in it; what is not there is no fault."""
    try:
        for entry in os.ilistdir(path):
            if entry[1] & 0x4000:
                wipe(path + "/" + entry[0])
            else:
                os.remove(path + "/" + entry[0])
        os.rmdir(path)
    except OSError:
        pass
