"""The largest thing a box ever holds: the offer of a home with everything, as bytes and as memory."""

import gc
import sys

from little_home import MIDNIGHT, ZONE, accept, hear, home, plan, points_with

from osb_box import finish
from osb_box.control import Controller
from osb_wire.messages import decode, encode

EVENING = MIDNIGHT - 4 * 3600


def a_box():
    box = Controller(home(), ZONE)
    points = points_with(EVENING, grid_power=500, room_temp=20500, outdoor_temp=2000, tank_temp=55000)
    for name, value in (("battery.soc", 420), ("ev.state", 1), ("ev.energy", 90000)):
        points.set(name, value, "1", EVENING)
    temp, ghi = [-11111] * 95 + [2000], [0] * 95 + [300]
    hear(box, "weather", {"t": EVENING, "start": EVENING, "slots": 96, "temp_mc": temp, "ghi_w_m2": ghi}, EVENING)
    day = [100] * 96
    accept(box, plan(EVENING, 96, heat_pump=day, tank=day, ev=day, battery=day), EVENING, points)
    box.step(EVENING, points)
    return box, points


def test_valid_and_small():
    box, points = a_box()
    offer = finish(box.offering(EVENING, points, 7))
    gc.collect()
    payload = encode("offer", offer)
    assert 4000 < len(payload) < 16000, len(payload)
    assert decode("offer", payload) == offer


def test_memory():
    """A controller with a plan of a day, a forecast and a learned profile; an offer's memory is on top and goes."""
    box, points = a_box()  # code and names that come with the first one
    finish(box.offering(EVENING, points, 1))
    del box, points
    gc.collect()
    before = gc.mem_free()
    box, points = a_box()
    gc.collect()
    held = before - gc.mem_free()
    assert held < 9000, held  # points and configuration with it
    finish(box.offering(EVENING, points, 1))
    gc.collect()
    before = gc.mem_free()
    offer = finish(box.offering(EVENING, points, 2))
    gc.collect()
    of_offer = before - gc.mem_free()
    assert of_offer < 11000, of_offer
    del offer


def test_what_is_needed_now_and_then_does_not_stay():
    box, points = a_box()
    for now in (EVENING + 60, EVENING + 900):
        box.step(now, points)
        finish(box.offering(now, points, 1))
        box.state(now)
        box.actuators()
        box.restore(finish(box.snapshot()))
        accept(box, plan(now, 1, tank=0), now, points)
        loaded = sorted(name for name in sys.modules if name.startswith("osb_box.plan."))
        assert loaded == ["osb_box.plan." + name for name in ("account", "car", "decide", "desk", "limits", "model")], (
            loaded
        )
