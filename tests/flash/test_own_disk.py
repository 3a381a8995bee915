"""The disk of the computer on which flash.sh runs: what is told where it takes nothing, and nothing on the board."""

import re
import tempfile

import pytest
from desk_board import NAME
from nobody import as_nobody

from osb_hil import firmware
from osb_hil.boards import load
from osb_hil.flash import FlashError, files


def test_one_that_is_full(flash, board, tmp_path, monkeypatch):
    monkeypatch.setattr(firmware, "BUILD", tmp_path / "firmware")
    slots = tmp_path / "firmware" / "core" / "slots"
    slots.mkdir(parents=True)
    (slots / "a.pack.part").symlink_to("/dev/full")
    status, _, err = flash()
    assert (status, err) == (
        2,
        f"{firmware.ROOT}/build on this computer cannot be written (No space left on device): make room on its disk, "
        "or move to another one, and repeat the command.\n",
    )
    assert list(board.files.iterdir()) == []


def test_one_that_one_may_not_write(tmp_path, monkeypatch):
    folder = tmp_path / "firmware"
    folder.mkdir(mode=0o555)
    monkeypatch.setattr(firmware, "BUILD", folder)
    with as_nobody(), pytest.raises(FlashError) as caught:
        files.wanted(NAME, load("pico_w"))
    there = f"{firmware.ROOT}/build"
    assert re.match(rf"{folder}\S* on this computer cannot be written \(Permission denied\): ", str(caught.value))
    assert str(caught.value).endswith(f": make {there} yours (sudo chown -R $USER {there}), and repeat the command.")


def test_settings_that_find_no_room_on_this_computer(flash, board, monkeypatch):
    monkeypatch.setattr("osb_hil.flash.files.wanted", lambda *_: {})  # what is written otherwise is shown elsewhere
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    status, _, err = flash()
    assert status == 2
    assert re.match(r"/proc/nowhere/\S+ on this computer cannot be written \(.*\): make room on its disk, or ", err)
    assert list(board.files.iterdir()) == []
