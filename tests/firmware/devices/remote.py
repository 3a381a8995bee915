"""Runs on MicroPython: the field side of a box, commanded by JSON lines on stdin. See field.py."""

import asyncio
import json
import sys

from osb_box.bus.p1 import P1Bus
from osb_box.bus.rtu import RtuBus
from osb_box.bus.sml import SmlBus
from osb_box.bus.tcp import TcpBus
from osb_box.devices.reader import Devices
from osb_box.hal.unix_serial import Serial
from osb_box.points import Points


def bus(config):
    timeout_ms = config.get("timeout_ms", 500)
    if config["type"] == "tcp":
        return TcpBus(config["host"], config["port"], timeout_ms)
    if config["type"] == "p1":
        return P1Bus(Serial(config["port"], 115200), timeout_ms)
    if config["type"] == "sml":
        return SmlBus(Serial(config["port"], 9600), timeout_ms)
    return RtuBus(Serial(config["port"], 9600), 9600, timeout_ms)


async def main():
    setup = json.loads(sys.stdin.readline())
    points = Points(3 * setup["poll_s"])
    buses = {name: bus(config) for name, config in setup["buses"].items()}
    devices = Devices(setup["devices"], buses, points, setup["poll_s"])
    while True:
        line = sys.stdin.readline()
        if not line:
            return
        command = json.loads(line)
        if command["do"] == "sweep":
            await devices.sweep(command["now"])
            answer = {"rows": [points.row(name, command["now"]) for name in points.names()]}
        elif command["do"] == "apply":
            answer = {"written": await devices.apply(command["commands"], command["now"], command["urgent"])}
        else:
            answer = {"errors": devices.errors()}
        print(json.dumps(answer))


asyncio.run(main())
