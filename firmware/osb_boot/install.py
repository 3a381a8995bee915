"""Installs a signed version into the spare slot, part by part; parts that are there already are not fetched again.

A manifest is lines of JSON, signed as they are: first {"release", "version", "boards", "mpy", "bytes", "sha256",
"parts", "next_key"}, of the pack, then for each of its parts, in their order, [bytes, first half of its SHA-256], in
hexadecimal. It is checked before anything is overwritten.
"""

import asyncio
import binascii
import hashlib
import json
import os
import sys

from micropython import const

from osb_boot import signature, slots
from osb_boot.files import CHUNK, remove, sound

_MANIFEST_BYTES = const(16384)
_PART_BYTES = const(4096)
_PACK_BYTES = const(524288)
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
        count = total = 0
        for _, size, _ in self._parts():
            if not 0 < size <= _PART_BYTES:
                raise Refused("the manifest lists a part of %d bytes" % size)
            count += 1
            total += size
            await asyncio.sleep_ms(0)
        if count != self.head["parts"] or total != self.head["bytes"] or total > _PACK_BYTES:
            raise Refused("the manifest says %d parts, and lists %d" % (self.head["parts"], count))

    def _parts(self):
        """(line, bytes, digest) of each part."""
        with open(self._new, "rb") as f:
            f.readline()
            while True:
                line = f.readline()
                if not line:
                    return
                size, digest = json.loads(line)
                yield line, size, digest

    async def pack(self, fetch, every=False):
        """Make the spare slot whole; returns its name. `await fetch(bytes, digest, put)` hands a part to `put`.

        `every`: what comes cannot be chosen, so each part is fetched, in the order of the manifest.
        """
        slot = slots.overwrite(self.home)
        path, manifest = slots.path(self.home, slot, "pack"), slots.path(self.home, slot, "manifest")
        remove(manifest)  # from here on it is not whole
        part, at = _Part(), 0
        held = await self._held(path, part)
        self._check_room(held)
        with open(path, "ab") as pack:
            for line, size, digest in self._parts():
                part.expect(size)
                if every or (at >= held and not await _copy(self.home, line, digest, part)):
                    part.expect(size)
                    await fetch(size, digest, part.put)
                    self.fetched += size
                if at >= held:
                    if part.digest() != digest:
                        raise Refused("a part of release %d did not arrive as the manifest says" % self.head["release"])
                    part.write(pack)
                at += size
                await asyncio.sleep_ms(0)
        if not await sound(path, self.head["bytes"], self.head["sha256"]):
            remove(path)
            raise Refused("release %d does not read back as it was written" % self.head["release"])
        os.rename(self._new, manifest)
        return slot

    def activate(self, slot):
        """From the next start on the new version is on trial."""
        slots.activate(self.home, slot, self.head["release"])

    async def _held(self, path, part):
        """Bytes of this release that are in the pack already, whole parts; a pack with anything else is removed."""
        try:
            size = os.stat(path)[6]
            with open(path, "rb") as f:
                at = 0
                for _, length, digest in self._parts():
                    if at + length > size:
                        break
                    part.expect(length)
                    part.read(f)
                    if part.digest() != digest:
                        break
                    at += length
                    await asyncio.sleep_ms(0)
            if at == size:
                return at
        except OSError:
            pass  # it is not there
        remove(path)
        return 0

    def _check_room(self, held):
        stat = os.statvfs(self.home or "/")
        free, missing = stat[0] * stat[3], self.head["bytes"] - held
        if missing + _SPARE_BYTES > free:
            raise Refused("the flash has %d bytes free, and %d are missing" % (free, missing))


class _Part:
    """A part in memory: it goes to the flash once it is known to be sound."""

    def __init__(self):
        self._bytes = memoryview(bytearray(_PART_BYTES))

    def expect(self, size):
        self._size, self._at = size, 0

    def put(self, data):
        end = self._at + len(data)
        if end > self._size:
            raise ValueError("a part is longer than the manifest says")
        self._bytes[self._at : end] = data
        self._at = end

    def read(self, file):
        self._at = file.readinto(self._bytes[: self._size])

    def digest(self):
        return binascii.hexlify(hashlib.sha256(self._bytes[: self._at]).digest()[:16]).decode()

    def write(self, file):
        file.write(self._bytes[: self._at])
        file.flush()


async def _copy(home, line, digest, part):
    """Take a part from the version that runs, if it has the same."""
    slot, at = slots.load(home)["slot"], 0
    try:
        with open(slots.path(home, slot, "manifest"), "rb") as f:
            f.readline()
            while True:
                other = f.readline()
                if other == line:
                    break
                if not other:
                    return False
                at += int(other[1 : other.find(b",")])
                await asyncio.sleep_ms(0)
        with open(slots.path(home, slot, "pack"), "rb") as f:
            f.seek(at)
            part.read(f)
        return part.digest() == digest
    except (OSError, ValueError):
        return False
