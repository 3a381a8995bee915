"""What /api/live tells of a pass: every change of a value, also those that a short sum of it would hide."""

import json

from osb_box.points import Points
from osb_box.web import live

TWINS = 1634, 5000  # "... good" of either has a CRC-32 with the same sixteen lower bits


class Stream:
    def __init__(self):
        self.told = b""

    def write(self, data):
        self.told += data


class Cycle:
    link = None

    def __init__(self):
        self.points = Points(180)
        self.clock = self.controller = self

    def now(self):
        return 1768431600

    def state(self, now):
        return {}


def test_no_change_goes_untold():
    cycle, told = Cycle(), [b"", 0]  # nothing yet
    heard = []
    for w in TWINS:
        cycle.points.set("grid.power", w, "W", cycle.now())
        stream = Stream()
        live._tell(stream, cycle, told)
        heard.append([row[1] for row in json.loads(stream.told.decode()[6:])["points"]])
    assert heard == [[w] for w in TWINS], heard
