"""`flash.sh --board pico_w --port /dev/ttyACM0`: from a bare board to a box that shows its page."""

import argparse
import getpass
import importlib.util
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import segno

from osb_hil import boards
from osb_hil.boards import Board
from osb_hil.firmware import ROOT, mpy_cross
from osb_hil.flash import FlashError, account, disk, download, files, image, options, room, settings
from osb_hil.flash import hub as hubs
from osb_hil.flash import port as ports
from osb_hil.flash.device import Device
from osb_hil.flash.erase import erase

_SELF_TEST = """
import sys, osb_boot
from osb_boot import mount, port, slots
slots.flashed(port.home())
mount.mount(slots.path(port.home(), "a", "pack"))
sys.path.insert(0, osb_boot.PLACE)
from osb_box import VERSION, config
try:
    found = config.load("config.json")
    print(VERSION, "is there; its settings are", "complete" if found["devices"] else "those of a new box")
except ValueError as e:
    print("REFUSED", e)
"""


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 2 with one or two sentences on what to do next."""
    asked = options.parse(arguments)
    try:
        _flash(asked)
    except (FlashError, boards.BoardError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _flash(asked: argparse.Namespace) -> None:
    board = boards.load(asked.board, asked.boards)
    if board.port == "unix" and asked.boards == boards.BOARDS:
        raise FlashError("A Linux machine is not flashed: docs/architecture.md says how to start a box there.")
    _tools(asked, board)
    wifi = _wifi(asked)
    hub = hubs.asked(asked.hub, asked.hub_ca, asked.hub_plain)
    key = _update_key(asked.update_key) if asked.update_key else None
    _micropython(asked, board)
    if asked.dry_run and (asked.image or asked.download):
        _unread(asked, board, hub)
        return
    ports.check(asked.port)
    device = Device(asked.port)
    with device.paused(image.BACK_S if asked.image or asked.download else 0):
        done = _write(asked, board, device, wifi, hub, key)
    if done:
        _introduce(*done)


def _write(
    asked: argparse.Namespace,
    board: Board,
    device: Device,
    wifi: tuple[str, str] | None,
    hub: hubs.Hub | None,
    key: Path | None,
) -> tuple[dict[str, Any], bool] | None:
    """The settings there, and whether they are new; None of a dry run."""
    machine = device.ask("sys.implementation._machine")
    if not machine.startswith(board.machine):
        raise FlashError(f"At {asked.port} is a {machine}, which is no {board.name}: look at --board and --port.")
    _is_pinned(device, board)
    wanted = files.wanted(asked.board, board)
    change = files.change(device, wanted, asked.erase)
    kept = _kept(device) if "config.json" in change.there else None
    _suffices(asked, hub, kept)
    _plan(asked, change, len(wanted))
    _say(asked, "make settings with secrets of its own" if kept is None else "keep its settings")
    room.check(device, change.changed, change.first(), asked.erase)
    if asked.dry_run:
        return None
    if asked.erase:
        erase(device)
    try:
        device.remove(list(change.first()))
        device.put(change.changed)
        told = _settings(asked, kept or settings.first(asked.board, board), wifi, hub, key, device, kept is None)
    except FlashError as error:
        raise FlashError(f"{error} Until that has gone well the board may hold no whole version.") from error
    if asked.account:
        _account(asked.account, told)
    files.verify(device, wanted)
    device.stop()
    said = device.run(_SELF_TEST).strip()
    if said.startswith("REFUSED"):
        raise FlashError(f"The box refuses its settings: {said[8:]}")
    print(said + ".")
    return told, kept is None


def _tools(asked: argparse.Namespace, board: Board) -> None:
    """FlashError naming the first tool that is not there."""
    needed = {"mpremote": importlib.util.find_spec("mpremote"), "mpy-cross": mpy_cross()}
    if (asked.image or asked.download) and board.image and board.image.method == "esptool":
        needed["esptool"] = importlib.util.find_spec("esptool")
    for name, found in needed.items():
        if found is None:
            raise FlashError(f"{name} is not installed. Repeat the command after `make clean setup`, which does that.")


def _plan(asked: argparse.Namespace, change: files.Change, of: int) -> None:
    """Say what is done to the board's files."""
    if asked.erase:
        _say(asked, "erase the board's files and settings")
    _say(asked, f"write {len(change.changed)} of {of} files, remove {len(change.stale)}")
    if asked.dry_run:
        for path in sorted(change.changed):
            print("   ", path)


def _unread(asked: argparse.Namespace, board: Board, hub: hubs.Hub | None) -> None:
    """A dry run that puts MicroPython on first: onto an RP2 in boot mode, or an ESP32 that loses all by it."""
    wanted = files.wanted(asked.board, board)
    print("the board cannot be read before MicroPython is on it, so this is for one that holds no files yet:")
    _plan(asked, files.Change(wanted, [], {}), len(wanted))
    if asked.erase or _erases(board):
        _suffices(asked, hub, None)
        _say(asked, "make settings with secrets of its own")
    else:
        _say(asked, "keep its settings if it has any, or make some with secrets of its own")


def _suffices(asked: argparse.Namespace, hub: hubs.Hub | None, kept: dict[str, Any] | None) -> None:
    """FlashError if what is asked for does not go together with the settings that are kept."""
    hubs.check(hub, kept)
    if asked.account and not (hub or (kept or {}).get("hub")):
        raise FlashError("--account is of no use without a hub: add --hub.")


