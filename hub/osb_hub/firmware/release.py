"""A release: a manifest, its signature, the pack in the parts it lists, and all in one bundle for the recovery page.

docs/files.md describes the files.
"""

import hashlib
import json
import os
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from osb_hub.errors import InputError
from osb_hub.firmware import keys

_BUILT = "slots/a.pack", "slots/a.manifest"  # of what was built, and later flashed: the pack and the list of its parts
_PACK = b"OSBP\x01"
_MAGIC = b"OSB1"
_MPY = 6


@dataclass(frozen=True)
class Part:
    """A part of a release's pack."""

    size: int
    digest: str


@dataclass(frozen=True)
class Release:
    """What a release folder holds; `key` is the id of the key that signed it."""

    folder: Path
    head: dict[str, Any]
    parts: list[Part]
    key: str


def make(
    built: Path,
    target: Path,
    key: rsa.RSAPrivateKey,
    release: int,
    version: str,
    boards: list[str],
    next_key: str | None = None,
) -> Release:
    """Sign the firmware built in `built` into the new folder `target`. InputError where that cannot be."""
    try:
        pack, listed = [(built / path).read_bytes() for path in _BUILT]
    except OSError as error:
        raise InputError(f"{built}: holds no firmware ({error.filename} cannot be read).") from error
    if target.exists():
        raise InputError(f"{target} exists already; a release is never overwritten.")
    if pack[:5] != _PACK or pack[5] != _MPY:
        raise InputError(f"{built / _BUILT[0]}: is no pack of .mpy version {_MPY}.")
    lines = listed.decode().splitlines()
    parts = [Part(*json.loads(line)) for line in lines[1:]]
    if [part.digest for part in parts] != [_digest(data) for data in _cut(pack, parts)]:
        raise InputError(f"{built / _BUILT[0]}: is not as the manifest beside it says; build it again.")
    about = {"release": release, "version": version, "boards": boards, "next_key": next_key}
    manifest = ("\n".join([json.dumps(json.loads(lines[0]) | about), *lines[1:]]) + "\n").encode()
    signature = keys.sign(key, manifest)
    unfinished = target.with_name(target.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    (unfinished / "app.pack").write_bytes(pack)
    (unfinished / "manifest").write_bytes(manifest)
    (unfinished / "manifest.sig").write_bytes(signature)
    whole = _MAGIC + signature + struct.pack(">I", len(manifest)) + manifest + pack
    (unfinished / "bundle.osb").write_bytes(whole)
    unfinished.rename(target)
    return read(target, keys.modulus(key))


def read(folder: Path, public: str) -> Release:
    """The release in `folder`, every byte of it checked against `public`. InputError names what is wrong."""
    try:
        manifest, signature = (folder / "manifest").read_bytes(), (folder / "manifest.sig").read_bytes()
        pack = (folder / "app.pack").read_bytes()
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be read ({error.strerror}).") from error
    if not keys.signed_by(public, manifest, signature):
        raise InputError(f"{folder}: was not signed with this key ({keys.key_id(public)}), or was changed since.")
    lines = manifest.decode().splitlines()
    head, parts = json.loads(lines[0]), [Part(*json.loads(line)) for line in lines[1:]]
    if hashlib.sha256(pack).hexdigest() != head["sha256"]:
        raise InputError(f"{folder}: app.pack was changed since it was signed.")
    return Release(folder, head, parts, keys.key_id(public))


def _digest(data: bytes) -> str:
    """Half of the SHA-256: it tells parts apart; the whole pack has all of its digest in the manifest."""
    return hashlib.sha256(data).hexdigest()[:32]


def _cut(pack: bytes, parts: list[Part]) -> list[bytes]:
    """The bytes of each part, and what is left of the pack behind the last."""
    found, at = [], 0
    for part in parts:
        found.append(pack[at : at + part.size])
        at += part.size
    return [*found, pack[at:]] if at < len(pack) else found


def publish(release: Release, site: Path) -> Path:
    """Copy a release into the folder that a web server offers; its manifest comes last, in one step.

    Boxes that have this key find it at `<key id>/manifest`. InputError where a newer one is there.
    """
    place = site / release.key
    (site / "parts").mkdir(parents=True, exist_ok=True)
    place.mkdir(exist_ok=True)
    there = _published(place)
    if there >= release.head["release"]:
        raise InputError(
            f"{place}: release {there} is published there; release {release.head['release']} must be higher."
        )
    pack = (release.folder / "app.pack").read_bytes()
    for part, data in zip(release.parts, _cut(pack, release.parts), strict=True):
        target = site / "parts" / part.digest
        if not target.exists():
            _put(data, target)
    manifest = (release.folder / "manifest").read_bytes()
    # one file, so that no box ever sees the signature of another manifest
    _put((release.folder / "manifest.sig").read_bytes() + manifest, place / "manifest")
    return place


def _published(place: Path) -> int:
    try:
        return int(json.loads((place / "manifest").read_bytes()[keys.BITS // 8 :].splitlines()[0])["release"])
    except OSError:
        return 0


def _put(data: bytes, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    part.write_bytes(data)
    os.replace(part, target)
