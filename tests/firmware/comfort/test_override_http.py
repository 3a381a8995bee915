"""An override through the page's API of a running box: the heat pump on the bench has it before time goes on."""

import asyncio
import random
from zoneinfo import ZoneInfo

from osb_hil.home.controls import HEAT_PUMP_AUTO
from osb_hil.neighbourhood import Neighbourhood, Plan

START = 1768431600  # 2026-01-15 00:00 in Brussels
MOMENTS = 6


def test_the_heat_pump_obeys_within_the_same_second_at_random_moments(tmp_path):
    chance = random.Random(11)

    async def run():
        bench = Neighbourhood(Plan(tmp_path / "bench", 1, 1, START, START + 7200, ZoneInfo("Europe/Brussels"), None))
        try:
            await bench.start()
            name = bench.specs[0].id
            box, controls = bench.box(name), bench.home(name).controls
            t = START
            for _ in range(MOMENTS):
                t += 60 * chance.randint(1, 10)
                await bench.step_to(t)
                if chance.random() < 0.5:
                    await box.post("/api/comfort", {"holiday": {"until": t + 86400, "mc": 15000}})
                target = 1000 * chance.randint(16, 24)  # this heat pump knows whole degrees
                await box.post("/api/override", {"target_mc": target, "minutes": chance.randint(1, 600)})
                await bench.conductor.settled()  # time has stood still
                assert controls.heat_pump_mode == HEAT_PUMP_AUTO
                assert controls.heat_pump_setpoint_c == target / 1000, (t, target)
                assert (await box.status())["control"]["override"]["target_mc"] == target
                if chance.random() < 0.3:
                    await box.post("/api/override", {"target_mc": target, "minutes": 0})
            assert (await box.status())["errors"] == {"tasks": {}, "stages": {}}
        finally:
            await bench.stop()

    asyncio.run(run())
