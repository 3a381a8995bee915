"""Files of a version: whole and sound, or not there under their names."""

import asyncio
import binascii
import hashlib
import os

from micropython import const

CHUNK = const(512)  # hashed and written at a time: 1 ms and, now and then, the erasing of a sector


class Part:
    """A file that gets its name only once it is whole and sound."""

    def __init__(self, target, size, digest):
        self._target = target
        self._left = size
        self._wanted = digest
        self._digest = hashlib.sha256()
        self._file = open(target + ".part", "wb")

    def put(self, data):
        self._left -= len(data)
        if self._left < 0:
            self.drop()
            raise ValueError("%s is longer than the manifest says" % self._target)
        self._digest.update(data)
        self._file.write(data)

    def drop(self):
        self._file.close()
        remove(self._target + ".part")

    def finish(self, path):
        self._file.close()
        if self._left or binascii.hexlify(self._digest.digest()).decode() != self._wanted:
            remove(self._target + ".part")
            raise ValueError("%s did not arrive as the manifest says" % path)
        os.rename(self._target + ".part", self._target)


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


def make_folders(folder, path):
    for part in path.split("/")[:-1]:
        folder += "/" + part
        try:
            os.mkdir(folder)
        except OSError:
            pass  # it is there


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
