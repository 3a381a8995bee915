"""Who held the loop: measured on the real VM with tasks that hold it for a known time."""

import os
import subprocess

import pytest

from osb_hil.budgets.steps import held, with_steps
from osb_hil.firmware import ROOT, micropython

TASKS = """
import asyncio
import osb_steps
from osb_box.supervisor import Supervisor
done = []
def spin(ms):
    end = osb_steps.now_us() + 1000 * ms
    while osb_steps.now_us() < end:
        pass
    done.append(ms)
class Clock:
    def hold(self, name): pass
    def release(self, name): pass
    def feed(self): pass
async def slow(pulse):
    await asyncio.sleep_ms(1)
    spin(100)
    await asyncio.sleep_ms(1000)
async def helper():
    spin(200)
async def quick(pulse):
    pulse.rest()
    await asyncio.sleep_ms(1000)
async def parent(pulse):
    pulse.rest()
    asyncio.create_task(helper())
    await asyncio.sleep_ms(1000)
async def main():
    clock = Clock()
    supervisor = Supervisor(clock, clock)
    for task in (slow, quick, parent):
        supervisor.add(task.__name__, task, 60)
    running = asyncio.create_task(supervisor.run(None))
    while len(done) < 2:
        await asyncio.sleep_ms(10)
    running.cancel()
    print("the end")
asyncio.run(main())
"""


def test_each_task_is_told_how_long_it_held_the_loop_and_its_children_are_its_own(tmp_path):
    for path, content in with_steps(ROOT / "firmware").items():
        (tmp_path / path).write_bytes(content)
    path = os.pathsep.join(map(str, (tmp_path, ROOT / "firmware", ROOT / "wire", ".frozen")))
    environment = {**os.environ, "MICROPYPATH": path}
    done = subprocess.run(
        [*micropython(), "-c", TASKS], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert "the end" in done.stdout, done.stderr
    told = held(done.stdout)
    # of processor time, whatever else the machine does
    assert 100_000 <= told["slow"] < 120_000
    assert 200_000 <= told["parent"] < 220_000
    assert told["quick"] < 20_000


def test_the_worst_step_of_each_task_counts():
    log = [
        "held 5 until 9, 0 of it collecting: cycle: sweep",
        "x",
        "held 700 until 999, 20 of it collecting: cycle: sweep",
        "held 6 until 1007, 0 of it collecting: link",
        "",
    ]
    assert held("\r\n".join(log)) == {"cycle: sweep": 700, "link": 6}


def test_a_firmware_that_starts_in_another_way_is_refused(tmp_path):
    (tmp_path / "main.py").write_text("print('something else')\n")
    with pytest.raises(ValueError, match="does not start the box"):
        with_steps(tmp_path)
