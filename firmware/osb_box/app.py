"""What runs: the box is built from its configuration, the builder leaves memory, and the supervisor goes on."""

import asyncio
import gc
import sys

from micropython import const

import osb_box
from osb_box import forget, hal

_COLLECT_BYTES = const(16384)  # garbage between collections once everything that stays is in its place
first = {}  # locals of what `main` executes: where each collection of garbage begins


async def _run():
    from osb_box import build

    supervisor, outbox, first[0] = await build.box(hal.port())
    del build
    forget("osb_box.build")
    hal.leave()

    def reset():
        from osb_box.restart import restart

        restart(outbox, "task %s" % supervisor.errors(), True)

    gc.collect()
    osb_box.collect_bytes = _COLLECT_BYTES
    gc.threshold(_COLLECT_BYTES)
    await supervisor.run(reset)


def main():
    """Run the box in the port's state directory; exit status 2 with one sentence if its configuration is wrong."""
    try:
        exec("run(box())", {"run": asyncio.run, "box": _run}, first)
    except ValueError as e:  # the configuration or a device profile; what fails later is the supervisor's
        print(e)
        from osb_box.restart import with_old_settings

        with_old_settings(str(e))
        sys.exit(2)
    except OSError as e:  # a line or the bench is not there: it may be next time
        print("cannot start:", e)
        hal.port().reset()
