"""A release: a manifest, its signature, the files it lists, and all of it in one bundle for the recovery page.

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

PACKAGES = ("osb_box", "osb_wire")
_MAGIC = b"OSB1"
_MPY = 6


@dataclass(frozen=True)
class Listed:
    """A file of a release."""

    path: str
    size: int
    digest: str


@dataclass(frozen=True)
class Release:
    """What a release folder holds; `key` is the id of the key that signed it."""

    folder: Path
    head: dict[str, Any]
    files: list[Listed]
    key: str


def make(
    compiled: Path,
    target: Path,
    key: rsa.RSAPrivateKey,
    release: int,
    version: str,
    boards: list[str],
    next_key: str | None = None,
) -> Release:
    """Sign the compiled firmware in `compiled` into the new folder `target`. InputError where that cannot be."""
    paths = sorted(p for name in PACKAGES for p in (compiled / name).rglob("*") if p.is_file())
    if not any(p.name == "app.mpy" for p in paths):
        raise InputError(f"{compiled}: holds no compiled firmware (osb_box/app.mpy is missing).")
    if target.exists():
        raise InputError(f"{target} exists already; a release is never overwritten.")
    contents = {p.relative_to(compiled).as_posix(): p.read_bytes() for p in paths}
    for path, data in contents.items():
        if path.endswith(".mpy") and data[:2] != bytes([ord("M"), _MPY]):
            raise InputError(f"{compiled / path}: is not .mpy of version {_MPY}.")
    head = {
        "release": release,
        "version": version,
        "boards": boards,
        "mpy": _MPY,
        "files": len(contents),
        "bytes": sum(len(data) for data in contents.values()),
        "next_key": next_key,
    }
    lines = [json.dumps(head)]
    lines += [json.dumps([path, len(data), hashlib.sha256(data).hexdigest()]) for path, data in contents.items()]
    manifest = ("\n".join(lines) + "\n").encode()
    signature = keys.sign(key, manifest)
    unfinished = target.with_name(target.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    (unfinished / "files").mkdir(parents=True)
    for data in contents.values():
        (unfinished / "files" / hashlib.sha256(data).hexdigest()).write_bytes(data)
    (unfinished / "manifest").write_bytes(manifest)
    (unfinished / "manifest.sig").write_bytes(signature)
    whole = _MAGIC + signature + struct.pack(">I", len(manifest)) + manifest + b"".join(contents.values())
    (unfinished / "bundle.osb").write_bytes(whole)
    unfinished.rename(target)
    return read(target, keys.modulus(key))


def read(folder: Path, public: str) -> Release:
    """The release in `folder`, every byte of it checked against `public`. InputError names what is wrong."""
    try:
        manifest, signature = (folder / "manifest").read_bytes(), (folder / "manifest.sig").read_bytes()
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be read ({error.strerror}).") from error
    if not keys.signed_by(public, manifest, signature):
        raise InputError(f"{folder}: was not signed with this key ({keys.key_id(public)}), or was changed since.")
    lines = manifest.decode().splitlines()
    head, files = json.loads(lines[0]), [Listed(*json.loads(line)) for line in lines[1:]]
    for file in files:
        try:
            data = (folder / "files" / file.digest).read_bytes()
        except OSError as error:
            raise InputError(f"{folder}: {file.path} is missing ({error.strerror}).") from error
        if hashlib.sha256(data).hexdigest() != file.digest:
            raise InputError(f"{folder}: {file.path} was changed since it was signed.")
    return Release(folder, head, files, keys.key_id(public))


def publish(release: Release, site: Path) -> Path:
    """Copy a release into the folder that a web server offers; its manifest comes last, in one step.

    Boxes that have this key find it at `<key id>/manifest`. InputError where a newer one is there.
    """
    place = site / release.key
    (site / "files").mkdir(parents=True, exist_ok=True)
    place.mkdir(exist_ok=True)
    there = _published(place)
    if there >= release.head["release"]:
        raise InputError(
            f"{place}: release {there} is published there; release {release.head['release']} must be higher."
        )
    for file in release.files:
        target = site / "files" / file.digest
        if not target.exists():
            _put((release.folder / "files" / file.digest).read_bytes(), target)
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
