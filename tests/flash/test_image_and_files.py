"""`--image` and all that follows: a board without MicroPython gets it, comes back with a port, and is written."""

import json
import re
import threading
import time

import pytest
from images import esp, uf2

from osb_hil.boards import BOARDS, load
from osb_hil.flash import FlashError, image
from osb_hil.flash.device import Device
from osb_hil.flash.image import install


@pytest.fixture
def port(tmp_path):
    """Where the port of a board will be once it runs MicroPython."""
    return tmp_path / "ttyACM0"


@pytest.fixture
def given(tmp_path):
    """given(content) -> a file of it, which is to be put onto the board."""

    def write(content):
        (tmp_path / "given").write_bytes(content)
        return str(tmp_path / "given")

    return write


def is_whole(board, out):
    """The two files that it lacked are there and the others were left; it has settings, and runs."""
    assert re.search(r"^write 2 of \d+ files, remove 0\nmake settings with secrets of its own\n", out, re.MULTILINE)
    assert (board.files / "boot.py").stat().st_size > 0
    assert (board.files / "slots" / "a.manifest").stat().st_size > 0
    box_id = json.loads((board.files / "config.json").read_text())["box_id"]
    assert f"\n{box_id} is ready. Its page: " in out
    assert board.life() == ["starts", "stops", "starts"]


@pytest.fixture
def lacking(board, flashed):
    """All but two files are there, to spare time."""
    (board.files / "boot.py").unlink()
    (board.files / "slots" / "a.manifest").unlink()


@pytest.mark.usefixtures("bootloader", "lacking")
def test_a_board_in_boot_mode_becomes_a_box_in_one_run(flash, board, drive, port, given):
    def comes_up():
        while (drive / "INFO_UF2.TXT").exists():
            time.sleep(0.05)
        time.sleep(1)
        port.symlink_to(board.port)

    thread = threading.Thread(target=comes_up)
    thread.start()
    status, out, err = flash("--image", given(uf2()), port=str(port))
    thread.join()
    assert (status, err) == (0, "")
    assert out.startswith("put given onto the board\n")
    assert (drive / "RPI_PICO_W.uf2").read_bytes() == uf2()
    is_whole(board, out)


@pytest.mark.usefixtures("lacking")
def test_a_port_that_is_gone_after_esptool_is_waited_for(flash, board, port, given, esptool, tmp_path):
    data = tmp_path / "boards" / "desk" / "board.json"
    other = json.loads((BOARDS / "esp32" / "board.json").read_text())
    data.write_text(json.dumps(json.loads(data.read_text()) | {key: other[key] for key in ("chip", "image")}))
    port.symlink_to(board.port)
    calls = esptool(does=f"rm {port}; (sleep 2; ln -s {board.port} {port}) &")
    status, out, err = flash("--image", given(esp(0)), port=str(port))
    assert (status, err) == (0, "")
    assert out.startswith("put given onto the board, which erases all that it holds\n")
    assert len(calls.read_text().splitlines()) == 1
    is_whole(board, out)


def test_a_port_that_does_not_come_back_after_esptool(port, given, esptool, tmp_path, monkeypatch):
    monkeypatch.setattr(image, "BACK_S", 1)
    port.symlink_to("/dev/null")
    esptool(does=f"rm {port}")
    with pytest.raises(
        FlashError, match=rf"^{port} cannot be opened\. Plug the board in with a cable that carries data"
    ):
        install(load("esp32"), str(port), tmp_path / given(esp(0)))


def test_a_board_that_is_just_starting_is_tried_again(board, port):
    threading.Timer(2, port.symlink_to, [board.port]).start()
    Device(str(port)).stop(within_s=20)
    assert board.life(seconds=0) == ["starts", "stops"]
    port.unlink()
    with pytest.raises(FlashError):
        Device(str(port)).stop(within_s=1)
