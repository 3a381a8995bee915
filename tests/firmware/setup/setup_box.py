"""Runs on MicroPython: a whole box whose set-up is asked by lines of JSON on a socket. See installer.py."""

import gc

gc.threshold(4096)  # as main.py

import asyncio  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402

import osb_box  # noqa: E402
from osb_box import build, forget, hal, rested  # noqa: E402

made = []
cycle_of = build.Cycle


def spy(*args):
    made.append(cycle_of(*args))
    return made[0]


build.Cycle = spy


def no_room(given):
    raise MemoryError


async def talk(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        line = await reader.readline()
        if not line:
            return
        wish = json.loads(line)
        if wish and wish.pop("no room", None):
            from osb_box.setup import settings

            settings.check = no_room
        cycle = made[0]
        try:
            if wish is None:
                from osb_box.pieces import of
                from osb_box.setup.say import setup_state

                state = await rested(setup_state(cycle, cycle.clock.now()))
                for piece in of(state):  # in parts, as the page's server does
                    writer.write(piece.encode())
                    await writer.drain()
                writer.write(b"\t")
                now = cycle.clock.now()
                answer = {
                    "passes": cycle.passes,
                    "points": [cycle.points.row(name, now) for name in cycle.points.names()],
                }
            else:
                from osb_box.setup.wish import setup_wish

                answer = setup_wish(cycle, wish, cycle.clock.now())
        except ValueError as e:
            answer = {"error": str(e)}
        forget("osb_box.setup.say", "osb_box.setup.wish", "osb_box.setup.reboot", "osb_box.pieces")
        setup_state = setup_wish = of = None
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()


async def main():
    global build
    supervisor, *_ = await build.box(hal.port())
    build = None
    forget("osb_box.build", "osb_box.hal.unix")
    gc.collect()
    osb_box.settled()
    task = asyncio.create_task(talk(int(sys.argv[1])))
    await supervisor.run(hal.reset)
    task.cancel()


try:
    asyncio.run(main())
except ValueError as e:
    print(e)
    from osb_box.restart import with_old_settings

    with_old_settings(str(e))
    sys.exit(2)
