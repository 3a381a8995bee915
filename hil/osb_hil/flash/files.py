"""The files of a box on a board, its settings apart: which it is to hold, and which it holds."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from osb_hil.boards import Board
from osb_hil.firmware import ROOT, build
from osb_hil.flash import FlashError, disk
from osb_hil.flash.device import PART, Device, Held

OWN = {"config.json", "hub.der", "update.key"}  # what is this box's alone, and is kept
_TOP = {"boot.py", "main.py", "board.json", "pins.json", PART} | OWN
_FOLDERS = {"osb_boot", "slots", "osb_box", "osb_wire"}  # the last two are of a time when files lay there by themselves


class Change(NamedTuple):
    """What is to be done to a board that holds `there`: write `changed`, remove `stale`."""

    changed: dict[str, Path]
    stale: list[str]
    there: dict[str, Held]

    def first(self) -> dict[str, int]:
        """{path: bytes} of what goes before anything is written: littlefs keeps an old file until its new one is whole.

        So what takes much room makes it first.
        """
        old = [path for path in self.changed if path in self.there and path.startswith("slots/")]
        return {path: self.there[path].size for path in self.stale + sorted(old)}


def wanted(name: str, board: Board) -> dict[str, Path]:
    """{path there: file here} of all the board is to hold."""
    extra = ROOT / "build" / f"{name}-board"
    with disk.writing(ROOT / "build"):
        try:
            target = build(board.tier)
        except ValueError as error:
            raise FlashError(f"The firmware cannot be built: {error}. Nothing was written to the board.") from None
        extra.mkdir(parents=True, exist_ok=True)
        (extra / "board.json").write_text(board.for_device())
        (extra / "pins.json").write_text(json.dumps({str(relay.pin): 0 for relay in board.relays}))
    files = {str(path.relative_to(target)): path for path in target.rglob("*") if path.is_file()}
    return files | {path.name: path for path in extra.iterdir()}


def change(device: Device, wanted: dict[str, Path], erased: bool) -> Change:
    """What makes of the board, or of the board once it is erased, one that holds `wanted`."""
    there = {} if erased else device.held(_FOLDERS, _TOP)
    return Change(
        {path: here for path, here in wanted.items() if not _is_there(path, here, there)},
        sorted(set(there) - set(wanted) - OWN),
        there,
    )


def verify(device: Device, wanted: dict[str, Path]) -> None:
    """FlashError if a file does not read back as it is here."""
    there = device.held(_FOLDERS, _TOP)
    wrong = sorted(path for path, here in wanted.items() if not _is_there(path, here, there))
    if wrong:
        raise FlashError(
            f"{wrong[0]} does not read back as it was written: repeat the command, and replace the board if it "
            "happens again."
        )


def _is_there(path: str, here: Path, there: dict[str, Held]) -> bool:
    return path in there and there[path].sha256 == hashlib.sha256(here.read_bytes()).hexdigest()
