"""An installer at a box that already has everything: set-up within what the fullest home leaves of a Pico's heap."""

import asyncio

import pytest
from test_whole_box import NAME, START, Hub, bench, fullest_home

from osb_hil.box import RefusedError

__all__ = ["fullest_home"]


async def scanned(box):
    for _ in range(200):
        try:
            state = await box._ask("GET", "/api/setup", None)
        except RefusedError:  # no memory just now: the page asks again, too
            continue
        if not state["scan"]["running"]:
            return state["scan"]
        await asyncio.sleep(0.1)
    pytest.fail("the scan does not end")


def test_scan_self_test_and_other_settings(tmp_path, broker, fullest_home):
    async def run():
        async with Hub(broker.port), bench(tmp_path, broker) as home:
            await home.step_to(START + 600)
            box = home.box(NAME)
            state = await box._ask("GET", "/api/setup", None)
            assert len(state["profiles"]) > 30
            assert state["hub"] == {"host": "127.0.0.1", "connected": True}
            await box.post("/api/setup", {"scan": "pv"})
            assert [found["profile"] for found in (await scanned(box))["found"]] == ["sunspec_inverter"]
            await box.post("/api/setup", {"self_test": True})
            told = (await box._ask("GET", "/api/setup", None))["self_test"]
            assert [row for row in told if not row["ok"]] == []
            await box.post("/api/setup", {"settings": {"home": {"annual_kwh": 3456}}})
            starts = box.starts
            while box.starts == starts:
                await asyncio.sleep(0.1)
            for t in range(660, 1000, 60):
                await home.step_to(START + t)
            await asyncio.sleep(1)  # the trial looks twice a second of wall time
            assert (await box._ask("GET", "/api/setup", None))["taken_back"] is None
            assert '"annual_kwh": 3456' in (box.folder / "config.json").read_text()
            assert not (box.folder / "config.try").exists()

    asyncio.run(run())
