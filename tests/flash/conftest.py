"""A board at a serial port: the real VM behind a pseudo-terminal, its file system a folder."""

import contextlib
import json
import os
import pty
import subprocess
import termios
import tty
from pathlib import Path

import pytest

from osb_hil.boards import BOARDS
from osb_hil.firmware import micropython
from osb_hil.flash.__main__ import main

REPL = Path(__file__).parent / "raw_repl.py"
NAME = "desk"


class Board:
    """`port` is what flash.sh is given; `files` the folder that is its file system."""

    def __init__(self, files, repl=REPL):
        self.files = files
        files.mkdir()
        master, slave = pty.openpty()
        tty.setraw(slave, termios.TCSANOW)
        self.port = os.ttyname(slave)
        self._ends = master, slave
        self._process = subprocess.Popen(
            [*micropython(), "-X", "heapsize=180k", str(repl)], cwd=files, stdin=master, stdout=master, stderr=master
        )

    def close(self):
        self._process.kill()
        self._process.wait()
        for end in self._ends:
            with contextlib.suppress(OSError):
                os.close(end)


@pytest.fixture
def board(tmp_path):
    board = Board(tmp_path / "board")
    yield board
    board.close()


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
