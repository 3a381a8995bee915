"""What runs: the box is built from its configuration, the builder leaves memory, and the supervisor goes on."""

import asyncio
import gc
import sys

from osb_box import forget, hal

first = {}  # locals of what `main` executes: where each collection of garbage begins


async def _run():
    from osb_box import build

    supervisor, outbox, first[0] = await build.box(hal.port())
    del build
    forget("osb_box.build")
    hal.leave()

    def reset():
        try:
            from osb_box.restart import restart

            restart(outbox, "task %s" % supervisor.errors(), True)
        finally:
            hal.reset()  # without memory for a word about it, too

    gc.collect()
    await supervisor.run(reset)


def main():
    """Run the box in the port's state directory; exit status 2 with one sentence if its configuration is wrong."""
    try:
        # compiled before: a parser's frame would stay on the stack, and hold whatever comes to lie where its tree was
        exec(compile("run(box())", "", "exec"), {"run": asyncio.run, "box": _run}, first)
    except ValueError as e:  # the configuration or a device profile; what fails later is the supervisor's
        print(e)
        from osb_box.restart import with_old_settings

        with_old_settings(str(e))
        sys.exit(2)
    except OSError as e:  # a line or the bench is not there: it may be next time
        print("cannot start:", e)
        hal.reset()
