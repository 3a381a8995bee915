"""A hub that is told to stop stops, also where Python's own wait loses the word."""

import asyncio

import pytest

from osb_hub.ending import end, together


async def deaf_once():
    """As `asyncio.wait_for` before Python 3.12, where a cancellation comes together with what it waits for."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        pass
    await asyncio.sleep(60)


def test_whoever_does_not_hear_that_it_is_over_is_told_again():
    async def story():
        async with asyncio.timeout(10):
            task = asyncio.create_task(deaf_once())
            await asyncio.sleep(0)
            await end([task])
            assert task.cancelled()

    asyncio.run(story())


def test_a_hub_within_a_hub_ends_though_one_of_its_tasks_does_not_hear():
    async def story():
        async with asyncio.timeout(10):
            both = asyncio.create_task(together(together(deaf_once(), deaf_once()), asyncio.sleep(60)))
            await asyncio.sleep(0.1)
            both.cancel()
            with pytest.raises(asyncio.CancelledError):
                await both
            assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(story())


def test_what_one_has_failed_of_is_told_and_the_others_end():
    async def fails():
        raise OSError("the disk is full")

    async def story():
        with pytest.raises(OSError, match="the disk is full"):
            await together(fails(), deaf_once())
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(story())
