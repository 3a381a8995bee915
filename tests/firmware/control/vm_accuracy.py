"""The accuracy that an offer states, against what happened: worked out here from forecasts, plans and true powers."""

import gc

from little_home import MIDNIGHT, ZONE, LittleHome, accept, home, live, plan, points_with

from osb_box import finish
from osb_box.control import Controller

DAYS = 3


class Record:
    """Absolute errors by quarter of the day, as somebody with a notebook and true meters would have them."""

    def __init__(self):
        self.errors = [[], [], [], []]

    def note(self, start, error):
        self.errors[(start - MIDNIGHT) % 86400 // 21600].append(abs(error))

    def mean(self, quarter):
        return sum(self.errors[quarter][-32:]) / len(self.errors[quarter][-32:])


def quite(stated, true):
    """Within a quarter, as fading weights make of 32 values, or 15 W."""
    return abs(stated - true) <= max(15, true / 4)


def test_load_room_and_followed_plans_are_stated_as_they_were():
    box, little, points = Controller(home(pv=None), ZONE), LittleHome(outdoor_c=2.0), points_with(MIDNIGHT)
    load, pump, room = Record(), Record(), Record()
    seed = [7]
    state = {"offer": None, "base": 0.0, "pump": 0.0}

    def before(now):
        if (now - MIDNIGHT) % 900 == 0:
            box.step(now, points)
            start = now - 900
            if state["offer"]:
                load.note(start, state["base"] - at(state["offer"]["load_w"], 0))
                pump.note(start, state["pump"] - asked(start))
                heat = state["offer"]["stores"][0]
                wh = state["pump"] * at(heat["eta_in_pm"], 0) / 1000 + at(heat["usage_w"], 0)
                foreseen = heat["fill_wh"] * heat["retention_ppm"] / 1000000 + wh / 4
                room.note(start, (points.value("room.temp", now) - 10000) * 6 - foreseen)
            state["base"] = state["pump"] = 0.0
            hour = (now - MIDNIGHT) % 86400 // 3600
            seed[0] = seed[0] * 1103515245 + 12345 & 0x7FFFFFFF
            # quiet nights, evenings of which nobody knows
            little.base_w = 200 + (seed[0] >> 8) % (60 if hour < 6 else 300 if hour < 18 else 2000)
            gc.collect()
            accept(box, plan(now, 1, plan_id=now // 900, heat_pump=asked(now), tank=700), now, points)
            state["offer"] = None
            gc.collect()
            state["offer"] = finish(box.offering(now, points, now // 60))
            gc.collect()

    def after(now, commands):
        state["base"] += little.base_w / 15
        state["pump"] += little.pump_w(commands["heat_pump"]) / 15

    def asked(start):
        return 700 + (start // 900 * 37) % 400

    live(box, little, points, MIDNIGHT, MIDNIGHT + DAYS * 86400, before=before, after=after)
    stated = state["offer"]
    print(stated["load_error_w"], [round(load.mean(q)) for q in range(4)])
    for q in range(4):
        assert quite(stated["load_error_w"][q], load.mean(q)), (q, stated["load_error_w"], load.mean(q))
    assert stated["load_error_w"][0] * 5 < stated["load_error_w"][3]
    heat = stated["stores"][0]
    assert heat["actuator"] == "heat_pump"
    print(heat["power_error_w"], [round(pump.mean(q)) for q in range(4)])
    print(heat["fill_error_wh"], [round(room.mean(q)) for q in range(4)])
    for q in range(4):
        assert quite(heat["power_error_w"][q], pump.mean(q)), (q, heat["power_error_w"], pump.mean(q))
        assert quite(heat["fill_error_wh"][q], room.mean(q)), (q, heat["fill_error_wh"], room.mean(q))
    tank = stated["stores"][1]
    assert tank["fill_error_wh"] is not None
    assert [s["power_error_w"] for s in stated["stores"] if s["actuator"] == "battery"] == [None]  # asked nothing


def at(series, k):
    return series if isinstance(series, int) else series[k]


def test_a_new_box_states_nothing_and_a_restarted_one_what_it_knew():
    box, little, points = Controller(home(), ZONE), LittleHome(), points_with(MIDNIGHT)
    box.step(MIDNIGHT, points)
    assert (
        finish(box.offering(MIDNIGHT, points, 1)) is None
        or finish(box.offering(MIDNIGHT, points, 1))["load_error_w"] is None
    )
    live(box, little, points, MIDNIGHT, MIDNIGHT + 3600)
    known = finish(box.offering(MIDNIGHT + 3600, points, 2))["load_error_w"]
    assert known[0] is not None
    assert known[1:] == [None] * 3
    again = Controller(home(), ZONE)
    again.restore(finish(box.snapshot()))
    again.step(MIDNIGHT + 3600, points)
    assert finish(again.offering(MIDNIGHT + 3600, points, 3))["load_error_w"] == known
