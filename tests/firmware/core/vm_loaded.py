"""Loading a module in steps: what becomes of one that is given up between two of them."""

import asyncio
import gc
import sys

import osb_box

NAME = "osb_box.clock"


def test_a_module_comes_in_steps_and_garbage_is_collected_in_one_of_them():
    osb_box.settled()
    often = gc.threshold()
    osb_box.forget(NAME)
    new, thresholds = [], []
    slices = osb_box.loaded("osb_box.", "clock", new=new)
    try:
        while True:
            assert next(slices) == ""
            thresholds.append(gc.threshold())
    except StopIteration as end:
        assert end.value is sys.modules[NAME]
    assert NAME in new
    assert thresholds == [often, -1, -1, -1, often]  # the first time, with a collection before it is imported
    osb_box.forget(NAME)
    thresholds = []
    for _ in osb_box.loaded("osb_box.", "clock"):
        thresholds.append(gc.threshold())
    assert thresholds == [often, -1, -1, often]
    new.clear()
    assert list(osb_box.loaded("osb_box.", "clock", new=new)) == [""]  # it is there
    assert not new


def test_who_gives_a_load_up_leaves_the_collector_as_it_was():
    osb_box.settled()
    often = gc.threshold()

    async def given_up(turns):
        osb_box.forget(NAME)
        task = asyncio.create_task(osb_box.rested(osb_box.loaded("osb_box.", "clock")))
        for _ in range(turns):
            await asyncio.sleep_ms(0)
        seen = gc.threshold()
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        assert gc.threshold() == often, turns
        return seen

    async def run():
        seen = []
        for turns in range(1, 5):
            seen.append(await given_up(turns))
        return seen

    assert -1 in asyncio.run(run())  # in the midst of it, too


def test_a_module_that_is_not_there_leaves_the_collector_as_it_was():
    osb_box.settled()
    often = gc.threshold()
    try:
        osb_box.finish(osb_box.loaded("osb_box.", "nobody"))
    except ImportError:
        assert gc.threshold() == often
    else:
        raise AssertionError("a module that nobody has written")


def test_the_first_time_garbage_is_collected_before_the_import_so_that_names_lie_low():
    osb_box.settled()
    osb_box.forget("osb_box.pieces")
    slices = osb_box.loaded("osb_box.", "pieces")
    free = []
    for _ in slices:
        free.append((gc.mem_free(), "osb_box.pieces" in sys.modules))
        bytearray(3000)  # what others leave behind meanwhile
    before = [bytes_free for bytes_free, there in free if not there]
    assert before[-1] > before[-2]
