"""What is wrong at the board, and what flash.sh says to do next: real parts where one can go wrong without a board."""

import io
import json
import os
import pty
import re
import subprocess
import threading
import tty

import pytest
from nobody import as_nobody
from talker import talker

from osb_hil.boards import load
from osb_hil.flash import FlashError, device, files
from osb_hil.flash import __main__ as flash_sh
from osb_hil.flash import port as ports
from osb_hil.flash.device import Device

FULL = (
    "The board's file system is full. Remove files of your own from it (mpremote fs ls), or erase it: repeat the "
    "command with --erase, which also forgets its settings."
)
SILENT = (
    "The board at {} does not answer. Unplug it, plug it in again, and repeat the command; if it stays silent, with "
    "--image and the file of MicroPython for this board."
)
NO_REPL = "mpremote: mpremote.transport.TransportError: could not enter raw repl"
FORBIDDEN = (
    "You may not open {}. On Linux add yourself to its group (sudo usermod -aG dialout $USER), log out and in again, "
    "and repeat the command."
)


@pytest.fixture
def line():
    """A serial line: (the end that a board would have, the port's name)."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    yield ours, os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def test_a_port_that_one_may_not_open(line):
    path = line[1]
    os.chmod(path, 0o600 if os.geteuid() == 0 else 0)
    with as_nobody(), pytest.raises(FlashError) as caught:
        ports.check(path)
    assert str(caught.value) == FORBIDDEN.format(path)
    os.chmod(path, 0o600)
    ports.check(path)


def test_a_board_that_is_there_and_says_nothing(flash):
    with talker(lambda _: b"") as url:
        status, _, err = flash(port=url)
    assert (status, err) == (2, f"{SILENT.format(url)} ({NO_REPL})\n")


def test_a_board_that_does_not_come_back(board, monkeypatch):
    monkeypatch.setattr(device, "_RUN_S", 3)
    with pytest.raises(FlashError) as caught:
        Device(board.port).run("while True: pass")
    assert str(caught.value) == SILENT.format(board.port)


def test_something_else_than_micropython(flash):
    with talker(lambda heard: heard + b"\r\nERROR\r\n") as url:  # a modem
        status, _, err = flash(port=url)
    assert status == 2
    assert err == (
        f"Something answers at {url}, but it is not MicroPython. Repeat the command with --image and the file of "
        f"MicroPython for this board. ({NO_REPL})\n"
    )


def test_an_answer_between_which_something_else_prints(board):
    torn = (
        f"What the board answers is torn: close other programs that use {board.port}, unplug the board, plug it in "
        "again, and repeat the command. (The board: "
    )
    with pytest.raises(FlashError) as caught:
        Device(board.port).ask("print('Hello!')")
    assert str(caught.value) == torn + r"'Hello!\nnull')"
    (board.files / "boot.py").write_text("")
    (board.files / "hashlib.py").write_text("print('Hello!')\nfrom uhashlib import *\n")  # somebody's own
    with pytest.raises(FlashError) as caught:
        Device(board.port).held(set(), {"boot.py"})
    assert str(caught.value) == torn + "'Hello!')"


def test_a_board_that_shows_its_port_late(line, tmp_path):
    late = tmp_path / "tty"
    timer = threading.Timer(0.5, late.symlink_to, [line[1]])
    timer.start()
    ports.wait(str(late), 10)
    timer.join()
    with pytest.raises(FlashError, match=r"^/dev/nowhere cannot be opened\. Plug the board in with a cable"):
        ports.wait("/dev/nowhere", 0.1)


def test_a_port_that_one_may_open_a_moment_after_it_is_there(line):
    os.chmod(line[1], 0)
    udev = subprocess.Popen(["sh", "-c", f"sleep 1; chmod 666 {line[1]}"])
    with as_nobody():
        ports.wait(line[1], 10)
    assert udev.wait() == 0


def test_a_file_system_that_gets_full_while_it_is_written(small, tmp_path):
    here = tmp_path / "readings"
    here.write_bytes(os.urandom(9 * 4096))
    with pytest.raises(FlashError) as caught:
        Device(small(8).port).put({"readings": here})
    assert str(caught.value) == FULL + " (mpremote: OSError: 28)"


def test_what_is_interrupted_while_it_is_written_is_the_old_one_still(board, tmp_path, monkeypatch):
    here = tmp_path / "config.json"
    here.write_text('{"box_id": "box-01"}')
    Device(board.port).put({"config.json": here})
    here.write_bytes(os.urandom(9 * 1024))
    monkeypatch.setattr(device, "_CALL", 5000)  # so that it takes several calls of the tool
    works, calls = Device._mpremote, []

    def unplugged(self, *arguments, **how):
        calls.append(arguments)
        if len(calls) == 3:
            raise FlashError("The board went away.")
        return works(self, *arguments, **how)

    monkeypatch.setattr(Device, "_mpremote", unplugged)
    with pytest.raises(FlashError):
        Device(board.port).put({"config.json": here})
    assert (board.files / "config.json").read_text() == '{"box_id": "box-01"}'
    Device(board.port).put({"config.json": here})
    assert (board.files / "config.json").read_bytes() == here.read_bytes()
    assert [path.name for path in board.files.iterdir()] == ["config.json"]


def test_a_board_that_goes_away_in_the_middle_is_told_to_be_unfinished(flash, monkeypatch):
    def unplugged(self, files):
        raise FlashError("The board went away: repeat the command.")

    monkeypatch.setattr(Device, "put", unplugged)
    assert flash()[2] == (
        "The board went away: repeat the command. Until that has gone well the board may hold no whole version.\n"
    )


def test_a_file_system_without_room_is_told_before_anything_is_written(flash, small):
    board = small(32)
    status, _, err = flash(port=board.port)
    assert status == 2
    found = re.fullmatch(
        r"The board's file system has (\d+) kB free and needs (\d+) kB: remove files of your own from it \(mpremote fs "
        r"ls\), or repeat the command with --erase, which also forgets its settings\.\n",
        err,
    )
    assert int(found[1]) <= 32 * 4 < int(found[2])
    assert Device(board.port).ask("os.listdir()") == []


def test_what_does_not_read_back_as_it_was_written(board, tmp_path):
    good = tmp_path / "main.py"
    good.write_text("import osb_box\n")
    (board.files / "main.py").write_text("import osb_bos\n")  # a bit that has not taken
    with pytest.raises(FlashError) as caught:
        files.verify(Device(board.port), {"main.py": good})
    assert str(caught.value) == (
        "main.py does not read back as it was written: repeat the command, and replace the board if it happens again."
    )


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ([1, 24, 1, ""], "1.24.1"),
        ([1, 27, 0, ""], "1.27.0"),
        ([1, 28, 0, "preview"], "1.28.0-preview"),
        ([1, 20, 0], "1.20.0"),  # in those days there were three
        ([1, 28, 0, ""], None),
        ([1, 28, 1, ""], None),
        ([1, 29, 0, "preview"], None),
        ([2, 0, 0, ""], None),
    ],
)
def test_a_micropython_that_is_too_old(version, told):
    class Asked(Device):  # a board answers nothing but this
        def run(self, code):
            assert "list(sys.implementation.version)" in code
            return json.dumps(version)

    if told is None:
        flash_sh._is_pinned(Asked("/dev/ttyACM0"), load("pico_w"))
        return
    with pytest.raises(FlashError) as caught:
        flash_sh._is_pinned(Asked("/dev/ttyACM0"), load("pico_w"))
    assert str(caught.value) == (
        f"At /dev/ttyACM0 is MicroPython {told}, and the box needs 1.28.0: download MicroPython 1.28.0 for RPI_PICO_W "
        "from https://micropython.org/resources/firmware/RPI_PICO_W-20260406-v1.28.0.uf2, and repeat the command with "
        "--image and the file."
    )


def test_an_older_micropython_is_left_as_it_is(flash, board, tmp_path):
    data = tmp_path / "boards" / "desk" / "board.json"
    data.write_text(data.read_text().replace('"1.28.0"', '"99.0.0"'))
    status, _, err = flash()
    assert status == 2
    assert re.match(r"At /dev/\S+ is MicroPython 1\.\d+\.\d+\S*, and the box needs 99\.0\.0: download ", err)
    assert list(board.files.iterdir()) == []


def test_erasing_asks_first_and_keeps_nothing(flash, board, monkeypatch):
    def fill():
        (board.files / "mine" / "deep").mkdir(parents=True, exist_ok=True)
        (board.files / "mine" / "deep" / "diary.txt").write_text("of the household's own")
        (board.files / "config.json").write_text('{"box_id": "box-01"}')

    fill()
    for answer in ("no\n", "", "y\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        status, out, err = flash("--erase")
        assert (status, err) == (2, "Nothing was erased: answer yes, or repeat the command without --erase.\n")
        assert "All that the board at " in out
        assert (board.files / "mine" / "deep" / "diary.txt").exists()
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    monkeypatch.setattr(files, "wanted", lambda *_: {})  # what comes afterwards is shown elsewhere
    status, _, err = flash("--erase")
    assert {p.name for p in board.files.iterdir()} == {"config.json"}  # new ones
    assert json.loads((board.files / "config.json").read_text())["box_id"] != "box-01"


def test_an_account_file_that_cannot_be_written(tmp_path):
    told = {"hub": {"user": "box-01", "password": "secret"}}
    for path, why in ((tmp_path, "Is a directory"), (tmp_path / "none" / "accounts", "No such file or directory")):
        with pytest.raises(FlashError) as caught:
            flash_sh._account(path, told)
        assert str(caught.value) == f"{path} cannot be written ({why}): give --account another file."


def test_files_that_cannot_be_used_are_told_before_anything_is_written(flash, board, tmp_path):
    (tmp_path / "no.key").write_text("secret")
    for option, file in (("--update-key", "no.key"), ("--account", "accounts")):  # that without a hub
        assert flash(option, str(tmp_path / file))[0] == 2
        assert list(board.files.iterdir()) == []


def test_a_key_that_cannot_be_read(tmp_path):
    with pytest.raises(FlashError) as caught:
        flash_sh._update_key(tmp_path / "none")
    assert (
        str(caught.value) == f"{tmp_path}/none cannot be read: give --update-key the .key file of vpp firmware keygen."
    )
