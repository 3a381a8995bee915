"""The household's page of the fullest home, on the memory of a Pico W: what it is told, and what that costs."""

import asyncio
import json

import httpx
from hub_end import Hub
from test_whole_box import NAME, START, bench

FREE_BYTES = 30 * 1024  # with two readers of /api/live, while an answer is made


def test_what_is_said_to_leave_the_home_is_what_the_hub_hears(tmp_path, broker):
    async def run():
        async with Hub(broker.port) as hub, bench(tmp_path, broker) as home:
            await home.step_to(START + 120)
            box = home.box(NAME)
            told = await box._ask("GET", "/api/privacy", None)
            heard = {point[0] for body in hub.all("telemetry") for point in body["points"]}
            assert set(told["sent"]) == heard
            assert {"room.temp", "outdoor.temp", "tank.temp"} <= set(told["kept"])
            assert not set(told["sent"]) & set(told["kept"])
            assert {kind for kind, _ in hub.heard} <= set(told["messages"])
            assert told["hub"] == {"host": "127.0.0.1", "connected": True}

    asyncio.run(run())


def test_two_watch_and_one_asks_within_the_memory_of_a_pico_w(tmp_path, broker):
    async def run():
        async with Hub(broker.port), bench(tmp_path, broker) as home:
            await home.step_to(START + 960)
            web = home.box(NAME).config["web"]
            headers = {"Authorization": f"Bearer {web['token']}"}
            async with (
                httpx.AsyncClient(
                    base_url=f"http://{web['host']}:{web['port']}", headers=headers, trust_env=False, timeout=15
                ) as client,
                client.stream("GET", "/api/live") as one,
                client.stream("GET", "/api/live") as two,
            ):
                lines = one.aiter_lines(), two.aiter_lines()
                for reader in lines:
                    first = json.loads((await anext(reader))[6:])
                    assert "grid.power" in {row[0] for row in first["points"]}
                for path in ("/", "/words?de", "/api/history", "/api/savings", "/api/privacy", "/api/backup"):
                    assert (await client.get(path)).status_code == 200, path
                history = (await client.get("/api/history")).json()
                assert history["rows"][0][:2] == [START, 900]
                await home.step_to(START + 1020)
                for reader in lines:
                    assert (await anext(reader)) == ""
                    event = json.loads((await anext(reader))[6:])
                    assert event["t"] == START + 1020
                    assert all(row[4] < 60 for row in event["points"])
                status = (await client.get("/api/status?heap=1")).json()
                print("STATUS", status)
                assert status["errors"] == {"tasks": {}, "stages": {}}
                return status

    status = asyncio.run(run())
    print(f"free heap {status['heap_free']} B, largest block {status['heap_largest']} B")
    assert status["heap_free"] >= FREE_BYTES


def test_twenty_who_connect_and_say_nothing_cost_no_reading(tmp_path, broker):
    async def run():
        async with Hub(broker.port) as hub, bench(tmp_path, broker) as home:
            await home.step_to(START + 960)
            web = home.box(NAME).config["web"]
            crowd = [await asyncio.open_connection(web["host"], web["port"]) for _ in range(20)]
            await home.step_to(START + 2760)
            for _, writer in crowd:
                writer.close()
            status = await home.box(NAME).status()
            assert status["errors"] == {"tasks": {}, "stages": {}}
            await asyncio.sleep(0.5)
            times = {body["t"] for body in hub.all("telemetry")}
            assert set(range(START + 960, START + 2761, 60)) <= times

    asyncio.run(run())
