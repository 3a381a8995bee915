"""A whole box on the real VM in the fullest home of the bench: what a household and a hub see of it."""

import asyncio
import dataclasses
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from hub_end import Hub

from osb_hil.box import HEAP
from osb_hil.budgets.fullest import fullest
from osb_hil.neighbourhood import Neighbourhood, Plan

NAME = "box-01"
START = 1768431600  # 2026-01-15 00:00 in Brussels
# at the heap that stands for a Pico W in the middle of a TLS handshake: docs/decisions/0013
FREE_BYTES = 43 * 1024
LARGEST_BYTES = 24 * 1024


@asynccontextmanager
async def bench(folder, broker, heap=HEAP):
    at = ("127.0.0.1", broker.port)
    plan = Plan(
        folder / "bench", 1, 1, START, START + 7200, ZoneInfo("Europe/Brussels"), at, homes_given=[fullest(NAME)]
    )
    bench = Neighbourhood(dataclasses.replace(plan, heap=heap))
    try:
        await bench.start()
        yield bench
    finally:
        await bench.stop()


def test_it_reports_offers_follows_and_obeys_the_household(tmp_path, broker):
    async def run():
        async with Hub(broker.port) as hub, bench(tmp_path, broker) as home:
            box = home.box(NAME)
            await home.step_to(START + 120)
            assert [kind for kind, _ in hub.heard][:4] == ["status", "hello", "offer", "telemetry"]
            names = {point[0] for body in hub.all("telemetry") for point in body["points"]}
            assert {"grid.power", "pv.export", "battery.soc", "ev.state", "heat_pump.energy"} <= names
            assert not [n for n in names if n.startswith(("room.", "outdoor.")) or n == "tank.temp"]
            assert {row[0] for row in (await box.status())["points"]} > {"room.temp", "tank.temp"}

            powers = {"battery": 1500, "heat_pump": 600}
            parts = [{"actuator": name, "power_w": w} for name, w in powers.items()]
            head = {"id": 1, "t": START + 120, "start": START, "slots": 4, "ttl_s": 3600, "reason": "the sun is coming"}
            await hub.say("plan", {**head, "actuators": parts})
            await hub.until(lambda: hub.all("reply"))
            assert hub.all("reply")[0]["accepted"] == ["battery", "heat_pump"]
            await home.step_to(START + 420)
            assert (await box.status())["control"]["actuators"]["battery"]["mode"] == "plan"
            assert hub.all("telemetry")[-1]["t"] == START + 420
            battery = next(p for p in hub.all("telemetry")[-1]["points"] if p[0] == "battery.power")
            assert 1000 < battery[1] < 2500  # it charges, and so slowly only because the plan says so

            await box.post("/api/override", {"target_mc": 22500, "minutes": 60})
            await hub.until(lambda: len(hub.all("reply")) == 2)  # at once: the clock stands still meanwhile
            refused = hub.all("reply")[1]["refused"]
            assert [(r["actuator"], r["reason"]) for r in refused] == [("heat_pump", "override")]

            await home.step_to(START + 960)
            offers = hub.all("offer")
            assert [offer["start"] for offer in offers] == [START, START + 900]
            kinds = [(kind, body["t"]) for kind, body in hub.heard if kind in ("offer", "telemetry")]
            assert kinds.index(("offer", START + 900)) < kinds.index(("telemetry", START + 900))

    asyncio.run(run())


def test_the_memory_of_a_pico_w_is_enough(tmp_path, broker, record_property):
    """The gate: everything the box has, running for a slot and more, within the heap of the smallest board."""

    async def run():
        async with Hub(broker.port), bench(tmp_path, broker) as home:
            for t in range(START + 1200, START + 1500, 60):
                await home.step_to(t)
                looks.append(await home.box(NAME)._ask("GET", "/api/status?heap=1", None))

    looks: list[dict] = []
    asyncio.run(run())
    assert [look["errors"] for look in looks] == [{"tasks": {}, "stages": {}}] * len(looks)
    free, largest = (min(look[kind] for look in looks) for kind in ("heap_free", "heap_largest"))
    print(f"free heap {free} B, largest block {largest} B")
    record_property("heap_free", free)
    record_property("heap_largest", largest)
    assert free >= FREE_BYTES
    assert largest >= LARGEST_BYTES
