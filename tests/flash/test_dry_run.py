"""`--dry-run`: what the run without it would do or refuse, and nothing done."""

import hashlib
import json
import re

import pytest
from images import esp, uf2

from osb_hil.flash import download
from osb_hil.flash.__main__ import main
from osb_hil.flash.device import Device


def test_it_says_what_it_would_do_and_does_nothing(flash, board):
    status, out, err = flash("--dry-run", "--wifi", "Home")
    assert (status, err) == (0, "")
    assert re.search(r"would write (\d+) of \1 files, remove 0\n", out)
    assert out.endswith("\nwould make settings with secrets of its own\n")
    assert "    slots/a.pack\n" in out
    assert list(board.files.iterdir()) == []


@pytest.mark.usefixtures("flashed")
def test_what_is_to_be_erased_counts_for_nothing(flash, board):
    (board.files / "config.json").write_text('{"box_id": "box-01"}')
    (board.files / "slots" / "b.pack").write_bytes(b"of an older version")
    status, out, err = flash("--dry-run")
    assert (status, err) == (0, "")
    assert re.fullmatch(r"would write 0 of \d+ files, remove 1\nwould keep its settings\n", out)
    status, out, err = flash("--dry-run", "--erase")
    assert (status, err) == (0, "")
    assert re.match(r"would erase the board's files and settings\nwould write (\d+) of \1 files, remove 0\n", out)
    assert out.endswith("\nwould make settings with secrets of its own\n")
    assert (board.files / "config.json").read_text() == '{"box_id": "box-01"}'
    assert flash("--dry-run", "--erase", "--account", "accounts")[2] == (  # that of the settings there would be gone
        "--account is of no use without a hub: add --hub.\n"
    )


def test_a_file_system_without_room_is_told(flash, small):
    board = small(32)
    status, _, err = flash("--dry-run", port=board.port)
    assert status == 2
    assert re.match(r"The board's file system has \d+ kB free and needs \d+ kB: ", err)


def test_room_is_that_of_the_board_once_it_is_erased(flash, small, tmp_path):
    status, _, err = flash("--erase", port=small(32).port)
    assert status == 2
    # 32 blocks of 4 kB, two of which the topmost folder has
    told = re.match(
        r"The board's file system takes 120 kB and the box needs (\d+) kB, so nothing was erased: look at --board", err
    )
    board = small(int(told[1]) // 4 + 6)
    mine = tmp_path / "mine"
    mine.write_bytes(bytes(8 * 4096))
    Device(board.port).put({"mine": mine})
    assert flash("--dry-run", port=board.port)[0] == 2
    assert flash("--dry-run", "--erase", port=board.port)[::2] == (0, "")
    assert Device(board.port).ask("os.listdir()") == ["mine"]


def test_micropython_for_a_board_without_it(flash, board, tmp_path):
    given = tmp_path / "given.uf2"
    given.write_bytes(uf2())
    options = ("--dry-run", "--image", str(given), "--sha256")
    good = hashlib.sha256(uf2()).hexdigest()
    status, out, err = flash(*options, good, port="/dev/nowhere")  # one in boot mode has none
    assert (status, err) == (0, "")
    assert re.match(
        r"would put given\.uf2 onto the board\n"
        r"the board cannot be read before MicroPython is on it, so this is for one that holds no files yet:\n"
        r"would write (\d+) of \1 files, remove 0\n    board\.json\n",
        out,
    )
    assert out.endswith("\nwould keep its settings if it has any, or make some with secrets of its own\n")
    assert flash(*options, "0" * 64)[::2] == (
        2,
        f"{given} is damaged or another file: its SHA-256 is not {'0' * 64}. Download it again.\n",
    )
    given.unlink()
    assert flash(*options, good)[2].startswith(f"{given} cannot be read (No such file or directory): ")
    assert board.life() == ["starts"]  # nobody has stopped what runs there


def test_micropython_that_erases_the_board(tmp_path, capsys):
    given = tmp_path / "given.bin"
    given.write_bytes(esp(0))
    command = ["--board", "esp32", "--port", "/dev/nowhere", "--image", str(given), "--dry-run"]
    assert main(command) == 0
    out = capsys.readouterr().out
    assert out.startswith("would put given.bin onto the board, which erases all that it holds\n")
    assert out.endswith("\nwould make settings with secrets of its own\n")
    assert main([*command, "--hub", "hub.example"]) == 2
    assert capsys.readouterr().err.startswith("The box's password would go out in clear: ")


def test_nothing_is_downloaded(flash, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "SITE", "http://127.0.0.1:1")
    status, out, err = flash("--dry-run", "--download", "--sha256", "0" * 64)
    assert (status, err) == (0, "")
    assert out.startswith("would put RPI_PICO_W onto the board\n")
    data = tmp_path / "boards" / "desk" / "board.json"
    told = json.loads(data.read_text())
    told["image"]["sha256"] = None
    data.write_text(json.dumps(told))
    assert flash("--dry-run", "--download")[2].startswith("No checksum of RPI_PICO_W 1.28.0 is known here, ")
