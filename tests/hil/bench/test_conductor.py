"""The lockstep clock, with participants that speak the line protocol over TCP."""

import asyncio

import pytest

from osb_hil.conductor import BenchError, Conductor

_here = []


class Participant:
    """Says hello, records each step, and answers unless told not to."""

    def __init__(self, name, heard):
        self.name, self.heard, self.answers = name, heard, True

    async def join(self, conductor):
        _here.append(self)  # a task that nobody holds may be collected
        host, port = conductor.address.split(":")
        self.reader, self.writer = await asyncio.open_connection(host, int(port))
        self.writer.write(f"hello {self.name}\n".encode())
        self.task = asyncio.create_task(self.follow())
        await conductor.met(self.name)

    async def follow(self):
        while line := await self.reader.readline():
            t = int(line.split()[1])
            self.heard.append((self.name, t))
            if self.answers:
                await asyncio.sleep(0.01)
                self.writer.write(f"done {t}\n".encode())
                self.heard.append((self.name, "done", t))
        self.writer.close()

    async def leave(self):
        self.writer.close()
        await self.task


def bench(talk, **options):
    async def run():
        conductor = Conductor(**options)
        await conductor.start()
        try:
            async with asyncio.timeout(20):
                return await talk(conductor)
        finally:
            await conductor.stop()
            await asyncio.sleep(0.05)  # the participants hang up

    return asyncio.run(run())


def test_the_hub_hears_of_a_step_only_when_every_box_has_finished_it():
    async def talk(conductor):
        heard = []
        for name in ("hub", "box-01", "box-02"):
            await Participant(name, heard).join(conductor)
        await conductor.advance(1768431600)
        await conductor.advance(1768431660)
        return heard

    heard = bench(talk)
    for t in (1768431600, 1768431660):
        hub = heard.index(("hub", t))
        assert {("box-01", "done", t), ("box-02", "done", t)} <= set(heard[:hub])
    assert heard[-1] == ("hub", "done", 1768431660)


def test_who_disconnects_is_no_longer_waited_for():
    async def talk(conductor):
        heard = []
        stays, leaves = Participant("box-01", heard), Participant("box-02", heard)
        await stays.join(conductor)
        await leaves.join(conductor)
        leaves.answers = False
        step = asyncio.create_task(conductor.advance(1768431600))
        await asyncio.sleep(0.1)
        assert ("box-02", 1768431600) in heard
        assert not step.done()
        await leaves.leave()
        await step
        return heard

    assert ("box-01", "done", 1768431600) in bench(talk)


def test_a_step_waits_for_a_box_that_is_still_starting_and_tells_it_the_time():
    async def talk(conductor):
        heard = []
        conductor.expect("box-01")
        step = asyncio.create_task(conductor.advance(1768431600))
        await asyncio.sleep(0.1)
        waited = not step.done()
        late = Participant("box-01", heard)
        await late.join(conductor)
        await step
        return waited, heard

    assert bench(talk) == (True, [("box-01", 1768431600), ("box-01", "done", 1768431600)])


def test_who_is_late_is_named():
    async def talk(conductor):
        good, slow = Participant("box-01", []), Participant("box-02", [])
        await good.join(conductor)
        await slow.join(conductor)
        slow.answers = False
        conductor.expect("box-03")
        await conductor.advance(1768431600)

    with pytest.raises(BenchError, match=r"^box-02, box-03 have not finished 2026-01-14 23:00:00 UTC within 0.2 s$"):
        bench(talk, patience_s=0.2)


def test_a_box_that_stops_feeding_its_watchdog_is_reset_once(monkeypatch):
    monkeypatch.setattr("osb_hil.conductor.WATCHDOG_S", 0.4)
    hung = []

    async def talk(conductor):
        silent, fed, unarmed = (Participant(f"box-0{n}", []) for n in (1, 2, 3))
        for box in (silent, fed, unarmed):
            await box.join(conductor)
        silent.writer.write(b"feed\n")
        for _ in range(20):
            fed.writer.write(b"feed\n")
            await asyncio.sleep(0.05)

    bench(talk, on_hung=hung.append)
    assert hung == ["box-01"]


def test_a_step_that_cannot_be_finished_says_why():
    async def talk(conductor):
        conductor.expect("box-01")
        conductor.fail("box-01 does not come up")
        await conductor.advance(1768431600)

    with pytest.raises(BenchError, match=r"^box-01 does not come up$"):
        bench(talk)


def test_a_box_that_the_hub_gave_something_to_do_is_waited_for_again():
    async def talk(conductor):
        heard = []
        box, hub = Participant("box-01", heard), Participant("hub", heard)
        await box.join(conductor)
        await hub.join(conductor)
        hub.answers = False
        step = asyncio.create_task(conductor.advance(1768431600))
        while ("hub", 1768431600) not in heard:
            await asyncio.sleep(0.01)
        box.writer.write(b"busy\n")  # a plan has come
        hub.writer.write(b"done 1768431600\n")
        await asyncio.sleep(0.1)
        waited = not step.done()
        box.writer.write(b"done 1768431600\n")
        await step
        return waited

    assert bench(talk)
