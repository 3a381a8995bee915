"""The whole hub on a bench: real broker, real store, real planner, lockstep clock, boxes that speak the contract."""

import asyncio
import contextlib

import numpy as np

from osb_hub import service
from osb_hub.control import plans
from osb_hub.prices.series import PriceSeries
from osb_hub.registry.boxes import boxes
from osb_hub.settings import Settings
from osb_hub.store.database import Database
from osb_hub.store.readings import slot_values

MINUTE, SLOT = 60, 900


@contextlib.asynccontextmanager
async def running(settings, **kind):
    task = asyncio.create_task(service.run(settings, **kind))
    try:
        yield task
    finally:
        if not task.done():
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task  # if the hub has failed, that is what the test has to say


async def minute(conductor, all_boxes, t, power=1200):
    """One step as the bench makes it: boxes measure and offer, then the hub."""
    for box in all_boxes:
        box.measure(t, power)
        if t % SLOT == 0:
            await box.offer(t, load_w=power)
        await box.forward()
    for box in all_boxes:
        await box.delivered()
    await conductor.step(t)


def test_a_plan_is_made_told_answered_and_kept_within_a_limit(broker, make_box, make_conductor, tmp_path, t0):
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    seen = []

    async def story(hub):
        # one home of 1.2 kW: the battery has to give 0.7 kW from the second slot on
        hub.announce_limit("feeder-1", t0 + SLOT, t0 + 2 * SLOT, 500, "the grid operator limits this street")

    async def prices(hub):
        hub.load_prices(PriceSeries(t0, np.full(96, 80.0)))

    async def scenario():
        async with broker() as port, make_conductor() as conductor:
            settings = Settings(database=url, mqtt_port=port, bench=conductor.address)
            run = running(settings, at=[(t0, prices), (t0, story)], progress=seen.append)
            async with run as task, make_box(port) as box:
                await conductor.joined.wait()
                await box.hello()
                for t in range(t0, t0 + 2 * SLOT + 1, MINUTE):
                    await minute(conductor, [box], t)
                await conductor.__aexit__()
                await task  # the bench has hung up
                return box.got

    got = asyncio.run(scenario())
    told = [value for kind, value in got if kind == "plan" and value["start"] == t0]
    assert told[0]["slots"] == 12
    assert told[0]["ttl_s"] == 10800
    (battery,) = told[0]["actuators"]
    # 500 W less the margin of 4 % leaves 480 W of 1200 W
    assert battery["power_w"][1] <= -720
    assert [value["kind"] for kind, value in got if kind == "event"] == ["feeder_limit"]
    # told once, and again only if they change: (80 + 160) EUR/MWh and 6 % VAT; 80 less the supplier's 5
    (retail,) = [value for kind, value in got if kind == "prices"]
    assert (retail["start"], retail["buy_eur_mwh"], retail["sell_eur_mwh"]) == (t0, [254] * 96, [75] * 96)
    database = Database(url)
    with database.read() as connection:
        values = slot_values(connection, "box-01", t0, t0 + 2 * SLOT, ["grid.import", "grid.power"])
        assert [(v.point, v.start, v.value, v.completeness) for v in values] == [
            ("grid.import", t0, 300, 1.0),
            ("grid.import", t0 + SLOT, 300, 1.0),
            ("grid.power", t0, 1200, 1.0),
            ("grid.power", t0 + SLOT, 1200, 1.0),
        ]
        accepted = plans.accepted(connection, "box-01", t0 + 2 * SLOT)
        assert len(accepted["battery"]) == 12
    database.close()
    assert [p.slot for p in seen] == [t0, t0 + SLOT, t0 + 2 * SLOT]
    assert seen[1].delivery.feeders[0].limit_w == 500
    # the fake battery does nothing, so the feeder heads above its limit and the hub plans again within the slot
    again = [value for kind, value in got if kind == "plan" and value["t"] % SLOT]
    assert [value["t"] - t0 - SLOT for value in again] == [180, 360, 540, 720]
    assert "heads for" in again[0]["reason"]


