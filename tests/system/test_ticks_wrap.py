"""A board's `ticks_ms` wraps after 12.4 days: nobody notices."""

import asyncio
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import osb_hil.box
import rig
from osb_hil.firmware import micropython
from osb_hil.neighbourhood import Plan
from rig import NOON, backlog_gone, needs_mosquitto, recorded, street

PERIOD = 1 << 30  # MICROPY_PY_TIME_TICKS_PERIOD of MicroPython's rp2 and esp32 ports
KEEPALIVE_S = 5
AHEAD_MS = 16000  # of the wrap, when the box starts
NAME = "box-01"
IN_ITS_PLACE = """
import os, sys
at = sys.argv.index("-m")
command = [{vm!r}, *sys.argv[1:at], {script!r}]
os.execv(command[0], command)
"""


@needs_mosquitto
@pytest.mark.parametrize(
    "first", [PERIOD - AHEAD_MS, pytest.param(PERIOD // 2 - AHEAD_MS, marks=pytest.mark.soak)], ids=["wrap", "half way"]
)
def test_a_box_whose_ticks_wrap_goes_on(tmp_path, monkeypatch, first):
    (vm,) = micropython()
    starter = tmp_path / "start.py"
    starter.write_text(IN_ITS_PLACE.format(vm=vm, script=str(Path(__file__).with_name("wrapping_ticks.py"))))
    monkeypatch.setattr(osb_hil.box, "micropython", lambda: [sys.executable, str(starter)])
    monkeypatch.setenv("OSB_TICKS", str(first))

    monkeypatch.setattr(rig, "Plan", lambda *plan: replace(Plan(*plan), keepalive_s=KEEPALIVE_S))

    async def run():
        async with street(tmp_path, homes=1) as (bench, hub, _):
            box, minute, began = bench.box(NAME), 0, time.monotonic()

            async def live(minutes):
                nonlocal minute
                for _ in range(minutes):
                    minute += 1
                    await bench.step_to(NOON + 60 * minute)
                    status = await box.status()
                    assert status["errors"] == {"tasks": {}, "stages": {}}, minute
                    assert {row[3] for row in status["points"]} <= {"good", "missing"}, (minute, status["points"])

            await live(5)
            # for longer than the broker waits nothing is said but pings, and the wrap is in it
            assert time.monotonic() < began + AHEAD_MS / 1000, "too slow: the ticks have wrapped already"
            await asyncio.sleep(began + AHEAD_MS / 1000 + 3 * KEEPALIVE_S - time.monotonic())
            await live(5)
            assert box.starts == 1
            await backlog_gone(bench, [NAME])
            (numbers,) = recorded(hub, NAME).values()
            assert numbers == list(range(1, minute + 2))
            return (box.folder / "box.log").read_text().splitlines()

    log = asyncio.run(run())
    assert ("ticks wrapped" in log) == (first > PERIOD // 2)
    assert [line for line in log if line.startswith("hub:")] == ["hub: connected"]
