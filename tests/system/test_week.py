"""Days in a row on the real VM with a Pico's heap: nothing grows, no task dies, nothing is lost."""

import asyncio
import json

import pytest

from rig import NOON, backlog_gone, needs_mosquitto, recorded, street

HOUR = 3600
LESS_BYTES = 2048  # that a box may have free after days: what it learns fills tables that are there from the beginning


async def _lives(folder, hours, every_h):
    """Free heap of both boxes, at the beginning and every so many hours; then what the hub has of them."""
    free = {"box-01": [], "box-02": []}
    async with street(folder, homes=2, days=1 + hours // 24) as (bench, hub, _):
        for hour in range(1, hours + 1):
            await bench.step_to(NOON + hour * HOUR)
            if hour % every_h and hour != 1:
                continue
            for name, series in free.items():
                box = bench.box(name)
                status = await box._ask("GET", "/api/status?heap=1", None)
                assert status["errors"] == {"tasks": {}, "stages": {}}, (hour, name)
                assert status["link"]["connected"], (hour, name)
                assert box.starts == 1
                series.append((status["heap_free"], status["heap_largest"]))
        await backlog_gone(bench, list(free))
        for name in free:
            (numbers,) = recorded(hub, name).values()
            assert numbers == list(range(1, 60 * hours + 2)), "lost or doubled"
    return free


@needs_mosquitto
@pytest.mark.parametrize(
    ("hours", "every_h"),
    [(2, 1), pytest.param(168, 6, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])],
    ids=["two hours", "a week"],
)
def test_nothing_grows_and_nothing_dies(tmp_path, record_property, hours, every_h):
    free = asyncio.run(_lives(tmp_path, hours, every_h))
    for name, series in free.items():
        bytes_free = [free for free, _ in series]
        print(f"{name}: {bytes_free[0]} B free after an hour, {min(bytes_free)} at least, {bytes_free[-1]} at the end")
        assert bytes_free[-1] > bytes_free[0] - LESS_BYTES, json.dumps(series)
        record_property(name, series)
