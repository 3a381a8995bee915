"""A box at home is not left standing still: whatever flash.sh has done or refused to do, it runs again afterwards."""

import io
import json

import pytest

from osb_hil.flash import FlashError
from osb_hil.flash.device import Device

ONCE = ["starts", "stops", "starts"]


def test_it_runs_again_after_a_dry_run(flash, board):
    assert flash("--dry-run")[0] == 0
    assert board.life() == ONCE


@pytest.mark.parametrize(
    ("change", "options", "why"),
    [
        ({"machine": "ESP32C3 module"}, [], "which is no Raspberry Pi Pico W: look at --board and --port."),
        ({"image": {"version": "99.0.0"}}, [], "and the box needs 99.0.0: "),
        ({}, ["--hub", "hub.example"], "The box's password would go out in clear: "),
        ({}, ["--account", "accounts"], "--account is of no use without a hub"),
        ({}, ["--erase"], "Nothing was erased: "),
        ({"config.json": '{"poll_s": 6'}, [], "The settings on the board (config.json) are damaged: "),
    ],
)
def test_it_runs_again_after_a_refusal(flash, board, tmp_path, monkeypatch, change, options, why):
    data = tmp_path / "boards" / "desk" / "board.json"
    told = json.loads(data.read_text())
    for key in change.keys() & told.keys():
        told[key] = told[key] | change[key] if isinstance(change[key], dict) else change[key]
    data.write_text(json.dumps(told))
    if "config.json" in change:
        (board.files / "config.json").write_text(change["config.json"])
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    before = {path: path.read_bytes() for path in board.files.iterdir()}
    status, _, err = flash(*options)
    assert status == 2
    assert why in err
    assert board.life() == ONCE
    assert {path: path.read_bytes() for path in board.files.iterdir()} == before


def test_it_runs_again_after_somebody_has_lost_patience(board):
    with pytest.raises(KeyboardInterrupt), Device(board.port).paused():
        raise KeyboardInterrupt
    assert board.life() == ONCE


def test_one_that_is_gone_is_told_as_what_went_wrong_first(board):
    def unplugged():
        with Device(board.port).paused():
            board.close()
            raise FlashError("The first.")

    with pytest.raises(FlashError, match=r"^The first\.$"):
        unplugged()
    with pytest.raises(FlashError, match=r"^/dev/\S+ cannot be opened|^Another program has /dev/"):
        Device(board.port).restart()
