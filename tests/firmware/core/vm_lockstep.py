"""The bench's clock, spoken over a real socket."""

import asyncio

from osb_box.hal.bench import Lockstep
from osb_box.supervisor import Supervisor


class Bench:
    """Listens as the conductor does and keeps what it is told."""

    async def start(self, port):
        self.heard = []
        self.came = asyncio.Event()
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", port)

    async def serve(self, reader, writer):
        self.writer = writer
        while True:
            line = await reader.readline()
            if not line:
                return
            self.heard.append(line.decode().strip())
            self.came.set()

    async def say(self, text):
        self.writer.write(text.encode() + b"\n")
        await self.writer.drain()

    async def hear(self, text):
        while text not in self.heard:
            self.came.clear()
            await asyncio.wait_for(self.came.wait(), 5)


async def joined(port):
    bench, clock = Bench(), Lockstep()
    await bench.start(port)
    joining = asyncio.create_task(clock.connect("127.0.0.1", port, "box-01"))
    await bench.hear("hello box-01")
    await bench.say("t 1768431600")
    await joining
    return bench, clock


async def test_done_is_said_when_every_task_sleeps_and_nobody_holds_the_clock():
    bench, clock = await joined(18701)
    clock.hold("cycle")
    clock.release("boot")
    await asyncio.sleep_ms(20)
    assert bench.heard == ["hello box-01"]

    woken = []

    async def sleeper():
        await clock.sleep_until(1768431660, "cycle")
        woken.append(clock.now())
        clock.hold("receipt")
        await clock.sleep_until(1768431720, "cycle")
        woken.append(clock.now())

    task = asyncio.create_task(sleeper())
    await bench.hear("done 1768431600")
    await bench.say("t 1768431630")  # nothing is due
    await bench.hear("done 1768431630")
    assert not woken
    await bench.say("t 1768431660")
    await asyncio.sleep_ms(20)
    assert woken == [1768431660]
    assert "done 1768431660" not in bench.heard  # the receipt is still awaited
    clock.release("receipt")
    await bench.hear("done 1768431660")
    await bench.say("t 1768431800")  # a step may be longer than a sleep
    await asyncio.sleep_ms(20)
    assert woken == [1768431660, 1768431800]
    task.cancel()


async def test_what_begins_after_done_is_told_and_so_is_its_end():
    bench, clock = await joined(18703)
    clock.release("boot")
    await bench.hear("done 1768431600")
    clock.hold("kick")
    clock.hold("receipt")
    await bench.hear("busy")
    clock.release("kick")
    clock.release("receipt")
    await asyncio.sleep_ms(20)
    assert bench.heard == ["hello box-01", "done 1768431600", "busy", "done 1768431600"]
    await bench.say("t 1768431660")
    await bench.hear("done 1768431660")


async def test_a_task_that_crashes_does_not_keep_time_waiting():
    bench, clock = await joined(18702)
    starts = []

    async def crashes_once(pulse):
        starts.append(clock.now())
        if len(starts) == 1:
            raise ValueError("once")
        pulse.rest()
        await asyncio.Event().wait()

    supervisor = Supervisor(clock, clock)
    supervisor.add("cycle", crashes_once, 5)
    task = asyncio.create_task(supervisor.run(None))
    await bench.hear("done 1768431600")
    assert starts == [1768431600]
    await bench.say("t 1768431660")
    await bench.hear("done 1768431660")
    assert starts == [1768431600, 1768431660]
    assert "feed" in bench.heard
    task.cancel()
