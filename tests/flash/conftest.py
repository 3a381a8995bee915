"""The board on the desk, and the command on it."""

import contextlib
import json
import os
import shutil
import tempfile
import threading
from pathlib import Path

import pytest
from desk_board import NAME, Board
from images import uf2

from osb_hil.boards import BOARDS, load
from osb_hil.flash.__main__ import main
from osb_hil.flash.files import wanted


@pytest.fixture
def board(tmp_path):
    board = Board(tmp_path / "board")
    yield board
    board.close()


@pytest.fixture
def small(tmp_path, monkeypatch):
    """small(blocks) -> a board with a littlefs of so many blocks of 4 kB."""
    with contextlib.ExitStack() as boards:

        def make(blocks):
            monkeypatch.setenv("OSB_FLASH_BLOCKS", str(blocks))
            board = Board(tmp_path / f"small{blocks}", Path(__file__).parent / "small_flash.py")
            boards.callback(board.close)
            return board

        yield make


@pytest.fixture
def flash(tmp_path, board, capsys):
    """flash(*options) -> (exit status, what was printed, what was complained about)."""
    data = json.loads((BOARDS / "pico_w" / "board.json").read_text()) | {"machine": "linux"}
    (tmp_path / "boards" / NAME).mkdir(parents=True)
    (tmp_path / "boards" / NAME / "board.json").write_text(json.dumps(data))

    def run(*options, port=board.port, name=NAME):
        status = main(["--board", name, "--port", port, "--boards", str(tmp_path / "boards"), *options])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def flashed(board):
    """What a first run has put there, settings apart; writing it over the line again would only take time."""
    for path, here in wanted(NAME, load("pico_w")).items():
        (board.files / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(here, board.files / path)


@pytest.fixture
def drive(monkeypatch):
    """A folder where the boot drive would be, which others may see."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    (folder / "INFO_UF2.TXT").write_text("UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: RPI-RP2\n")
    monkeypatch.setenv("OSB_BOOT_DRIVE", str(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def bootloader(drive):
    """What the board does: restarts with the last block, so that its drive goes away."""

    def watch():
        while not stopped.wait(0.05):
            if sum(path.stat().st_size for path in drive.glob("*.uf2")) == len(uf2()):
                (drive / "INFO_UF2.TXT").unlink()
                return

    stopped = threading.Event()
    thread = threading.Thread(target=watch)
    thread.start()
    yield
    stopped.set()
    thread.join()


@pytest.fixture
def esptool(tmp_path, monkeypatch):
    """esptool(says, status, does) stands in for the tool, for want of a board; returns where its calls are written.

    `does` is a command of the shell: what becomes of the board.
    """

    def stand_in(says="", status=0, does="true"):
        folder = tmp_path / "stand-in"
        folder.mkdir()
        (folder / "esptool.py").write_text(
            f"import subprocess, sys\nopen({str(tmp_path / 'calls')!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10))\n"
            f"print({says!r}, file=sys.stderr)\n"
            f"subprocess.run({does!r}, shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
            f"sys.exit({status})\n"
        )
        monkeypatch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
        return tmp_path / "calls"

    return stand_in
