"""A version in one file: its files, each compressed, mounted as a file system that can only be read.

The file begins with 16 bytes: "OSBP", format, .mpy version, number of entries (2), CRC-32 of the index (4), 4 spare.
The index has the CRC-32 of each entry's path (4 bytes), then for each entry, and for the end of the file, offset * 2,
plus 1 where it is a folder (3 bytes). An entry is raw deflate; a folder's is its names, each with a newline, those of
folders with a slash before that. All numbers are little endian. No name stays in memory, only the index.
"""

import binascii
import os

import deflate
import vfs
from micropython import const

import osb_boot

_HEAD = const(16)
_WINDOW = const(10)  # bits: 1 kB of memory while a file is read
_FOLDER = const(0x4000)  # as os.stat has it
_FILE = const(0x8000)


class Pack:
    """The pack at `path`; OSError or ValueError where it is not there, damaged or cut short.

    Files are for reading bytes, from their beginning on; nobody can change into its folders.
    """

    def __init__(self, path):
        self._path = path
        with open(path, "rb") as f:
            head = f.read(_HEAD)
            if len(head) < _HEAD or head[:5] != b"OSBP\x01":
                raise ValueError("%s is no pack" % path)
            self._values = 4 * (head[6] | head[7] << 8)  # where the offsets begin in the index
            self._index = f.read(self._values // 4 * 7 + 3)
        if binascii.crc32(self._index) != int.from_bytes(head[8:12], "little"):
            raise ValueError("%s is damaged" % path)
        if self._value(self._values) >> 1 != os.stat(path)[6]:
            raise ValueError("%s is cut short" % path)

    def mount(self, *_):
        pass

    umount = mount

    def stat(self, path):
        """As os.stat; the size is what it takes in the pack."""
        at = self._find(path)
        begin, end = self._value(at), self._value(at + 4)
        return (_FOLDER if begin & 1 else _FILE, 0, 0, 0, 0, 0, (end >> 1) - (begin >> 1), 0, 0, 0)

    def open(self, path, mode):
        if mode not in ("r", "rb"):
            raise OSError(30)  # EROFS
        value = self._value(self._find(path))
        if value & 1:
            raise OSError(21)  # EISDIR
        return self._read(value)

    def ilistdir(self, path):
        value = self._value(self._find(path))
        if not value & 1:
            raise OSError(20)  # ENOTDIR
        with self._read(value) as f:
            while True:
                name = f.readline().decode()[:-1]
                if not name:
                    return
                yield (name[:-1], _FOLDER, 0) if name[-1] == "/" else (name, _FILE, 0)

    def _find(self, path):
        """Where the hash of a path is in the index."""
        wanted = binascii.crc32(path.strip("/").encode()).to_bytes(4, "little")
        at = self._index.find(wanted, 0, self._values)
        while at > 0 and at & 3:  # these four bytes belong to two neighbours
            at = self._index.find(wanted, at + 1, self._values)
        if at < 0:
            raise OSError(2)  # ENOENT
        return at

    def _value(self, at):
        """Offset and kind of the entry whose hash is at `at`."""
        i = self._index
        at = self._values + at // 4 * 3
        return i[at] | i[at + 1] << 8 | i[at + 2] << 16

    def _read(self, value):
        f = open(self._path, "rb")
        f.seek(value >> 1)
        return deflate.DeflateIO(f, deflate.RAW, _WINDOW, True)


def mount(path):
    """Mount the pack at `path` instead of the one that was; OSError or ValueError where it cannot be used."""
    found = Pack(path)
    try:
        vfs.umount(osb_boot.PLACE)
    except OSError:
        pass  # none was
    vfs.mount(found, osb_boot.PLACE)