def test_a_home_that_opts_out_is_planned_around(broker, make_box, make_conductor, tmp_path, t0):
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"

    async def cap(hub):
        hub.announce_limit("feeder-1", t0, t0 + SLOT, 4000, "the grid operator limits this street")

    async def scenario():
        async with broker() as port, make_conductor() as conductor:
            settings = Settings(database=url, mqtt_port=port, bench=conductor.address)
            run = running(settings, at=[(t0, cap)])
            async with run, make_box(port, "box-01") as one, make_box(port, "box-02") as two:
                one.refuses = {"battery": "override"}
                await conductor.joined.wait()
                for t in range(t0, t0 + 5 * MINUTE + 1, MINUTE):
                    await minute(conductor, [one, two], t)
                return one.of_kind("plan"), two.of_kind("plan")

    first, second = asyncio.run(scenario())
    assert [a["actuator"] for a in first[0]["actuators"]] == ["battery"]
    assert first[1]["actuators"] == []
    assert [a["actuator"] for a in second[1]["actuators"]] == ["battery"]
    assert "box-01 opted out" in second[1]["reason"]


def test_a_backup_home_is_drawn_in_when_another_opts_out(broker, make_box, make_conductor, tmp_path, t0):
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"

    async def cap(hub):
        # three homes of 1.2 kW: the batteries have to give 0.6 kW, and the margin
        hub.announce_limit("feeder-1", t0, t0 + SLOT, 3000, "the grid operator limits this street")

    async def scenario():
        async with broker() as port, make_conductor() as conductor:
            settings = Settings(database=url, mqtt_port=port, bench=conductor.address, backup=["box-03"])
            run = running(settings, at=[(t0, cap)])
            async with run, make_box(port, "box-01") as one, make_box(port, "box-02") as two:
                async with make_box(port, "box-03") as three:
                    one.refuses = {"battery": "override"}
                    await conductor.joined.wait()
                    for t in range(t0, t0 + 5 * MINUTE + 1, MINUTE):
                        await minute(conductor, [one, two, three], t)
                    return three.of_kind("plan")

    before, after = asyncio.run(scenario())[:2]
    assert before["actuators"] == [{"actuator": "battery", "power_w": [0] * 12}]
    assert after["t"] == t0 + 180
    database = Database(url)
    with database.read() as connection:
        sentence = plans.last(connection).sentence
    database.close()
    assert "box-03: drawn in as backup for box-01." in sentence


def test_a_box_that_falls_silent_is_planned_with_what_it_accepted(broker, make_box, make_conductor, tmp_path, t0):
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"

    async def scenario():
        async with broker() as port, make_conductor() as conductor:
            settings = Settings(database=url, mqtt_port=port, bench=conductor.address)
            async with running(settings), make_box(port, "box-02") as two:
                async with make_box(port, "box-01") as one:
                    await conductor.joined.wait()
                    await minute(conductor, [one, two], t0)
                    await one.send("status", {"t": t0, "state": "offline", "reason": "the link was cut"})
                    await asyncio.sleep(0.3)
                await minute(conductor, [two], t0 + SLOT)
                return len(one.of_kind("plan"))

    assert asyncio.run(scenario()) == 1
    database = Database(url)
    with database.read() as connection:
        plan = plans.last(connection)
        assert plan.start == t0 + SLOT
        assert "box-01 is counted as it is expected to run, it is offline (the link was cut)." in plan.sentence
        assert list(plans.powers(connection, plan.id)) == ["box-02"]
        assert [box.state for box in boxes(connection)] == ["offline", "online"]
    database.close()


def test_weather_is_sent_at_hello_and_hourly(broker, make_box, make_conductor, tmp_path, t0):
    file = tmp_path / "weather.csv"
    file.write_text("start,temp_c,ghi_w_m2\n2026-01-14T23:00Z,-3.25,0\n2026-01-15T00:00Z,1,12.4\n")

    async def scenario():
        async with broker() as port, make_conductor() as conductor:
            settings = Settings(
                database=f"sqlite:///{tmp_path / 'h.sqlite'}", mqtt_port=port, bench=conductor.address, weather=file
            )
            async with running(settings), make_box(port) as box:
                await conductor.joined.wait()
                await box.hello()
                for t in range(t0, t0 + 4 * SLOT + 1, SLOT):
                    await minute(conductor, [box], t)
                return await box.until("weather", 3)

    sent = asyncio.run(scenario())
    assert [message["start"] - t0 for message in sent] == [0, 0, 3600]
    assert sent[0] == {
        "t": t0,
        "start": t0,
        "slots": 8,
        "temp_mc": [-3250] * 4 + [1000] * 4,
        "ghi_w_m2": [0] * 4 + [12] * 4,
    }
