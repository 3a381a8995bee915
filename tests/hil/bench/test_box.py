"""The life of a box's process, on the real VM with a small program in place of the firmware."""

import asyncio
import contextlib
import signal

import pytest

from osb_hil.box import Box, BoxError
from osb_hil.conductor import BenchError, Conductor

CONFIG = {"box_id": "box-01", "web": {"host": "127.0.0.1", "port": 9, "token": "t"}}

# says hello and takes part; ends by itself at a time that is in the file `end`
TAKES_PART = """
import json, os, socket
home = os.getenv("OSB_HOME")
host, port = os.getenv("OSB_BENCH").split(":")
with open(home + "/config.json") as f:
    name = json.load(f)["box_id"]
s = socket.socket()
s.connect(socket.getaddrinfo(host, int(port))[0][-1])
s.write(b"hello %s\\n" % name.encode())
print("up")
while True:
    t = s.readline().split()[1]
    try:
        with open(home + "/end") as f:
            if f.read() == t.decode():
                os.remove(home + "/end")
                break
    except OSError:
        pass
    s.write(b"done %s\\n" % t)
"""


def on_bench(folder, program, talk, patience_s=30.0):
    firmware = folder / "firmware"
    firmware.mkdir()
    (firmware / "main.py").write_text(program)

    async def run():
        conductor = Conductor(patience_s=patience_s)
        await conductor.start()
        box = Box(folder / "box-01", CONFIG, firmware, conductor)
        try:
            async with asyncio.timeout(60):
                return await talk(conductor, box)
        finally:
            await box.kill()
            await conductor.stop()

    return asyncio.run(run())


def log_of(folder):
    return (folder / "box-01" / "box.log").read_text().split()


def test_a_box_starts_with_its_configuration_and_takes_part(tmp_path):
    async def talk(conductor, box):
        await box.start()
        await conductor.advance(1768431600)
        await conductor.advance(1768431660)

    on_bench(tmp_path, TAKES_PART, talk)
    assert log_of(tmp_path) == ["up"]


def test_an_interpreter_that_dies_is_no_reset_of_a_board(tmp_path):
    async def talk(conductor, box):
        await box.start()
        await conductor.advance(1768431600)
        box._process.send_signal(signal.SIGSEGV)
        await conductor.advance(1768431660)

    with pytest.raises(BenchError, match=r"^the interpreter of box-01 died of SIGSEGV; the end of its log: up"):
        on_bench(tmp_path, TAKES_PART, talk)


def test_a_box_that_resets_itself_comes_back_within_the_same_step(tmp_path):
    async def talk(conductor, box):
        await box.start()
        await conductor.advance(1768431600)
        (box.folder / "end").write_text("1768431660")
        await conductor.advance(1768431660)
        return box.starts

    assert on_bench(tmp_path, TAKES_PART, talk) == 2
    assert log_of(tmp_path) == ["up", "up"]


def test_a_box_without_power_holds_nobody_up_until_it_is_back(tmp_path):
    async def talk(conductor, box):
        await box.start()
        await conductor.advance(1768431600)
        await box.kill()
        await conductor.advance(1768431660)
        starts = box.starts
        await box.restart()
        await conductor.advance(1768431720)
        return starts, box.starts

    assert on_bench(tmp_path, TAKES_PART, talk) == (1, 2)


def test_a_box_that_never_comes_up_is_reported_with_its_last_words(tmp_path):
    async def talk(conductor, box):
        await box.start()
        await conductor.advance(1768431600)

    with pytest.raises(BenchError, match=r"^box-01 does not come up; the end of its log: no such key: fuse"):
        on_bench(tmp_path, "print('no such key: fuse')", talk)


def test_a_box_that_does_not_answer_is_named(tmp_path):
    async def talk(conductor, box):
        with contextlib.suppress(BenchError):
            await conductor.advance(1768431600)
        await box.status()

    with pytest.raises(BoxError, match=r"^box-01 GET /api/status: "):
        on_bench(tmp_path, "", talk)
