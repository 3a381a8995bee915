"""Runs on MicroPython: the controllers of some homes, fed with points line by line, answering with commands.

The first line is the zone and the configuration's `home` of each. Then each line is an object: "weather" or "prices", a
wire message for all; "t" with "points", {name: value} of each home, which is answered by the commands, a list of one
object a home; or "offers" with the time, answered by the offer of each. Plans of their own are worked off at once, a
slice after the other, as the box's cycle does between passes.
"""

import json
import sys

from osb_box import finish
from osb_box.control import Controller
from osb_box.points import Points

head = json.loads(sys.stdin.readline())
homes = [(Controller(home, head["zone"]), Points(3 * head["step_s"])) for home in head["homes"]]
work = [0, 0, 0]  # plans, pieces, most pieces in one slice


def step(box, points, now, values):
    for name, value in values.items():
        points.set(name, value, "1", now)
    commands = box.step(now, points)
    finish(box.learning(points))
    slices = box.ahead(now, points) if head["plans"] else None
    if slices:
        work[0] += 1
        for pieces in [n for n in slices if n != ""]:
            work[1] += pieces
            work[2] = max(work[2], pieces)
        slices = None
        commands = box.step(now, points)
    return commands


while True:
    line = sys.stdin.readline()
    if not line:
        break
    said = json.loads(line)
    if "t" in said:
        now, given = said["t"], said["points"]
        print(json.dumps([step(homes[i][0], homes[i][1], now, given[i]) for i in range(len(homes))]))
    elif "work" in said:
        print(json.dumps(work))
    elif "offers" in said:
        print(json.dumps([finish(box.offering(said["offers"], points, 1)) for box, points in homes]))
    elif "state" in said:
        print(json.dumps([[box.desk.own and box.desk.own.get("cost_ct"), box.outlook.peak_w] for box, _ in homes]))
    else:
        for box, points in homes:
            for kind, message in said.items():
                finish(box.hear(kind, message, message["t"], points))
