"""The board on the desk, and the command on it."""

import contextlib
import json
import shutil
from pathlib import Path

import pytest
from desk_board import NAME, Board

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
