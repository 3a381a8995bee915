"""The pinned MicroPython from micropython.org, where its checksum is known."""

import hashlib
import urllib.error
import urllib.request
from pathlib import Path

from osb_hil.boards import Image
from osb_hil.flash import FlashError, disk

SITE = "https://micropython.org"
_WAIT_S = 30


def name(image: Image) -> str | None:
    """Of the file as micropython.org publishes it, None where the day of its release is not known here."""
    suffix = {"uf2": "uf2", "esptool": "bin"}[image.method]
    return f"{image.name}-{image.released}-v{image.version}.{suffix}" if image.released else None


def how(image: Image) -> str:
    """Where people get it."""
    file = name(image)
    where = f"{SITE}/resources/firmware/{file}" if file else f"{SITE}/download/{image.name}/"
    return f"download MicroPython {image.version} for {image.name} from {where}"


def pinned(image: Image, sha256: str | None) -> tuple[str, str]:
    """Name and SHA-256 of the file. FlashError where they are not known."""
    file, known = name(image), sha256 or image.sha256
    if not file or not known:
        raise FlashError(
            f"No checksum of {image.name} {image.version} is known here, so it is not downloaded unseen: {how(image)}, "
            "and repeat the command with --image and the file, or with --download and --sha256."
        )
    return file, known


def fetch(image: Image, sha256: str | None, folder: Path) -> Path:
    """The file, downloaded unless it is in the folder. FlashError without a checksum, or where it is another."""
    file, known = pinned(image, sha256)
    target = folder / file
    if target.exists() and hashlib.sha256(target.read_bytes()).hexdigest() == known:
        return target
    try:
        with urllib.request.urlopen(f"{SITE}/resources/firmware/{file}", timeout=_WAIT_S) as answer:
            data = answer.read()
    except OSError as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise FlashError(
            f"{file} cannot be downloaded ({getattr(error, 'reason', error)}): where there is internet, {how(image)}, "
            "and repeat the command with --image and the file."
        ) from error
    if hashlib.sha256(data).hexdigest() != known:
        raise FlashError(
            f"What came as {file} has another SHA-256 than {known} and was thrown away: repeat the command, and look "
            "at the checksum if it happens again."
        )
    with disk.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return target
