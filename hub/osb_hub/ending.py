"""Tasks that run together, and how they are brought to an end."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

_AGAIN_S = 0.5  # wall time


async def together(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Run them until the first of them ends, or this is cancelled; raises what that one raised."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(tasks)


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until all have ended; what they raise is theirs.

    Once is not enough before Python 3.12: a cancellation that comes together with what `asyncio.wait_for` waits for, a
    broker's acknowledgement say, is lost (https://github.com/python/cpython/issues/86296).
    """
    left, told = set(tasks), False
    while left:
        for task in left:
            task.cancel()
        try:
            done, left = await asyncio.wait(left, timeout=_AGAIN_S)
        except asyncio.CancelledError:
            told = True  # passed on first, and obeyed once all have ended
            continue
        for task in done:
            task.cancelled() or task.exception()  # seen, so that nobody is told of one that nobody fetched
    if told:
        raise asyncio.CancelledError
