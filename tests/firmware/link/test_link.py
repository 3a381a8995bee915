"""The box's link against a real broker: what the hub has not acknowledged comes again, whoever was killed."""

import asyncio
import json

from hub_end import Hub

PLAN = {"id": 7, "t": 1768431600, "start": 1768431600, "slots": 1, "ttl_s": 3600, "actuators": [], "reason": "test"}


def complete(numbers, epoch, last):
    """Have all of 1..last of an epoch arrived?"""
    return {(epoch, seq) for seq in range(1, last + 1)} <= set(numbers)


def test_it_introduces_itself_offers_and_reports_in_order(broker, box):
    async def run():
        async with Hub(broker.port) as hub:
            box.start()
            await hub.until(lambda: len(hub.all("telemetry")) >= 5)
            kinds = [kind for kind, _ in hub.heard]
            assert kinds[:4] == ["status", "hello", "offer", "telemetry"]
            assert hub.all("status")[0]["state"] == "online"
            assert "MicroPython" in hub.all("hello")[0]["interpreter"]
            epoch = hub.all("hello")[0]["epoch"]
            assert hub.numbers()[:5] == [(epoch, seq) for seq in range(1, 6)]
            assert [body["points"][0][1] for body in hub.all("telemetry")][:5] == [1, 2, 3, 4, 5]
            box.kill()
            await hub.until(lambda: hub.all("status")[-1]["state"] == "offline")  # its will

    asyncio.run(run())


def test_a_broker_that_is_killed_and_comes_back_loses_nothing(broker, box):
    async def run():
        async with Hub(broker.port) as hub:
            box.start()
            await hub.until(lambda: len(hub.all("telemetry")) >= 5)
            broker.kill()
        before = hub.numbers()
        epoch = before[0][0]
        await asyncio.sleep(2)  # readings go on while nobody listens
        broker.start()
        async with Hub(broker.port) as later:
            later.stored = hub.stored
            last = before[-1][1] + 15
            await later.until(lambda: complete(before + later.numbers(), epoch, last))

    asyncio.run(run())


def test_without_the_hubs_receipt_a_puback_is_worth_nothing(broker, box):
    async def run():
        async with Hub(broker.port, receipts=False) as hub:
            box.start()
            await hub.until(lambda: len(hub.numbers()) > len(set(hub.numbers())))  # something comes again
            first, again = hub.numbers()[0], next(n for i, n in enumerate(hub.numbers()) if n in hub.numbers()[:i])
            assert again == first
            hub.receipts = True
            await hub.receipt(first[0])
            await hub.until(lambda: complete(hub.numbers(), first[0], 40))  # more than fit on the wire at once
            await hub.until(lambda: box.status()["outbox"]["pending"] <= 2)

    asyncio.run(run())


def test_a_killed_box_sends_again_under_the_old_numbers(broker, box):
    async def run():
        async with Hub(broker.port, receipts=False) as hub:
            box.start()
            await hub.until(lambda: len(hub.numbers()) >= 5)
            box.kill()
            old, last = hub.numbers()[0][0], hub.numbers()[-1][1]
            readings = {body["seq"]: body["points"] for body in hub.all("telemetry")}
            hub.heard.clear()
            hub.receipts = True
            box.start()
            await hub.until(lambda: complete(hub.numbers(), old, last) and hub.numbers()[-1][0] > old)
            order = hub.numbers()
            assert order == sorted(order)
            again = {body["seq"]: body["points"] for body in hub.all("telemetry") if body["epoch"] == old}
            assert all(again[seq] == points for seq, points in readings.items())

    asyncio.run(run())


def test_messages_that_break_the_contract_are_counted_and_named_and_hurt_nobody(broker, box):
    async def run():
        async with Hub(broker.port) as hub:
            box.start()
            await hub.until(lambda: len(hub.all("telemetry")) >= 2)
            for body in (
                "{",
                b"\xff\xfe",
                "[" * 16000,
                "x" * 100000,
                {**PLAN, "ttl_s": 0},
                {**PLAN, "actuators": [{"actuator": "battery", "power_w": [1, 2, 3]}]},
            ):
                await hub.say("plan", body)
            await hub.say("receipt", {"epoch": 1768431600, "seq": -1})
            await hub.say("plan", PLAN)
            await hub.until(lambda: hub.all("reply"))
            assert hub.all("reply") == [{"t": 1768431600, "plan": 7, "accepted": [], "refused": []}]
            count = len(hub.all("telemetry"))
            await hub.until(lambda: len(hub.all("telemetry")) > count + 2)
            state = box.status()["link"]
            assert state["connected"]
            assert state["refused"] == 7
            assert state["last_refused"] == "osb/v1/box-01/receipt: must have the epoch and seq of a record"
            assert len(hub.all("status")) == 1  # it has not lost the connection

    asyncio.run(run())


class Bench:
    """The conductor's end of the clock, for one box."""

    async def __aenter__(self):
        self.done = []
        self.joined = asyncio.Event()
        self._heard = asyncio.Event()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        self._writer.close()

    async def _serve(self, reader, writer):
        self._writer = writer
        while line := await reader.readline():
            if line.startswith(b"hello"):
                self.joined.set()
            elif line.startswith(b"done"):
                self.done.append(int(line.split()[1]))
                self._heard.set()

    async def step(self, t):
        """One step; returns once the box is done with it."""
        self._writer.write(b"t %d\n" % t)
        async with asyncio.timeout(30):
            while t not in self.done:
                self._heard.clear()
                await self._heard.wait()


def test_lockstep_time_waits_for_the_receipt_but_not_for_ever(broker, box):
    async def run():
        t = 1768431600
        async with Bench() as bench, Hub(broker.port) as hub:
            box.start(bench=bench.address)
            await bench.joined.wait()
            await bench.step(t)
            for i in range(1, 6):
                await bench.step(t + 60 * i)
                assert hub.numbers()[-1][1] == i  # the hub has it before the box says that it is done
            hub.receipts = False
            for i in range(6, 20):  # the first waits its time, the others do not wait again
                await bench.step(t + 60 * i)
            hub.receipts = True
            await hub.until(lambda: complete(hub.numbers(), t, 19))
            await hub.until(lambda: box.status()["outbox"]["pending"] <= 2 or hub.numbers()[-1][1] == 19)
            await asyncio.sleep(0.5)
            await bench.step(t + 60 * 20)
            assert hub.numbers()[-1][1] == 20

    asyncio.run(run())


def test_what_it_says_is_what_the_contract_says(broker, box):
    from osb_wire import messages

    async def run():
        async with Hub(broker.port) as hub:
            box.start()
            await hub.until(lambda: len(hub.all("telemetry")) >= 1)
            for kind, body in hub.heard:
                assert messages.decode(kind, json.dumps(body).encode()) == body

    asyncio.run(run())
