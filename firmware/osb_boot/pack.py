"""A pack as a file system that can only be read: all files of a version in one, compressed. It stays in memory, and no
name of a file with it: the bytes `hashes` have the CRC-32 of each path (4 each), those of `folders` folders first.
Files are for reading bytes; nobody can change into its folders.
"""

import binascii
from io import BytesIO

import deflate
from micropython import const

_HEAD = const(16)
_WINDOW = const(10)  # bits: 1 kB of memory while a file is read


class Pack:
    def __init__(self, path, hashes, folders):
        self._path = path
        self._hashes = hashes
        self._folders = folders
        self._ready = {}  # path: content of what was fetched

    def mount(self, *_):
        pass

    umount = mount

    def stat(self, path):
        """As os.stat: file or folder. What a file has in bytes is not known before it is read."""
        return (0x4000 if self._find(path) < self._folders else 0x8000, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    def open(self, path, mode, folder=0):
        if mode[0] != "r":
            raise OSError(30)  # EROFS
        ready = self._ready.pop(path.strip("/"), None)
        if ready is not None:
            return BytesIO(ready)
        at = self._find(path)
        if (at < self._folders) != folder:
            raise OSError(21 - folder)  # EISDIR, ENOTDIR
        f = open(self._path, "rb")
        f.seek(_HEAD + len(self._hashes) + 3 * at)
        f.seek(int.from_bytes(f.read(3), "little"))
        return deflate.DeflateIO(f, deflate.RAW, _WINDOW, True)

    def fetch(self, path):
        """Read a file that is opened soon, once. Two at most wait for it: where a third comes, both are read anew."""
        if len(self._ready) > 1:
            self._ready.clear()
        with self.open(path, "rb") as f:
            self._ready[path] = f.read()

    def drop(self, path):
        """What was fetched is not opened after all, or has been."""
        self._ready.pop(path, None)

    def ilistdir(self, path):
        with self.open(path, "rb", 1) as f:
            while True:
                name = f.readline().decode()[:-1]
                if not name:
                    return
                yield (name[:-1], 0x4000, 0) if name[-1] == "/" else (name, 0x8000, 0)

    def _find(self, path):
        """Which entry it is."""
        wanted = binascii.crc32(path.strip("/").encode()).to_bytes(4, "little")
        at = self._hashes.find(wanted)
        while at & 3:  # these four bytes belong to two neighbours
            if at < 0:
                raise OSError(2)  # ENOENT
            at = self._hashes.find(wanted, at + 1)
        return at // 4
