"""An installer at a box that already has everything: set-up within what the fullest home leaves of a Pico's heap."""

import asyncio
import contextlib

import pytest
from test_whole_box import NAME, START, Hub, bench

from osb_hil.box import BoxError


async def seen(box):
    """What the installer sees; without memory just now, or if the answer ceases, asked again, as the page does."""
    for _ in range(4):
        with contextlib.suppress(BoxError):
            return await box._ask("GET", "/api/setup", None)
        await asyncio.sleep(0.7)
    return await box._ask("GET", "/api/setup", None)


async def scanned(box):
    for _ in range(200):
        scan = (await seen(box))["scan"]
        if not scan["running"]:
            return scan
        await asyncio.sleep(0.1)
    pytest.fail("the scan does not end")


def test_scan_self_test_and_other_settings(tmp_path, broker):
    async def run():
        async with Hub(broker.port), bench(tmp_path, broker) as home:
            await home.step_to(START + 600)
            box = home.box(NAME)
            state = await seen(box)
            assert len(state["profiles"]) > 30
            assert state["hub"] == {"host": "127.0.0.1", "port": box.config["hub"]["port"], "connected": True}
            await box.post("/api/setup", {"scan": "pv"})
            assert [found["profile"] for found in (await scanned(box))["found"]] == ["sunspec_inverter"]
            await box.post("/api/setup", {"self_test": True})
            told = (await seen(box))["self_test"]
            assert [row for row in told if not row["ok"]] == []
            await box.post("/api/setup", {"settings": {"home": {"annual_kwh": 3456}}})
            starts = box.starts
            while box.starts == starts:
                await asyncio.sleep(0.1)
            for t in range(660, 1000, 60):
                await home.step_to(START + t)
            await asyncio.sleep(1)  # the trial looks twice a second of wall time
            assert (await seen(box))["taken_back"] is None
            assert '"annual_kwh": 3456' in (box.folder / "config.json").read_text()
            assert not (box.folder / "config.try").exists()

    asyncio.run(run())


def test_the_installer_sees_it_all_where_memory_is_short(tmp_path, broker):
    """18 kB below the usual heap, as much as two phones and a few hours take; all of it at once would need 36 kB."""

    async def run():
        async with Hub(broker.port), bench(tmp_path, broker, heap="195000") as home:
            await home.step_to(START + 600)
            box = home.box(NAME)
            assert (await box.status())["heap_free"] < 35 * 1024
            for _ in range(5):
                state = await seen(box)
                assert (len(state["profiles"]), len(state["devices"])) == (32, 9)
            assert (await box._ask("GET", "/api/setup?scan", None)) == {"scan": state["scan"]}

    asyncio.run(run())
