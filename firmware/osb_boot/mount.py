"""Mounts a pack once its index is known to be sound. The format: docs/files.md. Needed at the start only."""

import binascii
import os

import vfs
from micropython import const

import osb_boot
from osb_boot.pack import Pack

_HEAD = const(16)


def mount(path):
    """Mount the pack at `path` instead of the one that was; OSError or ValueError where it cannot be used."""
    found = checked(path)
    try:
        vfs.umount(osb_boot.PLACE)
    except OSError:
        pass  # none was
    vfs.mount(found, osb_boot.PLACE)
    osb_boot.mounted = found


def checked(path):
    """The pack at `path`; OSError or ValueError where it is not there, damaged or cut short."""
    with open(path, "rb") as f:
        head = f.read(_HEAD)
        if len(head) < _HEAD or head[:5] != b"OSBP\x01":
            raise ValueError("%s is no pack" % path)
        count = head[6] | head[7] << 8
        hashes = f.read(4 * count)
        values = f.read(3 * count + 3)
    if binascii.crc32(values, binascii.crc32(hashes, binascii.crc32(head[12:]))) != int.from_bytes(
        head[8:12], "little"
    ):
        raise ValueError("%s is damaged" % path)
    if int.from_bytes(values[-3:], "little") != os.stat(path)[6]:
        raise ValueError("%s is cut short" % path)
    return Pack(path, hashes, head[12] | head[13] << 8)
