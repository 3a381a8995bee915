"""Three homes with their boxes on the real VM, a real broker, and a link and a meter that fail on the way."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from osb_hil.installation import TANK_METER
from osb_hil.neighbourhood import Neighbourhood, Plan
from osb_hil.story import Fault

START = 1768489200  # 2026-01-15 16:00 in Brussels
MINUTE = 60
EVERY_MINUTE = [START + MINUTE * n for n in range(31)]


def children(pid):
    """Processes that this one has started."""
    return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


@pytest.fixture
def day(tmp_path, hub_and_port):
    """Run 30 minutes; returns what the hub has, the bench, and truth.json."""
    hub, port = hub_and_port

    async def run(story, meanwhile):
        plan = Plan(tmp_path, 3, 1, START, START + 30 * MINUTE, ZoneInfo("Europe/Brussels"), ("127.0.0.1", port), story)
        events = []
        bench = Neighbourhood(plan, events.append)
        serving = asyncio.create_task(hub.serve(port))
        try:
            await bench.start()
            await meanwhile(bench)
            await bench.step_to(plan.end)
            truth = await bench.finish()
        finally:
            await bench.stop()
            serving.cancel()
        return bench, events, json.loads(truth.read_text())

    async def nothing(bench):
        pass

    return lambda story, meanwhile=nothing: (hub, *asyncio.run(run(story, meanwhile)))


def test_every_minute_of_every_meter_reaches_the_hub(day):
    before = children(os.getpid())
    hub, bench, events, truth = day([])
    assert children(os.getpid()) <= before
    for spec in bench.specs:
        assert hub.times(spec.id) == EVERY_MINUTE
        counters, latest = bench.home(spec.id).counters, hub.latest(spec.id)
        meters = {"grid.import": counters.grid_import_wh, "grid.export": counters.grid_export_wh}
        if spec.heat_pump:
            meters["heat_pump.energy"] = counters.heat_pump_wh
        if spec.tank:
            meters["tank.energy"] = counters.tank_wh
        if spec.ev:
            meters["ev.energy"] = counters.ev_wh
        if spec.battery:
            meters |= {"battery.import": counters.battery_import_wh, "battery.export": counters.battery_export_wh}
        if spec.pv:
            meters["pv.export"] = counters.pv_wh
        for point, wh in meters.items():
            value, quality = latest[point]
            assert quality == "good", (spec.id, point)
            assert value == pytest.approx(wh, abs=5), (spec.id, point)  # a float of 20 MWh tells 2 Wh from 4
    assert [event["t"] for event in events if event["event"] == "slot"] == [START, START + 900]
    for home in truth["homes"]:
        assert "MicroPython" in home["box"]["interpreter"]
        assert (home["box"]["messages"], home["box"]["pending"], home["box"]["dropped"]) == (31, 0, 0)


def test_a_cut_link_delays_and_a_dead_meter_shows_but_nothing_is_lost(day):
    meter = Fault("meter", "box-01", START + 10 * MINUTE, None)
    link = Fault("link", "box-02", START + 5 * MINUTE, START + 15 * MINUTE)
    override = Fault("override", "box-03", START + 3 * MINUTE, START + 18 * MINUTE, 22.0)
    hub, bench, _, truth = day([meter, link, override])
    for spec in bench.specs:
        assert hub.times(spec.id) == EVERY_MINUTE
    assert "15:15 UTC the link was restored" in link.seen
    assert link.seen[-1].endswith("its backlog was empty")
    points = hub.latest("box-01")
    assert points["heat_pump.energy"][1] != "good"
    assert points["tank.energy"][1] == "good"  # its neighbour on the line
    assert override.seen[0].endswith("the household asked for 22.0 °C for 15 min; the box took it")
    assert [fault["kind"] for fault in truth["faults"]] == ["meter", "link", "override"]


def test_a_box_that_loses_power_for_five_minutes_misses_only_those(day):
    async def lose_power(bench):
        await bench.step_to(START + 10 * MINUTE)
        await bench.box("box-02").kill()
        await bench.step_to(START + 15 * MINUTE)
        await bench.box("box-02").restart()

    hub, *_ = day([], lose_power)
    assert hub.times("box-01") == EVERY_MINUTE
    assert hub.times("box-02") == EVERY_MINUTE[:11] + EVERY_MINUTE[16:]


def test_a_meter_that_stutters_is_shown_as_bad_and_not_as_fresh(day):
    async def stutter(bench):
        await bench.step_to(START + 20 * MINUTE)
        bench.line("box-01").stutter(TANK_METER)

    hub, *_ = day([], stutter)
    points = hub.latest("box-01")
    assert points["tank.energy"][1] == "bad"
    assert points["heat_pump.energy"][1] == "good"  # its neighbour on the line


def command(*arguments):
    return [sys.executable, "-m", "osb_hil", "--homes", "1", "--story", "none", *map(str, arguments)]


def test_the_command_tells_how_it_goes_in_json_lines(tmp_path):
    arguments = ("--out", tmp_path / "run", "--start-hour", "16", "--hours", "1")
    done = subprocess.run(command(*arguments), capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    ready, *slots, end = (json.loads(line) for line in done.stdout.splitlines())
    assert (ready["start"], ready["end"]) == (START, START + 3600)
    assert ready["boxes"] == [{"id": "box-01", "feeder": "feeder-1"}]
    assert [slot["t"] for slot in slots] == [START + 900 * n for n in range(4)]
    assert Path(ready["weather"]).read_text().startswith("start,temp_c,ghi_w_m2\n")
    assert json.loads(Path(end["truth"]).read_text())["slots"] == 4
    assert len(Path(end["meters"]).read_text().splitlines()) == 62  # head, start and 60 minutes


def test_a_bench_that_is_told_to_end_leaves_no_box_behind(tmp_path, mosquitto):
    bench = subprocess.Popen(
        command("--out", tmp_path / "run", "--mqtt", f"127.0.0.1:{mosquitto}"), stdout=subprocess.PIPE, text=True
    )
    assert json.loads(bench.stdout.readline())["event"] == "ready"  # and now it waits for a hub
    boxes = children(bench.pid)
    bench.send_signal(signal.SIGTERM)
    bench.communicate(timeout=30)
    assert len(boxes) == 1
    assert not any(Path(f"/proc/{box}").exists() for box in boxes)
