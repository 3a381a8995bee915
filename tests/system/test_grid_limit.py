"""A grid operator's limit from the command to the devices, on a real broker, hub and box, and what it survives."""

import asyncio
import dataclasses

import osb_hil.neighbourhood
from osb_hil.mix import neighbourhood
from osb_hub.control import home_limits
from osb_hub.store.database import Database
from rig import backlog_gone, needs_mosquitto, street

START = 1768431600 + 17 * 3600 + 900  # 2026-01-15 17:15 in Brussels
MINUTE = 60
NAME = "box-01"
LIMIT_W = 7000  # the heat pump's 1940 W leave three phases of 7 A for the car
FAIL_SAFE_W = 4200  # they leave less than 6 A
SLACK_W = 60  # what the meters of four devices may be off
DEVICES = ("heat_pump", "tank", "ev", "battery")


def drawn(hub, t):
    """W that the devices drew from the grid at `t`, as their meters told the hub; what the battery gives is not."""
    query = "select point, value from reading where box = ? and t = ? and quality = 'good'"
    rows = dict(hub.ask(query, NAME, t))
    assert "ev.power" in rows
    return sum(rows.get(f"{role}.power", 0) for role in DEVICES)


def tell(hub, t, power_w):
    """What `vpp limits dim` does, in bench time."""
    database = Database(hub.environment["OSB_HUB_DATABASE"])
    with database.write() as connection:
        home_limits.tell(connection, NAME, t, power_w, None, "the grid operator relieves this street", FAIL_SAFE_W)
    database.close()


def said(hub):
    return [row[0] for row in hub.ask("select state from home_limit_reply where box = ? order by id", NAME)]


async def reasons(bench):
    actuators = (await bench.box(NAME).status())["control"]["actuators"]
    return {role: what["reason"] for role, what in actuators.items()}


@needs_mosquitto
def test_a_limit_holds_within_a_step_and_survives_hub_and_box(tmp_path, monkeypatch):
    fullest = max(neighbourhood(12, 1), key=lambda spec: (len(spec.has), spec.grid_meter != "p1"))
    monkeypatch.setattr(
        osb_hil.neighbourhood, "neighbourhood", lambda homes, seed: [dataclasses.replace(fullest, id=NAME)]
    )

    async def run():
        async with street(tmp_path, homes=1, start=START) as (bench, hub, _):
            at = START + 15 * MINUTE
            bench.homes[0].state.car.wh = 5000.0  # it has come home empty
            await bench.step_to(START + 8 * MINUTE)
            await bench.box(NAME).post("/api/car", {"km": 250, "by": at + 3 * 3600})
            await bench.box(NAME).post("/api/override", {"target_mc": 23500, "minutes": 120})
            await bench.step_to(at)
            assert drawn(hub, at) > LIMIT_W + 1000, "the test needs a home that draws more than the limit"

            tell(hub, at, LIMIT_W)
            await bench.step_to(at + MINUTE)  # the hub says it at the end of this step, and the box obeys within it
            await bench.step_to(at + 2 * MINUTE)
            for minute in range(2, 6):
                await bench.step_to(at + minute * MINUTE)
                assert drawn(hub, at + minute * MINUTE) <= LIMIT_W + SLACK_W
            assert "the grid operator allows no more for now" in (await reasons(bench)).values()
            (home,) = hub.vpp("limits", "homes")
            assert (home["follows"], home["in_force"]["power_w"]) == ("yes", LIMIT_W)

            # the household wants it warm and the car full: the heat pump has what it wants, the car has the rest
            rows = dict(hub.ask("select point, value from reading where box = ? and t = ?", NAME, at + 5 * MINUTE))
            assert rows["heat_pump.power"] > 1900
            assert 4700 < rows["ev.power"] < 4900
            await bench.step_to(at + 7 * MINUTE)

            hub.kill()
            await bench.step_to(at + 11 * MINUTE)
            lost = "the grid operator's signal is lost: no more than is safe"
            assert lost in (await reasons(bench)).values()
            # nor does the box forget it when the power fails
            await bench.box(NAME).restart()
            await bench.step_to(at + 13 * MINUTE)
            assert lost in (await reasons(bench)).values()

            await hub.start()
            await bench.step_to(at + 16 * MINUTE)
            await backlog_gone(bench, [NAME])
            assert drawn(hub, at + 16 * MINUTE) <= LIMIT_W + SLACK_W
            assert said(hub)[0] == said(hub)[-1] == "limited"
            for minute in range(11, 15):
                values = hub.ask("select count(*) from reading where box = ? and t = ?", NAME, at + minute * MINUTE)
                if values[0][0]:
                    assert drawn(hub, at + minute * MINUTE) <= FAIL_SAFE_W + SLACK_W

            tell(hub, at + 16 * MINUTE, None)
            await bench.step_to(at + 24 * MINUTE)
            assert said(hub)[-1] == "unlimited"
            assert drawn(hub, at + 24 * MINUTE) > LIMIT_W
            status = await bench.box(NAME).status()
            print(f"free heap under a limit {status['heap_free']} B")
            assert status["errors"] == {"tasks": {}, "stages": {}}
            assert status["link"]["refused"] == 0

    asyncio.run(run())
