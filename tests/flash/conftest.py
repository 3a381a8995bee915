"""The board on the desk, and the command on it."""

import json

import pytest
from desk_board import Board

from osb_hil.boards import BOARDS
from osb_hil.flash.__main__ import main

NAME = "desk"


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
