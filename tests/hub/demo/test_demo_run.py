"""The whole demo, short: real boxes, broker, store and solver."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from osb_hub.cli import demo

VPP = """
import signal, typer
from osb_hub.cli import demo
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what it starts in the background ignore it
app = typer.Typer()
app.command()(demo.command)
app()
"""


def processes_that_know(folder):
    """Processes whose command or environment names the folder: boxes and bench."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in told and int(process.name) != os.getpid():
            found.append(process.name)
    return found


def test_a_cap_that_shows_nothing_is_a_broken_promise_and_all_else_is_measured(tmp_path):
    import typer

    app = typer.Typer()
    app.command()(demo.command)
    arguments = "--homes 3 --start-hour 17 --hours 1 --cap-kw 100".split()
    result = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "out")])
    assert result.exit_code == 1, result.output
    assert "Broken: cap_kept" in result.output
    told = json.loads((tmp_path / "out" / "report.json").read_text())
    assert told["promises"]["nothing_lost"], told["promise_sentences"]
    assert told["promises"]["meters_agree"], told["promise_sentences"]
    assert (told["homes"], told["slots"]) == (3, 4)
    assert "MicroPython" in told["interpreter"]
    assert told["plans"]["made"] >= 4
    assert told["plan_followed_pct"] is not None
    assert "<svg" in (tmp_path / "out" / "report.html").read_text()
    assert processes_that_know(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for what is left in /proc")
def test_an_interrupted_demo_leaves_no_process_behind(tmp_path):
    arguments = ["--homes", "2", "--hours", "4", "--out", str(tmp_path / "out")]
    with subprocess.Popen([sys.executable, "-c", VPP, *arguments], stderr=subprocess.PIPE, text=True) as vpp:
        deadline = time.monotonic() + 60
        while not list((tmp_path / "out" / "bench").glob("box-*/box.log")):
            assert vpp.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        vpp.send_signal(signal.SIGINT)
        _, told = vpp.communicate(timeout=60)
    assert vpp.returncode == 130
    assert told.strip().splitlines()[-1] == "vpp: stopped; the neighbourhood was switched off."
    assert processes_that_know(tmp_path) == []
