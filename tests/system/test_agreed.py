"""Terms, an event and "not today" between a real hub, broker and box, as operator and household use them."""

import asyncio

from osb_hub.control import terms
from osb_hub.store import market
from osb_hub.store.database import Database
from rig import needs_mosquitto, street

NOON = 1768474800  # 2026-01-15 12:00 in Brussels
MINUTE, HOUR = 60, 3600
NAME = "box-01"
NUMBERS = {"start": NOON - 86400, "end": NOON + 30 * 86400, "week_events": 3, "month_events": 8, "duration_s": 2 * HOUR}
NUMBERS |= {"capacity_w": 3000, "notice_s": HOUR, "energy_price": 150, "event_price_ct": 50, "plans": "always"}


@needs_mosquitto
def test_terms_are_countered_signed_enforced_and_a_day_is_refused(tmp_path):
    async def run():
        async with street(tmp_path, homes=1, start=NOON) as (bench, hub, _):
            database = Database(hub.environment["OSB_HUB_DATABASE"])
            box = bench.box(NAME)

            async def events():
                return await box._ask("GET", "/api/events", None)

            async def terms_of_hub(state):
                """The hub has heard what the household has said."""
                async with asyncio.timeout(30):
                    while hub.vpp("terms", "list")[0]["state"] != state:
                        await asyncio.sleep(0.2)

            with database.write() as connection:
                number = terms.offer(connection, NAME, NOON, NUMBERS, "Winter evenings.")
            for minute in (1, 2, 3):
                await bench.step_to(NOON + minute * MINUTE)
            assert (await events())["terms"]["offered"]["week_events"] == 3
            counter = {"id": number, "answer": "counter", "counter": {"notice_s": 2 * HOUR}}
            await box.post("/api/events", {"terms": counter})
            await terms_of_hub("countered")
            with database.write() as connection:
                terms.accept_counter(connection, number)
            for minute in (4, 5):
                await bench.step_to(NOON + minute * MINUTE)
            await terms_of_hub("signed")
            assert (await events())["terms"]["signed"]["notice_s"] == 2 * HOUR

            # one event with an hour's notice, one with four
            with database.write() as connection:
                market.add_limit(connection, "feeder-1", NOON + HOUR, NOON + 2 * HOUR, 3000, NOON, "the cable is warm")
                market.add_limit(connection, "feeder-1", NOON + 5 * HOUR, NOON + 6 * HOUR, 3000, NOON, "tea time")
            for minute in (10, 15, 16):
                await bench.step_to(NOON + minute * MINUTE)
            shown = {e["reason"]: e for e in (await events())["events"]}
            assert shown["the cable is warm"]["refused"] == "the notice is shorter than the 2 h that were signed"
            assert shown["tea time"]["refused"] is None
            answers = "select reason, answer, refusal from event where box = ? order by start"
            assert hub.ask(answers, NAME) == [
                ("the cable is warm", "refuse", "terms"),
                ("tea time", "accept", None),
            ]

            await box.post("/api/events", {"not_today": True})
            async with asyncio.timeout(30):  # at once: the clock stands still
                while hub.ask(answers, NAME)[1][1:] != ("refuse", "override"):
                    await asyncio.sleep(0.2)
            await bench.step_to(NOON + 30 * MINUTE)
            (refused,) = hub.ask("select refused from reply where box = ? order by plan desc limit 1", NAME)
            assert '"override"' in refused[0]

            # a power cut: what was signed and refused is still so
            await box.restart()
            await bench.step_to(NOON + 33 * MINUTE)
            after = await events()
            assert after["terms"]["signed"]["notice_s"] == 2 * HOUR
            assert after["not_today_until"] == NOON + 12 * HOUR
            status = await box.status()
            assert status["errors"] == {"tasks": {}, "stages": {}}
            assert status["link"]["refused"] == 0
            database.close()

    asyncio.run(run())
