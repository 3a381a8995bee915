"""The rung of a board (docs/hil.md) on the board of these tests, which takes itself for whatever board is asked for."""

import asyncio
import json
import os
import pty
import re
import subprocess
import sys
import termios
import tty

import pytest

from osb_hil import boards
from osb_hil.firmware import ROOT
from osb_hil.targets import MissingTarget, box
from osb_hil.targets import board as rung


@pytest.fixture
def on_rung(board, tmp_path, monkeypatch):
    """on_rung(name, **how) -> the target; what is here is a board of that name."""

    def make(name="pico_w", **how):
        data = json.loads((boards.BOARDS / name / "board.json").read_text()) | {"machine": "linux"}
        known = boards.Board.model_validate(data)
        monkeypatch.setattr(rung.boards, "load", lambda asked: {name: known}[asked])
        return rung.BoardTarget(board.port, board.port, board=name, **how)

    return make


def test_what_runs_is_looked_at_now_and_then_and_started_again(on_rung, board, monkeypatch):
    async def run():
        target = on_rung()
        target.write({"outbox/1": b"\x00before\xff"})
        assert target.files() == {"outbox/1": b"\x00before\xff"}
        await target.start()
        started = []
        restart = target._device.restart
        monkeypatch.setattr(target._device, "restart", lambda: (started.append(1), restart()))
        (board.files / "outbox" / "1").write_bytes(b"after")
        assert target.files() == {"outbox/1": b"\x00before\xff"}  # left alone
        assert started == []
        monkeypatch.setattr(rung, "LOOK_S", 0.0)
        assert target.files() == {"outbox/1": b"after"}
        assert started == [1]
        await target.stop()
        assert target.files() == {"outbox/1": b"after"}
        assert started == [1]

    asyncio.run(run())


def test_another_board_gets_its_own_firmware_pins_and_settings(on_rung, board):
    target = on_rung("esp32")
    pins = {path: content for path, content in box.firmware(target.board).items() if path.endswith(".json")}
    target.write({**pins, "config.json": json.dumps(box.settings(target)).encode()})
    written = {path.name: json.loads(path.read_text()) for path in board.files.iterdir()}
    assert written["config.json"]["board"] == "esp32"
    assert written["board.json"]["port"] == "esp32"
    assert {line["name"]: line["rx"] for line in written["board.json"]["uarts"]} == {"rs485": 16, "p1": 26}
    assert written["pins.json"] == {"32": 0, "33": 0}


def test_nothing_is_written_to_a_board_that_is_another(board):
    target = rung.BoardTarget(board.port, board.port, board="esp32")
    with pytest.raises(MissingTarget, match=r"is a linux.*, no ESP32 DevKitC \(WROOM-32\): look at --board and --box$"):
        target.write({"board.json": b"{}"})
    assert list(board.files.iterdir()) == []


@pytest.fixture
def adapter():
    """A serial adapter: (the wire's end, its port)."""
    wire, port = pty.openpty()
    tty.setraw(port)
    yield wire, os.ttyname(port)
    os.close(wire)
    os.close(port)


def test_telegrams_go_over_the_adapter_of_the_p1_line_at_its_own_speed(on_rung, adapter):
    wire, port = adapter

    async def run():
        line = on_rung(p1=port).line("p1")(lambda data: None)
        line.write(b"/ISK5\\2M550T-1012\r\n")
        speeds = termios.tcgetattr(wire)[4:6]
        line.close()
        return speeds

    assert asyncio.run(run()) == [termios.B115200] * 2
    assert os.read(wire, 100) == b"/ISK5\\2M550T-1012\r\n"


@pytest.mark.parametrize(
    ("name", "options", "why"),
    [
        ("pico_w", (), r"no adapter at the p1 line: name it with --p1=/dev/ttyUSB1 \(docs/hil\.md\)"),
        ("esp32_c3", (), "ESP32-C3 DevKitM-1 has no p1 line: take another board with --board"),
        ("esp32", ("--p1", "PORT"), "at /dev/.* is a linux.*, no ESP32 DevKitC.*: look at --board and --box"),
    ],
)
def test_the_command_of_the_rig_takes_board_and_p1_line_and_says_what_is_missing(board, adapter, name, options, why):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "tests/hil/rungs/test_telegrams.py"),
            *("--target", "board", "--box", board.port, "--bus", adapter[1], "--board", name),
            *(adapter[1] if option == "PORT" else option for option in options),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert re.search(rf"^SKIPPED .*: {why}$", done.stdout, re.MULTILINE), done.stdout + done.stderr
    assert list(board.files.iterdir()) == []
