"""A rung that is not here is skipped with a sentence that says what would bring it."""

import asyncio
import sys
from types import SimpleNamespace

import pytest

from osb_hil.targets import MissingTarget, pico
from osb_hil.targets.board import BoardTarget
from osb_hil.targets.pico import EmulatedTarget

HERE = "/dev/null"  # a port that is there


def why(call, *arguments, **more):
    async def called():
        found = call(*arguments, **more)
        return await found if asyncio.iscoroutine(found) else found

    with pytest.raises(MissingTarget) as caught:
        asyncio.run(called())
    return str(caught.value)


def test_a_chip_needs_its_image_and_the_emulator(monkeypatch, tmp_path):
    monkeypatch.delenv("PICO_UF2", raising=False)
    assert why(pico.uf2, "pico") == "no MicroPython for the emulated pico: set PICO_UF2 to its UF2 (docs/hil.md)"
    monkeypatch.setenv("PICO_W_UF2", "/nowhere.uf2")
    assert why(pico.uf2, "pico_w") == (
        "PICO_W_UF2 names /nowhere.uf2, where there is no file: set it to the UF2 of MicroPython (docs/hil.md)"
    )
    (tmp_path / "pico.uf2").touch()
    monkeypatch.setenv("PICO_UF2", str(tmp_path / "pico.uf2"))
    monkeypatch.setitem(sys.modules, "rp2040py", None)
    assert why(EmulatedTarget, "pico") == "the emulator is not installed: pip install -e '.[emulator]'"


def test_a_chip_without_a_radio_has_no_page():
    bare = SimpleNamespace(chip=SimpleNamespace(wifi=None))
    assert why(EmulatedTarget.page, bare, "/") == "a Pico without W has no network: take --target pico_w"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"box": None}, "no board: name its USB port with --box=/dev/ttyACM0"),
        ({"box": "/dev/no"}, "no board at /dev/no: plug it in, or name another port with --box"),
        ({"bus": None}, "no RS-485 adapter: name it with --bus=/dev/ttyUSB0 (docs/hil.md)"),
        ({"bus": "/dev/no"}, "no adapter at /dev/no: plug it in, or name another port with --bus"),
        ({"p1": "/dev/no"}, "no adapter at /dev/no: plug it in, or name another port with --p1"),
        (
            {"board": "linux"},
            "Linux machine such as a Raspberry Pi is no board at a USB port: take --target unix for it",
        ),
    ],
)
def test_a_board_needs_its_ports(given, sentence):
    assert why(BoardTarget, **{"box": HERE, "bus": HERE, **given}) == sentence


def test_what_a_board_lacks_beside_its_ports():
    board = BoardTarget(HERE, HERE)
    assert why(board.line, "p1") == "no adapter at the p1 line: name it with --p1=/dev/ttyUSB1 (docs/hil.md)"
    assert why(board.page, "/") == "no network: name the address of the board's page with --page=HOST"
    assert (
        why(board.sensors, [], {})
        == "a real probe shows the temperature it has: take --target pico_w, where one is set"
    )
    small = BoardTarget(HERE, HERE, p1=HERE, board="esp32_c3")
    assert why(small.line, "p1") == "ESP32-C3 DevKitM-1 has no p1 line: take another board with --board"
