"""`flash.sh --board pico_w --port /dev/ttyACM0`: from a bare board to a box that shows its page."""

import argparse
import getpass
import hashlib
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
from osb_hil.firmware import ROOT, build, mpy_cross
from osb_hil.flash import FlashError, account, download, image, room, settings
from osb_hil.flash import hub as hubs
from osb_hil.flash import port as ports
from osb_hil.flash.device import PART, Device
from osb_hil.flash.erase import erase

OWN = {"config.json", "hub.der", "update.key"}  # what is this box's alone, and is kept
TOP = {"boot.py", "main.py", "board.json", "pins.json", PART} | OWN
FOLDERS = {"osb_boot", "slots", "osb_box", "osb_wire"}  # the last two are of a time when files lay there by themselves
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
    asked = _parse(arguments)
    try:
        _flash(asked)
    except (FlashError, boards.BoardError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="flash.sh", description="Put the box onto a board. A second run updates it and keeps its settings."
    )
    parser.add_argument("--board", required=True, help="one of " + ", ".join(boards.names()))
    parser.add_argument("--port", required=True, help="its serial port, such as /dev/ttyACM0")
    parser.add_argument("--wifi", metavar="SSID", help="join this network; the password is asked, or OSB_WIFI_PASSWORD")
    parser.add_argument("--hub", metavar="HOST[:PORT]", help="enrol at this hub (port 8883; 1883 if plain)")
    parser.add_argument("--hub-ca", type=Path, metavar="FILE", help="certificate of the hub's authority (TLS)")
    parser.add_argument("--hub-plain", action="store_true", help="no TLS, for a bench: anybody can read the password")
    parser.add_argument(
        "--account",
        type=Path,
        metavar="FILE",
        help="append its account for `vpp broker admit` here (no plain password)",
    )
    parser.add_argument(
        "--update-key", type=Path, metavar="FILE", help="it believes versions signed by this key (.key)"
    )
    parser.add_argument("--update-url", metavar="URL", help="where it looks for signed versions, once a day")
    parser.add_argument("--image", type=Path, metavar="FILE", help="put this MicroPython onto the board first")
    parser.add_argument("--download", action="store_true", help="download the pinned MicroPython, and put that on it")
    parser.add_argument("--sha256", help="what the image's SHA-256 must be")
    parser.add_argument("--erase", action="store_true", help="erase its files and settings first, after asking")
    parser.add_argument("--boards", type=Path, default=boards.BOARDS, help=argparse.SUPPRESS)
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    return parser.parse_args(arguments)


def _flash(asked: argparse.Namespace) -> None:
    board = boards.load(asked.board, asked.boards)
    if board.port == "unix" and asked.boards == boards.BOARDS:
        raise FlashError("A Linux machine is not flashed: docs/architecture.md says how to start a box there.")
    _tools(asked, board)
    wifi = _wifi(asked)
    hub = hubs.asked(asked.hub, asked.hub_ca, asked.hub_plain)
    key = _update_key(asked.update_key) if asked.update_key else None
    _micropython(asked, board)
    ports.check(asked.port)
    device = Device(asked.port)
    with device.paused():
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
    if asked.erase:
        _say(asked, "erase the board's files and settings")
        if not asked.dry_run:
            erase(device)
    wanted = _wanted(asked.board, board)
    there = device.held(FOLDERS, TOP)
    changed = {path: here for path, here in wanted.items() if path not in there or there[path].sha256 != _sha(here)}
    stale = sorted(set(there) - set(wanted) - OWN)
    _say(asked, f"write {len(changed)} of {len(wanted)} files, remove {len(stale)}")
    new = "config.json" not in there
    kept = None if new else _kept(device)
    hubs.check(hub, kept)
    if asked.account and not (hub or (kept or {}).get("hub")):
        raise FlashError("--account is of no use without a hub: add --hub.")
    _say(asked, "make settings with secrets of its own" if new else "keep its settings")
    if asked.dry_run:
        for path in sorted(changed):
            print("   ", path)
        return None
    # littlefs keeps the old content of a file until the new one is whole: what takes much room goes first
    first = stale + sorted(path for path in changed if path in there and path.startswith("slots/"))
    room.check(device, changed, {path: there[path].size for path in first})
    try:
        device.remove(first)
        device.put(changed)
        told = _settings(asked, kept or settings.first(asked.board, board), wifi, hub, key, device, new)
    except FlashError as error:
        raise FlashError(f"{error} Until that has gone well the board may hold no whole version.") from error
    if asked.account:
        _account(asked.account, told)
    _verify(device, wanted)
    device.stop()
    said = device.run(_SELF_TEST).strip()
    if said.startswith("REFUSED"):
        raise FlashError(f"The box refuses its settings: {said[8:]}")
    print(said + ".")
    return told, new


def _tools(asked: argparse.Namespace, board: Board) -> None:
    """FlashError naming the first tool that is not there."""
    needed = {"mpremote": importlib.util.find_spec("mpremote"), "mpy-cross": mpy_cross()}
    if (asked.image or asked.download) and board.image and board.image.method == "esptool":
        needed["esptool"] = importlib.util.find_spec("esptool")
    for name, found in needed.items():
        if found is None:
            raise FlashError(f"{name} is not installed. Repeat the command after `make clean setup`, which does that.")


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
    _say(asked, f"put {asked.image.name if asked.image else board.image.name} onto the board")
    if not asked.dry_run:
        path = asked.image or download.fetch(board.image, asked.sha256, ROOT / "build" / "images")
        image.install(board, asked.port, path, asked.sha256)


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


def _wanted(name: str, board: Board) -> dict[str, Path]:
    """{path there: file here} of all the board is to hold, settings apart."""
    try:
        target = build(board.tier)
    except ValueError as error:
        raise FlashError(f"The firmware cannot be built: {error}. Nothing was written to the board.") from None
    extra = ROOT / "build" / f"{name}-board"
    extra.mkdir(parents=True, exist_ok=True)
    (extra / "board.json").write_text(board.for_device())
    (extra / "pins.json").write_text(json.dumps({str(relay.pin): 0 for relay in board.relays}))
    files = {str(path.relative_to(target)): path for path in target.rglob("*") if path.is_file()}
    return files | {path.name: path for path in extra.iterdir()}


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


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
    files = {"update.key": key} if key else {}
    with tempfile.TemporaryDirectory() as folder:  # its owner's alone, as the secrets stay on the board only
        if hub and hub.ca:
            files[hubs.CA] = Path(folder) / hubs.CA
            files[hubs.CA].write_bytes(hub.ca)
        files["config.json"] = Path(folder) / "config.json"
        files["config.json"].write_text(json.dumps(told))
        device.put(files)
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


def _verify(device: Device, wanted: dict[str, Path]) -> None:
    there = device.held(FOLDERS, TOP)
    wrong = sorted(path for path, here in wanted.items() if path not in there or there[path].sha256 != _sha(here))
    if wrong:
        raise FlashError(
            f"{wrong[0]} does not read back as it was written: repeat the command, and replace the board if it "
            "happens again."
        )


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
