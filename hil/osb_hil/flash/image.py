"""The file of MicroPython for a board: found, checked, and put onto it."""

import errno
import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

from osb_hil.boards import Board, Image
from osb_hil.flash import FlashError, trouble
from osb_hil.flash import port as ports

_UF2_BLOCK = struct.Struct("<8I")  # of 512 bytes: two magic numbers, flags, address, size, number, how many, family
_UF2_MAGIC = (0x0A324655, 0x9E5D5157)
_UF2_END = 0x0AB16F30
_ESP_MAGIC = 0xE9  # first byte of an application image, and of a boot loader
_ESP_CHIPS = {"esp32": 0, "esp32c3": 5, "esp32s3": 9}  # chip id in the header of an image (esptool's documentation)
_DRIVE_S = 20  # until a board that has its image lets go of its drive
BACK_S = 20  # until its port is there again, and until it answers
_DRIVES = {"RPI-RP2": "rp2040", "RP2350": "rp2350"}  # Board-ID in the INFO_UF2.TXT of a chip's own boot loader
_GONE = (errno.EIO, errno.ENODEV, errno.ENXIO)  # what writing to a drive says that has just gone


def checked(image: Image, chip: str, path: Path, sha256: str | None = None) -> bytes:
    """The bytes of an image that fits the board. FlashError says why a file does not."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FlashError(f"{path} cannot be read ({error.strerror}): give --image the file of {image.name}.") from error
    if not data:
        raise FlashError(f"{path} is empty: download {image.name} {image.version} again.")
    known = sha256 or image.sha256
    if known and hashlib.sha256(data).hexdigest() != known:
        raise FlashError(f"{path} is damaged or another file: its SHA-256 is not {known}. Download it again.")
    if image.method == "uf2":
        _check_uf2(path, data, image)
    else:
        _check_esp(path, data, chip, image)
    return data


def _check_uf2(path: Path, data: bytes, image: Image) -> None:
    if len(data) % 512 or len(data) < 512:
        raise FlashError(f"{path} is no whole UF2 file: download {image.name} again.")
    count = total = 0
    for at in range(0, len(data), 512):
        block = _UF2_BLOCK.unpack_from(data, at)
        if block[:2] != _UF2_MAGIC or struct.unpack_from("<I", data, at + 508)[0] != _UF2_END:
            raise FlashError(f"{path} is no UF2 file, or damaged at byte {at}: download {image.name} again.")
        # blocks of other families are for other chips and are passed over by the boot loader
        if block[7] == image.family:
            count, total = count + 1, block[6]
    if count < total:
        raise FlashError(f"{path} is no whole UF2 file: download {image.name} again.")
    if not total:
        raise FlashError(f"{path} is for another chip (family {block[7]:08x}): this board needs {image.name}.")


def _check_esp(path: Path, data: bytes, chip: str, image: Image) -> None:
    at = 0x1000 if len(data) > 0x1000 and data[0] != _ESP_MAGIC else 0
    if len(data) < at + 24 or data[at] != _ESP_MAGIC:
        raise FlashError(f"{path} is no image for an ESP32: download {image.name} again.")
    found = struct.unpack_from("<H", data, at + 12)[0]
    if found != _ESP_CHIPS[chip]:
        names = {number: name for name, number in _ESP_CHIPS.items()}
        raise FlashError(f"{path} is for {names.get(found, 'another chip')}: this board needs {image.name}.")


def drive() -> Path | None:
    """Where the boot drive of an RP2 board is mounted."""
    for base in (os.environ.get("OSB_BOOT_DRIVE"), "/media", "/run/media", "/Volumes", "/mnt"):
        if base:
            for depth in ("", "*/", "*/*/"):
                for info in Path(base).glob(depth + "INFO_UF2.TXT"):
                    return info.parent
    return None


def install(board: Board, port: str, path: Path, sha256: str | None = None) -> None:
    """Put an image onto the board: by its boot drive, or with esptool. FlashError says what to do next."""
    assert board.image is not None
    assert board.chip is not None
    data = checked(board.image, board.chip, path, sha256)
    if board.image.method == "uf2":
        _by_drive(board, data)
    else:
        ports.check(port)
        _by_esptool(board, port, path)
    ports.wait(port, BACK_S)


def _by_drive(board: Board, data: bytes) -> None:
    assert board.image is not None
    where = drive()
    if where is None:
        raise FlashError(
            "The board is not in boot mode: unplug it, hold its BOOTSEL button while plugging it in, wait for the "
            "drive to appear, and repeat the command."
        )
    found = _chip(where)
    if found and found != board.chip:
        raise FlashError(
            f"{where} is the drive of an {found.upper()}, and {board.name} has an {str(board.chip).upper()}: repeat "
            "the command with the --board for the chip that is there, or with the right board in boot mode."
        )
    if shutil.disk_usage(where).free < len(data):
        raise FlashError(
            f"{where} has no room for the image: is it the board's own drive? Unplug other boards, and set "
            "OSB_BOOT_DRIVE to the right one."
        )
    trouble = None
    try:
        with (where / f"{board.image.name}.uf2").open("wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
    except OSError as error:
        trouble = error
    # the board restarts as soon as it has the last block, so that its drive may go away in the middle of a call
    end = time.monotonic() + (_DRIVE_S if trouble is None or trouble.errno in _GONE else 0)
    while (where / "INFO_UF2.TXT").exists():
        if time.monotonic() > end:
            if trouble:
                raise FlashError(
                    f"{where} cannot be written ({trouble.strerror}): unplug the board, plug it in again with BOOTSEL "
                    "held, mount its drive for writing, and repeat the command."
                )
            raise FlashError(
                f"The board has the image at {where} and does not start it: unplug it, plug it in again with BOOTSEL "
                "held, and repeat the command."
            )
        time.sleep(0.5)


def _chip(where: Path) -> str | None:
    """Whose boot drive it is, None where it does not say so: a maker can have an RP2350 call itself something else."""
    try:
        told = re.search(r"^Board-ID: *(\S+)", (where / "INFO_UF2.TXT").read_text(errors="replace"), re.MULTILINE)
    except OSError:
        return None
    return _DRIVES.get(told[1]) if told else None


def _by_esptool(board: Board, port: str, path: Path) -> None:
    """In one call, which looks at chip and flash before it erases anything."""
    assert board.image is not None
    tool = [sys.executable, "-m", "esptool", "--chip", str(board.chip), "--port", port]
    write = ["write-flash", "--erase-all", hex(board.image.offset or 0), str(path)]
    done = subprocess.run([*tool, *write], capture_output=True, text=True, check=False)
    if done.returncode:
        raise FlashError(trouble.esptool(port, board, done.stderr.strip() or done.stdout))
