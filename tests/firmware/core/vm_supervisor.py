"""Tasks that die come back, but not for ever; the watchdog starves when one shows no sign of life."""

import asyncio

from osb_box.supervisor import Supervisor


class Steps:
    """A clock whose sleeps end at once, at the time they were for; remembers who holds it."""

    def __init__(self):
        self.t = 1768431600
        self.held = set()

    def now(self):
        return self.t

    async def sleep_until(self, t, name):
        self.held.discard(name)
        self.t = max(self.t, t)
        await asyncio.sleep_ms(0)
        self.held.add(name)

    def hold(self, name):
        self.held.add(name)

    def release(self, name):
        self.held.discard(name)


class Dog:
    fed = 0

    def feed(self):
        self.fed += 1


resets = []


def reset():
    resets.append(1)
    raise asyncio.CancelledError  # a board that resets does not go on


async def run_for(supervisor, ms):
    task = asyncio.create_task(supervisor.run(reset))
    await asyncio.sleep_ms(ms)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    await asyncio.sleep_ms(0)


async def test_a_task_that_dies_comes_back_and_its_error_is_known():
    lives = []

    async def fragile(pulse):
        lives.append(clock.now())
        if len(lives) < 3:
            raise ValueError("third time lucky")
        pulse.rest()
        await asyncio.Event().wait()

    clock, dog = Steps(), Dog()
    supervisor = Supervisor(clock, dog)
    supervisor.add("fragile", fragile, 5)
    await run_for(supervisor, 50)
    assert lives == [1768431600, 1768431601, 1768431606], lives  # after 1 s, then after 5 s
    assert supervisor.errors() == {"fragile": "ValueError: third time lucky"}
    assert dog.fed == 1
    assert not clock.held, clock.held


async def test_the_sixth_failure_within_an_hour_resets_the_board():
    lives = []

    async def hopeless(pulse):
        lives.append(clock.now())
        raise RuntimeError("no")

    clock = Steps()
    supervisor = Supervisor(clock, Dog())
    supervisor.add("hopeless", hopeless, 5)
    await run_for(supervisor, 50)
    assert len(lives) == 6, lives
    assert len(resets) == 1


async def test_a_task_whose_work_is_done_names_who_goes_on_and_is_missed_by_nobody():
    lives = []

    async def trial(pulse):
        lives.append("trial")
        pulse.start = watch

    async def watch(pulse):
        lives.append("watch")
        pulse.start = None

    clock, dog = Steps(), Dog()
    supervisor = Supervisor(clock, dog)
    supervisor.add("version", trial, 0)  # a sign of life that nobody gives would be missed at once
    await run_for(supervisor, 1500)
    assert lives == ["trial", "watch"], lives
    assert supervisor.errors() == {}
    assert supervisor.failures() == 0
    assert dog.fed == 2
    assert not clock.held, clock.held


async def test_failures_far_apart_are_forgiven():
    lives = []

    async def moody(pulse):
        lives.append(clock.now())
        clock.t += 1800
        if len(lives) == 12:
            pulse.rest()
            await asyncio.Event().wait()
        raise RuntimeError("again")

    clock = Steps()
    supervisor = Supervisor(clock, Dog())
    supervisor.add("moody", moody, 5)
    await run_for(supervisor, 50)
    assert len(lives) == 12


async def test_the_watchdog_is_not_fed_while_a_task_shows_no_life():
    async def stuck(pulse):
        await asyncio.Event().wait()

    clock, dog = Steps(), Dog()
    supervisor = Supervisor(clock, dog)
    supervisor.add("stuck", stuck, 0)
    await run_for(supervisor, 1100)
    assert dog.fed <= 1  # at most before the task had begun
    assert supervisor.errors() == {"stuck": "no sign of life"}


async def test_a_task_comes_back_even_where_there_is_no_memory_to_wait_for_that():
    lives = []

    class Full(Steps):
        async def sleep_until(self, t, name):
            raise MemoryError

    async def fragile(pulse):
        lives.append(1)
        if len(lives) < 3:
            raise ValueError("no more")
        pulse.rest()
        await asyncio.sleep_ms(10000)

    supervisor = Supervisor(Full(), Dog())
    supervisor.add("fragile", fragile, 60)
    await run_for(supervisor, 30)
    assert len(lives) == 3, lives
    del resets[:]
