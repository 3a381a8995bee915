"""The pack: all files of a version in one, as firmware/osb_boot/pack.py reads it, and the list of its parts.

The parts, of 4 kB at most, are cut where files and folders end, so that most of them are the same in the next version.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from zopfli import zlib as zopfli

from osb_hil.once import once

MPY = 6
PART = 4096
PLAIN = ("boot.py", "main.py", "osb_boot/")  # what starts any version, and lies on the flash as it is
PACK, MANIFEST = "slots/a.pack", "slots/a.manifest"
_HEAD = 16
_WINDOW = 10
_ZLIB_HEAD, _ZLIB_TAIL = 2, 4  # around raw deflate (RFC 1950)
# (level, memory, strategy); the less memory, the shorter the blocks with a code of their own
_WAYS = [(level, memory, strategy) for level in (9, 6) for memory in range(1, 10) for strategy in (0, 1, 4)] + [(0,)]


def flash(tree: dict[str, bytes], version: str) -> dict[str, bytes]:
    """{path: content} of what a board's flash gets of a compiled tree: what starts it, and the pack in slot a."""
    plain = {path: content for path, content in tree.items() if path.startswith(PLAIN)}
    packed, parts = pack({path: content for path, content in tree.items() if path not in plain})
    return {**plain, PACK: packed, MANIFEST: manifest(packed, parts, version)}


def pack(files: dict[str, bytes]) -> tuple[bytes, list[int]]:
    """One file that holds `files`, and the sizes of its parts. ValueError where two paths have the same CRC-32."""
    folders = _folders(files)
    entries = {**files, **folders}
    order = sorted(entries, key=lambda path: (path in files, PurePosixPath(path).parent.as_posix(), path))
    hashes = {path: _hash(path) for path in order}
    _check(hashes, files)
    packed = [once(entries[path], _deflate) for path in order]
    at = _HEAD + 7 * len(order) + 3
    parts = [*_cut(at)]
    values = b""
    places: dict[bytes, int] = {}  # what several files hold lies there once
    stored, within = [], []
    for path, content in zip(order, packed, strict=True):
        place = places.setdefault(content, at)
        values += place.to_bytes(3, "little")
        if place == at:
            stored.append(content)
            within.append(PurePosixPath(path).parent.as_posix() if path in files else "")
            at += len(content)
    values += at.to_bytes(3, "little")
    index = b"".join(hashes[path].to_bytes(4, "little") for path in order) + values
    told = len(folders).to_bytes(2, "little") + bytes(2)
    head = b"OSBP\x01" + bytes([MPY]) + len(order).to_bytes(2, "little")
    head += zlib.crc32(told + index).to_bytes(4, "little") + told
    parts += _parts(within, [len(content) for content in stored])
    return head + index + b"".join(stored), parts


def manifest(packed: bytes, parts: list[int], version: str) -> bytes:
    """What lies beside a pack that has been flashed: as a signed release has it, of release 0, for any board."""
    head = {
        "release": 0,
        "version": version,
        "boards": [],
        "mpy": MPY,
        "bytes": len(packed),
        "sha256": hashlib.sha256(packed).hexdigest(),
        "parts": len(parts),
        "next_key": None,
    }
    lines, at = [json.dumps(head)], 0
    for size in parts:
        lines.append(json.dumps([size, hashlib.sha256(packed[at : at + size]).hexdigest()[:32]]))
        at += size
    return ("\n".join(lines) + "\n").encode()


def _folders(files: dict[str, bytes]) -> dict[str, bytes]:
    """{path: names in it} of all folders, "" the uppermost."""
    names: dict[str, set[str]] = {}
    for path in files:
        name = PurePosixPath(path).name
        for folder in PurePosixPath(path).parents:
            at = "" if folder.as_posix() == "." else folder.as_posix()
            names.setdefault(at, set()).add(name)
            name = folder.name + "/"
    return {folder: "".join(name + "\n" for name in sorted(found)).encode() for folder, found in names.items()}


def _hash(path: str) -> int:
    return zlib.crc32(path.encode())


def _check(hashes: dict[str, int], files: dict[str, bytes]) -> None:
    """No two paths, nor any that an import asks for in vain, have the same hash."""
    known = {number: path for path, number in hashes.items()}
    asked = set(hashes)
    for path in files:
        name = path.rpartition(".")[0]
        asked |= {name, name + ".py", name + ".mpy"}
    for path in sorted(asked):
        other = known.get(_hash(path), path)
        if other != path:
            raise ValueError(f"{path} and {other} have the same CRC-32: call one of them something else")


def _deflate(content: bytes) -> bytes:
    """Raw deflate; what does not shrink is stored, so that its end is known all the same."""
    tried = []
    # zopfli knows no smaller window than 32 kB, and takes long to see that all is one block
    if len(content) <= 1 << _WINDOW:
        tried.append(zopfli.compress(content, blocksplitting=0)[_ZLIB_HEAD:-_ZLIB_TAIL])
    for how in _WAYS:
        squeeze = zlib.compressobj(how[0], zlib.DEFLATED, -_WINDOW, *how[1:])
        tried.append(squeeze.compress(content) + squeeze.flush())
    smallest: bytes = min(tried, key=len)
    return smallest


def _parts(folders: list[str], sizes: list[int]) -> Iterator[int]:
    """Whole files of one folder as far as they go into a part; larger ones are cut."""
    held = 0
    for i, size in enumerate(sizes):
        if held and (held + size > PART or folders[i] != folders[i - 1]):
            yield held
            held = 0
        if size > PART:
            yield from _cut(size)
        else:
            held += size
    if held:
        yield held


def _cut(size: int) -> Iterator[int]:
    while size > 0:
        yield min(size, PART)
        size -= PART
