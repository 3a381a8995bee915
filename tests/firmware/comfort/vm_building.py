"""The building is found inside the whole Controller, kept over a restart, said, and used by offers."""

import json
import random
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/control")

import quick
from little_home import MIDNIGHT, ZONE, LittleHome, home, points_with, put, told

from osb_box import finish
from osb_box.control import Controller

DAY = 86400
CONFIG = home(tank=None, ev=None, battery=None, pv=None)


def lived_in(days):
    """A box after days in a home whose people change their minds a lot; noise of the sensor, gaps, an open window."""
    random.seed(4)
    box, little, points = Controller(CONFIG, ZONE), LittleHome(outdoor_c=1.0), points_with(MIDNIGHT)
    for now in range(MIDNIGHT, MIDNIGHT + days * DAY, 300):
        little.outdoor = 1.0 + 4.0 * (10 <= now // 3600 % 24 < 18) - (now - MIDNIGHT) // DAY % 5
        if random.random() < 0.02:
            box.override(random.randint(38, 45) * 500, 240, now)
        if random.random() < 0.002:
            little.air -= 1.5  # a window
        little.report(points, now)
        put(points, now, room_temp=int(little.air * 1000) + random.randint(-30, 30))
        if random.random() < 0.003:
            points.mark_bad("room.temp", "mC", now)
        commands = {"tank": 0, "ev": 0, "battery": 0}
        commands.update(box.step(now, points))
        finish(box.learning(points))
        little.run(commands, 300, now)
    return box, little, points, now


def test_found_said_kept_and_used():
    box, little, points, now = lived_in(14)
    room, model = box.model.room, told(box, now)["model"]
    assert model["loss_w_k"] == room.loss != CONFIG["building"]["loss_w_k"]
    # air and mass lose 207 W/K together, 6600 Wh/K; the box is told 180 and 6000, and a COP that is right to 5 %
    assert 185 <= room.loss <= 235, room.loss
    # all heat goes into 700 Wh/K of air, which is more than a second mass in the terms of one can tell: that is stated
    assert 3000 <= room.capacity <= 8500, room.capacity
    assert 100 < model["error_mk"] < 600, model
    # 1 kW of heat into the air makes it 1 / 900 K/W warmer than the mass
    assert room.lead_mk_kw > 300, room.lead_mk_kw

    again = Controller(CONFIG, ZONE)
    again.restore(json.loads(json.dumps(finish(box.snapshot()))))
    kept = again.model.room
    assert (kept.loss, kept.capacity, kept.lead_mk_kw, kept.sun_w) == (
        room.loss,
        room.capacity,
        room.lead_mk_kw,
        room.sun_w,
    )
    assert list(kept.memory) == list(room.memory)
    assert told(again, now)["model"] == model

    box.override(0, 0, now)
    names = (
        "comfort.identify",
        "comfort.slot",
        "comfort.habits",
        "comfort.say",
        "comfort.wish",
        "comfort.memory",
        "plan.learn",
    )
    quick.let_go(*["osb_box." + name for name in names])
    (store,) = finish(box.offering(now, points, 1))["stores"]
    # what is offered is not the warm air above a heater that runs: it is less than the air's temperature says
    at_rest = room.fill(int(little.air * 1000))
    assert abs(store["fill_wh"] - at_rest) < room.lead_mk_kw * 8 * room.capacity // 1000
    assert store["retention_ppm"] == room.retention_ppm
    again.restore(
        dict(finish(box.snapshot()), comfort=dict(finish(box.snapshot())["comfort"], building="00"))
    )  # of another firmware


def test_a_day_changes_nothing_of_what_the_installer_said():
    box, _, _, now = lived_in(1)
    room = box.model.room
    assert (room.loss, room.capacity, room.lead_mk_kw, room.sun_w) == (180, 6000, 0, 0)
    assert told(box, now)["model"] is None
