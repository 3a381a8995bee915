"""Installs a signed version into the spare slot, file by file; what is there and sound already is not fetched again.

A manifest is lines of JSON, signed as they are: first {"release", "version", "boards", "mpy", "files", "bytes",
"next_key"}, then for each file [path, bytes, SHA-256 in hexadecimal]. It is checked before anything is overwritten.
"""

import array
import asyncio
import binascii
import hashlib
import json
import os
import sys

from micropython import const

from osb_boot import signature, slots
from osb_boot.files import CHUNK, Part, make_folders, remove, sound

_MANIFEST_BYTES = const(49152)
_LINE_BYTES = const(1200)
_FILE_BYTES = const(131072)
_SPARE_BYTES = const(16384)  # of the flash stay free for the journal


class Refused(ValueError):
    """One sentence: why this version is not installed."""


def trusted(home, record):
    """The public key in force, in hexadecimal; Refused where the board has none."""
    if record["key"]:
        return record["key"]
    try:
        with open(home + "/update.key") as f:
            return f.read().strip()
    except OSError:
        raise Refused("there is no update.key on this box, so no version can be trusted") from None


def key_id(key):
    """What names a key in addresses: 16 digits of the SHA-256 of its bytes."""
    return binascii.hexlify(hashlib.sha256(binascii.unhexlify(key)).digest()[:8]).decode()


class Install:
    """`board` is the configuration's, or None in recovery, where nobody knows it."""

    def __init__(self, home, board):
        self.home = home
        self.board = board
        self.head = None
        self.fetched = 0  # bytes that had to come from outside
        self._new = home + "/slots/manifest.new"

    async def manifest(self, read, signed):
        """Take a manifest from `await read(n)` (b"" at its end) and check it against the signature `signed`."""
        record = slots.load(self.home)
        if record["trial"]:
            raise Refused("release %d is still on trial" % record["trial"]["release"])
        try:
            n = signature.modulus(trusted(self.home, record))
        except ValueError as e:
            raise Refused(str(e)) from None
        try:
            os.mkdir(self.home + "/slots")
        except OSError:
            pass  # it is there
        digest, size = hashlib.sha256(), 0
        with open(self._new, "wb") as f:
            while True:
                part = await read(CHUNK)
                if not part:
                    break
                size += len(part)
                if size > _MANIFEST_BYTES:
                    raise Refused("the manifest exceeds %d bytes" % _MANIFEST_BYTES)
                digest.update(part)
                f.write(part)
                await asyncio.sleep_ms(0)
        work = signature.check(n, digest.digest(), signed)
        while True:
            try:
                next(work)
            except StopIteration as e:
                good = e.value
                break
            await asyncio.sleep_ms(0)
        if not good:
            raise Refused("the signature of the manifest is not that of the update key")
        self._check_head(record)
        await self._check_lines()

    def _check_head(self, record):
        with open(self._new, "rb") as f:
            head = json.loads(f.readline())
        release = head["release"]
        if release < record["floor"]:
            raise Refused("release %d is older than release %d, which ran here" % (release, record["floor"]))
        if release == slots.header(self.home, record["slot"]).get("release"):
            raise Refused("release %d runs already" % release)
        if release == record["bad"]:
            raise Refused("release %d was taken back here before: %s" % (release, record["said"]))
        if self.board and self.board not in head["boards"]:
            raise Refused("release %d is for %s, this is %s" % (release, ", ".join(head["boards"]), self.board))
        mpy = sys.implementation._mpy & 255
        if head["mpy"] != mpy:
            raise Refused("release %d needs .mpy version %d, this interpreter has %d" % (release, head["mpy"], mpy))
        if head.get("next_key"):
            signature.modulus(head["next_key"])
        self.head = head

    async def _check_lines(self):
        count = size = 0
        for path, length, _ in self._lines():
            parts = path.split("/")
            if (
                parts[0] not in ("osb_box", "osb_wire")
                or ".." in parts
                or "" in parts
                or not 0 <= length <= _FILE_BYTES
            ):
                raise Refused("the manifest lists %s of %d bytes" % (path, length))
            count += 1
            size += length
            await asyncio.sleep_ms(0)
        if count != self.head["files"] or size != self.head["bytes"]:
            raise Refused("the manifest says %d files, and lists %d" % (self.head["files"], count))

    def _lines(self):
        """[path, bytes, SHA-256] of each file."""
        with open(self._new, "rb") as f:
            f.readline()
            while True:
                line = f.readline()
                if not line:
                    return
                if len(line) > _LINE_BYTES:
                    raise Refused("the manifest has a line that is too long")
                yield json.loads(line)

    async def files(self, fetch, every=False):
        """Make the spare slot whole. `await fetch(path, bytes, digest, put)` hands a missing file to `put`, in parts.

        `every`: what comes cannot be chosen, so each file is fetched, in the order of the manifest.
        """
        slot = slots.overwrite(self.home)
        folder, current = slots.folder(self.home, slot), slots.folder(self.home, slots.load(self.home)["slot"])
        try:
            os.mkdir(folder)
        except OSError:
            pass  # it is there
        remove(folder + "/manifest")  # from here on it is not whole
        await self._clear(folder)
        self._check_room(folder)
        for path, size, digest in self._lines():
            target = folder + "/" + path
            if not every and await sound(target, size, digest):
                continue
            if not every and await self._copy(current, folder, path, size, digest):
                continue
            make_folders(folder, path)
            part = Part(target, size, digest)
            try:
                await fetch(path, size, digest, part.put)
            except BaseException:
                part.drop()
                raise
            part.finish(path)
            self.fetched += size
        os.rename(self._new, folder + "/manifest")
        return slot

    def activate(self, slot):
        """From the next start on the new version is on trial."""
        slots.activate(self.home, slot, self.head["release"])

    async def _clear(self, folder):
        """Remove what the manifest does not list; paths are compared by CRC-32, as all their names would not fit."""
        listed = array.array("I", [binascii.crc32(line[0].encode()) for line in self._lines()])
        waiting = [""]
        while waiting:
            at = waiting.pop()
            for entry in list(os.ilistdir(folder + "/" + at if at else folder)):
                path = at + "/" + entry[0] if at else entry[0]
                if entry[1] & 0x4000:
                    waiting.append(path)
                elif not _has(listed, binascii.crc32(path.encode())):
                    remove(folder + "/" + path)
                await asyncio.sleep_ms(0)

    def _check_room(self, folder):
        missing = 0
        for path, size, _ in self._lines():
            try:
                held = os.stat(folder + "/" + path)[6]
            except OSError:
                held = 0
            missing += max(0, size - held)
        stat = os.statvfs(self.home or "/")
        free = stat[0] * stat[3]
        if missing + _SPARE_BYTES > free:
            raise Refused("the flash has %d bytes free, and %d are missing" % (free, missing))

    async def _copy(self, current, folder, path, size, digest):
        """A file of the version that runs, if it is the same."""
        try:
            if os.stat(current + "/" + path)[6] != size:
                return False
            make_folders(folder, path)
            part = Part(folder + "/" + path, size, digest)
            with open(current + "/" + path, "rb") as f:
                while True:
                    data = f.read(CHUNK)
                    if not data:
                        break
                    part.put(data)
                    await asyncio.sleep_ms(0)
            part.finish(path)
            return True
        except (OSError, ValueError):
            return False


def _has(numbers, wanted):
    for number in numbers:
        if number == wanted:
            return True
    return False
