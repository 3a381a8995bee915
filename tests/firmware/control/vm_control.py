"""Days in a little home: comfort, wishes, plans that end, and limits that hold whatever is asked."""

import json
import random

from little_home import MIDNIGHT, ZONE, LittleHome, accept, hear, home, live, plan, points_with, put

from osb_box import finish
from osb_box.control import Controller

NOON = MIDNIGHT + 12 * 3600
EVENING = MIDNIGHT - 4 * 3600


def a_day(ask, outdoor_c, room_c=20.5):
    """(home after the day, minutes outside the occupant's band) under plans that ask the same of all, all day."""
    box, little = Controller(home(), ZONE), LittleHome(room_c, outdoor_c=outdoor_c)
    points = points_with(EVENING)
    outside = [0]

    def before(now):
        if now % 900 == 0:
            accept(box, plan(now, 4, plan_id=now // 900 % 100000 + 1, **ask), now, points)
        low, high = (17500, 22500) if (now - MIDNIGHT) % 86400 < 6 * 3600 else (19500, 22500)
        if (now - MIDNIGHT) % 86400 >= 23 * 3600:
            low = 17500
        if not low - 20 <= little.air * 1000 <= high + 20:
            outside[0] += 1
        if not 44.5 <= little.water <= 63:
            outside[0] += 1

    live(box, little, points, EVENING, EVENING + 86400, before=before)
    return little, outside[0]


def test_a_hostile_plan_with_everything_off_leaves_nobody_cold():
    little, outside = a_day({"heat_pump": 0, "tank": 0}, -4.0)
    assert outside == 0, (outside, little.coldest, little.water)
    assert little.coldest < 18.5  # the night was used


def test_a_hostile_plan_with_everything_on_leaves_nobody_hot():
    little, outside = a_day({"heat_pump": 2500, "tank": 2000}, 4.0)
    assert outside == 0, (outside, little.warmest, little.water)
    assert little.warmest > 22.0


def test_alone_the_thermostat_keeps_the_day_comfortable():
    little, outside = a_day({}, -6.0)
    assert outside == 0, (outside, little.coldest)


def at_noon(**values):
    measured = {"grid_power": 500, "room_temp": 21000, "tank_temp": 55000, "battery_soc": 500, "battery_power": 0}
    measured.update(ev_state=1, ev_energy=0, ev_power=0, heat_pump_power=0, tank_power=0, pv_power=0, outdoor_temp=0)
    measured.update(values)
    return Controller(home(), ZONE), points_with(NOON, **measured)


def mode(box, role, now=NOON):
    return box.state(now)["actuators"][role]["mode"]


def test_override_wins_at_once_and_is_told():
    box, points = at_noon()
    reply = accept(box, plan(NOON, 8, plan_id=12, heat_pump=0, battery=100), NOON, points)
    assert reply == {"t": NOON, "plan": 12, "accepted": ["battery", "heat_pump"], "refused": []}
    assert box.step(NOON, points)["heat_pump"][0] == "rest"
    box.override(22500, 120, NOON + 10)
    assert box.step(NOON + 10, points)["heat_pump"] == ("auto", 0, 22500)
    assert mode(box, "heat_pump") == "override"
    assert mode(box, "battery") == "plan"
    ((kind, notice),) = finish(box.messages())
    assert kind == "reply"
    assert notice["plan"] == 12
    assert notice["accepted"] == ["battery"]
    refused = notice["refused"][0]
    assert refused["reason"] == "override"
    assert refused["detail"] == "the household asked for 22.5 degrees"
    assert not finish(box.messages())
    reply = accept(box, plan(NOON, 8, t=NOON + 20, plan_id=13, heat_pump=0), NOON + 20, points)
    assert reply["accepted"] == []
    assert reply["refused"][0]["reason"] == "override"
    box.override(0, 0, NOON + 30)
    assert accept(box, plan(NOON, 8, t=NOON + 30, plan_id=14, heat_pump=0), NOON + 30, points)["refused"] == []


def test_override_ends_by_itself_and_survives_a_restart():
    box, points = at_noon()
    box.override(22500, 60, NOON)
    again = Controller(home(), ZONE)
    again.restore(finish(box.snapshot()))
    put(points, NOON + 3540, grid_power=500, room_temp=21000)
    assert again.step(NOON + 3540, points)["heat_pump"] == ("auto", 0, 22500)
    assert again.step(NOON + 3600, points)["heat_pump"] == ("auto", 0, 20500)


def test_a_snapshot_survives_json_and_one_that_does_not_fit_is_left():
    box, points = at_noon()
    box.car(90, NOON + 7200, NOON)
    box.step(NOON, points)
    kept = json.loads(json.dumps(finish(box.snapshot())))
    again = Controller(home(), ZONE)
    again.restore(kept)
    assert finish(again.snapshot()) == finish(box.snapshot())
    assert again.state(NOON)["car"]["need_wh"] == 16200
    fresh = Controller(home(), ZONE)
    for wrong in ({}, {"model": {"load_w": [1]}, "car": [1], "override": None}, dict(kept, model={"load_w": ["x"]})):
        other = Controller(home(), ZONE)
        other.restore(wrong)
        assert finish(other.snapshot())["model"] == finish(fresh.snapshot())["model"]
        assert other.step(NOON, points)["heat_pump"] == ("auto", 0, 20500)


def test_a_plan_ends_with_its_time_to_live():
    box, points = at_noon()
    accept(box, plan(NOON, 8, ttl_s=1000, battery=777), NOON, points)
    put(points, NOON + 960, grid_power=500, battery_soc=500, battery_power=777)
    assert box.step(NOON + 960, points)["battery"] != 277
    put(points, NOON + 1020, grid_power=500, battery_soc=500, battery_power=777)
    assert box.step(NOON + 1020, points)["battery"] == 277  # itself: 777 W less the 500 W drawn from the grid
    assert mode(box, "battery") == "alone"
    assert box.state(NOON + 1020)["plan"] is None


def test_a_plan_ends_with_its_last_slot():
    box, points = at_noon()
    accept(box, plan(NOON, 1, battery=777), NOON, points)
    put(points, NOON + 900, grid_power=500, battery_soc=500, battery_power=777)
    assert box.step(NOON + 900, points)["battery"] == 277


def test_what_is_refused_and_why():
    box, points = at_noon(ev_state=0)
    asked = plan(NOON, 4, plan_id=5, ev=[0, 2000, 0, 0], battery=6000, tank=100, heat_pump=-500)
    reply = accept(box, asked, NOON, points)
    assert reply["accepted"] == ["tank"]
    assert [(r["actuator"], r["reason"], r["detail"]) for r in reply["refused"]] == [
        ("battery", "limit", "6000 W is asked, battery takes at most 5000 W"),
        ("ev", "limit", "no car is connected"),
        ("heat_pump", "limit", "500 W is asked, heat_pump gives at most 0 W"),
    ]
    bare = Controller(home(battery=None), ZONE)
    assert accept(bare, plan(NOON, 1, battery=0), NOON, points)["refused"] == [
        {"actuator": "battery", "reason": "unknown", "detail": "this home has no battery"}
    ]
    assert accept(box, plan(NOON, 1, ttl_s=10, tank=0), NOON + 10, points)["refused"][0]["reason"] == "expired"
    late = accept(box, plan(NOON, 4, t=NOON - 60, plan_id=4, tank=0), NOON, points)["refused"][0]
    assert (late["reason"], late["detail"]) == ("expired", "plan 5 is newer")
    put(points, NOON, ev_state=3)
    assert accept(box, plan(NOON, 1, t=NOON + 1, plan_id=6, ev=100), NOON, points)["refused"][0]["reason"] == "fault"
    put(points, NOON, ev_state=0)
    assert accept(box, plan(NOON, 1, t=NOON + 2, plan_id=7, ev=0), NOON, points)["accepted"] == ["ev"]


def test_leaving_a_plan_for_comfort_is_told_once():
    box, points = at_noon(room_temp=19550)
    accept(box, plan(NOON, 8, plan_id=12, heat_pump=0, tank=0), NOON, points)
    # 20.0 degrees take 180 W/K * 20 K - 350 W = 3250 W of heat, 1040 W at a COP of 3.122, and a quarter more 1300 W;
    # half of what is left to 2500 W comes on top, as half of the last 0.1 K are gone
    for k in range(3):
        assert box.step(NOON + k, points)["heat_pump"] == ("run", 1900, 20500)
    put(points, NOON + 3, room_temp=19490)
    assert box.step(NOON + 3, points)["heat_pump"] == ("auto", 0, 20500)
    ((kind, notice),) = finish(box.messages())
    assert kind == "reply"
    assert notice["accepted"] == ["tank"]
    assert notice["refused"] == [
        {"actuator": "heat_pump", "reason": "comfort", "detail": "the room is too cold"},
    ]


def test_the_car_is_ready_under_a_plan_that_forgets_it():
    box, little = Controller(home(), ZONE), LittleHome()
    little.car = 1
    points = points_with(EVENING)

    def before(now):
        if now % 900 == 0:
            accept(box, plan(now, 4, plan_id=now // 900 % 100000 + 1, ev=0), now, points)

    live(box, little, points, EVENING, MIDNIGHT + 7 * 3600 + 1800, before=before)
    assert 7150 <= little.wh["ev"] <= 7500, little.wh
    assert box.state(EVENING)["car"]["charged_wh"] >= 7150


def test_alone_the_car_charges_on_arrival_until_need_and_reserve():
    box, little = Controller(home(), ZONE), LittleHome()
    points = points_with(EVENING)
    little.car = 1
    live(box, little, points, EVENING, EVENING + 3 * 3600)
    assert 8640 <= little.wh["ev"] <= 8640 + 130  # 7200 Wh and a fifth, seen a poll later


def test_alone_the_battery_covers_the_home_without_swinging():
    box, little = Controller(home(), ZONE), LittleHome(soc=0.8)
    points = points_with(NOON)
    seen = []
    little.base_w = 1500
    live(box, little, points, NOON, NOON + 1800, after=lambda now, c: seen.append(c["battery"]))
    assert max(seen[15:]) - min(seen[15:]) < 300, seen
    assert abs(little.grid()) < 100


class Restless:
    """Gives a box random plans in a home of random load, and checks every command against the limits."""

    def __init__(self, config, outdoor_c):
        self.fuse_w = config["fuse_w"]
        self.box = Controller(config, ZONE)
        self.little = LittleHome(room_c=20.0, outdoor_c=outdoor_c)
        self.points = points_with(MIDNIGHT)
        self.pump_on = False
        self.pump_since = MIDNIGHT - 3600

    def before(self, now):
        if now % 900:
            return
        self.little.base_w = random.randint(100, 2400)
        self.little.car = random.choice((0, 1, 1))
        self.little.report(self.points, now)
        asked = {
            "heat_pump": [random.randint(0, 2500) for _ in range(3)],
            "tank": [random.choice((0, 700, 2000)) for _ in range(3)],
            "battery": [random.randint(-5000, 5000) for _ in range(3)],
            "ev": [random.choice((0, 500, 3000, 7360)) if self.little.car else 0 for _ in range(3)],
        }
        accept(self.box, plan(now, 3, plan_id=now // 900 % 100000 + 1, **asked), now, self.points)

    def after(self, now, commands):
        mode, w, _ = commands["heat_pump"]
        assert mode != "run" or 500 <= w <= 2500
        if mode == "auto" or self.box.accounts["heat_pump"].words == "too cold":  # its own pauses hold: it knows them
            w = self.little.pump_w(commands["heat_pump"])
        elif (w > 0) != self.pump_on:
            assert now - self.pump_since >= 600, (now - self.pump_since, commands)
        if (w > 0) != self.pump_on:
            self.pump_on, self.pump_since = w > 0, now
        ma, battery = commands["ev"], commands["battery"]
        total = self.little.base_w + w + 2000 * commands["tank"] + battery + ma * 230 // 1000
        if ma or commands["tank"] or battery > 0:
            assert total <= self.fuse_w, (now, total, commands)
        assert total >= -9200
        assert ma == 0 or (6000 <= ma <= 32000 and self.little.car)
        assert -5000 <= battery <= 5000
        assert 0.098 <= self.little.soc <= 1.002, self.little.soc


def test_random_plans_never_break_a_limit():
    random.seed(7)
    for config, outdoor in ((home(), 0), (home(fuse_w=5000), -8)):
        day = Restless(config, outdoor)
        live(day.box, day.little, day.points, MIDNIGHT, MIDNIGHT + 43200, before=day.before, after=day.after)


def test_state_in_plain_words():
    box, points = at_noon()
    box.car(60, NOON + 8 * 3600, NOON)
    event = {"id": 3, "t": NOON, "kind": "feeder_limit", "start": NOON, "end": NOON + 60, "reason": "a full cable"}
    hear(box, "event", event, NOON)
    accept(box, plan(NOON, 8, plan_id=12, battery=100), NOON, points)
    box.step(NOON, points)
    state = box.state(NOON)
    assert state["plan"] == {"id": 12, "expires": NOON + 7200, "reason": "cheap hours"}
    assert state["actuators"]["battery"] == {"mode": "plan", "reason": "cheap hours"}
    assert state["actuators"]["tank"] == {"mode": "alone", "reason": "no plan from the hub"}
    assert state["band"] == {"min_mc": 19500, "max_mc": 22500, "target_mc": 20500}
    assert state["car"] == {
        "connected": True,
        "need_wh": 10800,
        "charged_wh": 0,
        "by": NOON + 8 * 3600,
        "shortfall_wh": 0,
        "idle": False,
        "usual_wh": None,
    }
    assert state["events"][0]["reason"] == "a full cable"
    assert box.state(NOON + 60)["events"] == []


def test_actuators_as_hello_wants_them():
    assert Controller(home(), ZONE).actuators() == [
        {"actuator": "heat_pump", "charge_max_w": 2500, "discharge_max_w": 0},
        {"actuator": "tank", "charge_max_w": 2000, "discharge_max_w": 0},
        {"actuator": "ev", "charge_max_w": 7360, "discharge_max_w": 0},
        {"actuator": "battery", "charge_max_w": 5000, "discharge_max_w": 5000},
        {"actuator": "pv", "charge_max_w": 0, "discharge_max_w": 5000},
    ]
