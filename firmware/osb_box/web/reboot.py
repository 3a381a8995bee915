"""The box starts again once an answer is out."""

import asyncio

from micropython import const

_LATER_MS = const(500)


async def reboot(why, last):
    """`last` (or None) is done before; without it nothing is written any more, but why."""
    await asyncio.sleep_ms(_LATER_MS)
    if last:
        last()
    from osb_box.restart import again

    again(why)
