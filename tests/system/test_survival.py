"""Broker, hub and boxes die in the middle of things; every reading is stored once and no one else is disturbed."""

import asyncio

from rig import NOON, backlog_gone, needs_mosquitto, recorded, street

MINUTE = 60


def exactly_once(hub, name, status, epochs=1):
    stored = recorded(hub, name)
    assert len(stored) == epochs
    for numbers in stored.values():
        assert numbers == list(range(1, len(numbers) + 1)), "lost or doubled"
    assert len(stored[max(stored)]) == status["outbox"]["messages"]
    assert status["outbox"]["dropped"] == 0
    # one record a minute, and each at its own minute
    times = [t for (t,) in hub.ask("select t from message where box = ? order by t", name)]
    assert len(times) == len(set(times))
    return times


@needs_mosquitto
def test_killed_broker_loses_nothing(tmp_path):
    async def run():
        async with street(tmp_path, homes=2) as (bench, hub, broker):
            await bench.step_to(NOON + 6 * MINUTE)
            broker.kill()
            await bench.step_to(NOON + 12 * MINUTE)
            await broker.start()
            await bench.step_to(NOON + 20 * MINUTE)
            await backlog_gone(bench, ["box-01", "box-02"])
            for name in ("box-01", "box-02"):
                times = exactly_once(hub, name, await bench.box(name).status())
                assert times == list(range(NOON, NOON + 21 * MINUTE, MINUTE))

    asyncio.run(run())


@needs_mosquitto
def test_killed_hub_loses_nothing_and_plans_again(tmp_path):
    async def run():
        async with street(tmp_path, homes=2) as (bench, hub, _):
            await bench.step_to(NOON + 16 * MINUTE)
            hub.kill()
            await bench.step_to(NOON + 22 * MINUTE)
            await hub.start()
            await bench.step_to(NOON + 31 * MINUTE)
            await backlog_gone(bench, ["box-01", "box-02"])
            for name in ("box-01", "box-02"):
                times = exactly_once(hub, name, await bench.box(name).status())
                assert times == list(range(NOON, NOON + 32 * MINUTE, MINUTE))
            planned = {start for (start,) in hub.ask("select start from plan")}
            assert {NOON + 15 * MINUTE, NOON + 30 * MINUTE} <= planned

    asyncio.run(run())


@needs_mosquitto
def test_killed_box_comes_back_and_its_neighbour_notices_nothing(tmp_path):
    async def run():
        async with street(tmp_path, homes=2) as (bench, hub, _):
            await bench.step_to(NOON + 5 * MINUTE)
            # cut off first, so that records wait in its journal when the power fails
            await bench.link("box-01").cut()
            await bench.step_to(NOON + 9 * MINUTE)
            await bench.box("box-01").kill()
            await bench.step_to(NOON + 12 * MINUTE)
            assert {box["id"]: box["state"] for box in hub.vpp("boxes")} == {"box-01": "offline", "box-02": "online"}
            await bench.link("box-01").restore()
            await bench.box("box-01").start()
            await bench.step_to(NOON + 20 * MINUTE)
            await backlog_gone(bench, ["box-01", "box-02"])
            times = exactly_once(hub, "box-01", await bench.box("box-01").status(), epochs=2)
            # what was measured before the cut, what waited in the journal, and what came after the new start
            assert set(range(NOON, NOON + 10 * MINUTE, MINUTE)) <= set(times)
            assert set(range(NOON + 14 * MINUTE, NOON + 21 * MINUTE, MINUTE)) <= set(times)
            assert exactly_once(hub, "box-02", await bench.box("box-02").status()) == list(
                range(NOON, NOON + 21 * MINUTE, MINUTE)
            )

    asyncio.run(run())
