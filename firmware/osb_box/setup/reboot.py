"""The box starts again once an answer is out."""

import asyncio

from micropython import const

from osb_box import hal

_TRIES = const(15)
_TRY_MS = const(100)  # after all of them the answer is on its way to the browser


async def reboot(why, outbox):
    """Save what waits in `outbox` (None: nothing but why is written any more) and restart the board, come what may."""
    restart = None
    try:
        for _ in range(_TRIES):
            await asyncio.sleep_ms(_TRY_MS)
            try:
                from osb_box import restart  # as soon as there is memory for it: there may be none when the time is up
            except MemoryError:
                pass
        if outbox:
            restart.restart(outbox, why)
        restart.again(why)
    finally:
        hal.reset()