def _kept(device: Device) -> dict[str, Any]:
    """The settings that are on the board."""
    text = device.run("print(open('config.json').read())")
    try:
        return dict(json.loads(text))
    except (TypeError, ValueError) as error:
        raise FlashError(
            f"The settings on the board (config.json) are damaged: {error}. Restore a backup on the box's recovery "
            "page, or repeat the command with --erase, which makes new ones."
        ) from None


def _wifi(asked: argparse.Namespace) -> tuple[str, str] | None:
    if not asked.wifi:
        return None
    password = os.environ.get("OSB_WIFI_PASSWORD")
    if password is None:
        if asked.dry_run:
            return asked.wifi, ""
        if not sys.stdin.isatty():
            raise FlashError("The password of the Wi-Fi is missing: set OSB_WIFI_PASSWORD.")
        password = getpass.getpass(f"Password of {asked.wifi}: ")
    if not 8 <= len(password) <= 63:
        raise FlashError("A Wi-Fi password has 8 to 63 characters.")
    return asked.wifi, password


def _micropython(asked: argparse.Namespace, board: Board) -> None:
    """MicroPython onto the board, if that is asked for."""
    if not (asked.image or asked.download):
        if asked.sha256:
            raise FlashError("--sha256 is of no use without an image: add --image or --download.")
        return
    if asked.image and asked.download:
        raise FlashError("--image is a file that is here, --download fetches one: leave one of them out.")
    assert board.image
    what = asked.image.name if asked.image else board.image.name
    _say(asked, f"put {what} onto the board{', which erases all that it holds' if _erases(board) else ''}")
    if asked.dry_run and asked.image:
        image.checked(board.image, str(board.chip), asked.image, asked.sha256)
    elif asked.dry_run:
        download.pinned(board.image, asked.sha256)
    else:
        path = asked.image or download.fetch(board.image, asked.sha256, ROOT / "build" / "images")
        image.install(board, asked.port, path, asked.sha256)


def _erases(board: Board) -> bool:
    """Does putting MicroPython on it take its files with it?"""
    return board.image is not None and board.image.method == "esptool"


def _is_pinned(device: Device, board: Board) -> None:
    """FlashError if the MicroPython there is older than the one that this firmware is made for."""
    if board.image is None:
        return
    *numbers, stage = (*device.ask("list(sys.implementation.version)"), "")[:4]
    pinned = [int(part) for part in board.image.version.split(".")]
    if (numbers, not stage) < (pinned, True):
        there = ".".join(map(str, numbers)) + (f"-{stage}" if stage else "")
        raise FlashError(
            f"At {device.port} is MicroPython {there}, and the box needs {board.image.version}: "
            f"{download.how(board.image)}, and repeat the command with --image and the file."
        )


def _settings(
    asked: argparse.Namespace,
    told: dict[str, Any],
    wifi: tuple[str, str] | None,
    hub: hubs.Hub | None,
    key: Path | None,
    device: Device,
    new: bool,
) -> dict[str, Any]:
    """`told`, the settings there or first ones, with what is asked for; written if they are new or change."""
    if not (new or wifi or hub or key or asked.update_url):
        return told
    told = settings.changed(told, wifi, hub, asked.update_url)
    new_files = {"update.key": key} if key else {}
    # the folder is its owner's alone, as the secrets stay on the board only
    with disk.writing(Path("/tmp")), tempfile.TemporaryDirectory() as folder:
        if hub and hub.ca:
            new_files[hubs.CA] = Path(folder) / hubs.CA
            new_files[hubs.CA].write_bytes(hub.ca)
        new_files["config.json"] = Path(folder) / "config.json"
        new_files["config.json"].write_text(json.dumps(told))
        device.put(new_files)
    return told


def _update_key(path: Path) -> Path:
    try:
        text = path.read_text().strip()
    except (OSError, ValueError) as error:
        raise FlashError(f"{path} cannot be read: give --update-key the .key file of vpp firmware keygen.") from error
    if not re.fullmatch("[89a-f][0-9a-f]{767}", text):
        raise FlashError(f"{path} holds no key of 768 hexadecimal digits: give the .key file of vpp firmware keygen.")
    return path


def _account(path: Path, told: dict[str, Any]) -> None:
    hub = told["hub"]
    try:
        with path.open("a") as f:
            f.write(account.line(hub["user"], hub["password"]) + "\n")
    except OSError as error:
        raise FlashError(f"{path} cannot be written ({error.strerror}): give --account another file.") from error


def _introduce(told: dict[str, Any], new: bool) -> None:
    web = told["web"]
    port = "" if web["port"] == 80 else f":{web['port']}"
    address = f"http://{told['box_id']}.local{port}/"
    print(f"\n{told['box_id']} is ready. Its page: {address}")
    print(f"The code for its label: {web['token']}{'' if new else ' (as before)'}")
    if not told.get("wifi"):
        print("It has no Wi-Fi yet: it opens a network of its own, in which its page asks for yours.")
    segno.make(address, error="m").terminal(compact=True)


def _say(asked: argparse.Namespace, what: str) -> None:
    print(("would " if asked.dry_run else "") + what)


if __name__ == "__main__":
    sys.exit(main())
