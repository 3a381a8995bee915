"""Runs on MicroPython: a box's sensors that are wired to the board, by JSON lines. See test_wired.py."""

import asyncio
import json
import sys

from osb_box.config import ConfigError, check
from osb_box.devices.profile import ProfileError
from osb_box.devices.reader import Devices
from osb_box.hal import port
from osb_box.points import Points
from osb_box.sense.board import BoardBus


class Clock:
    t = 0

    def now(self):
        return self.t


def answer(given):
    print(json.dumps(given))


async def main():
    setup = json.loads(sys.stdin.readline())
    try:
        config = check(setup["config"])
        clock = Clock()
        points = Points(180)
        bus = BoardBus(port(), setup["folder"], clock)
        devices = Devices(config["devices"], {"board": bus}, points, 60)
    except (ConfigError, ProfileError) as e:
        return answer({"refused": str(e)})
    answer({"ready": True})
    while True:
        line = sys.stdin.readline()
        if not line:
            return
        command = json.loads(line)
        clock.t = command["now"]
        if command["do"] == "sweep":
            await devices.sweep(clock.t)
            answer({"rows": [points.row(name, clock.t) for name in points.names()], "errors": devices.errors()})
        elif command["do"] == "look":
            for thing in bus._watched:
                thing.look(bus)
            answer({})
        elif command["do"] == "apply":
            answer({"held": await devices.apply(command["commands"], clock.t)})
        else:
            bus.save()
            answer({})


asyncio.run(main())
