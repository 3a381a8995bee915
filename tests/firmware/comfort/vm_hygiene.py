"""The tank is heated through in time, whatever a plan asks, with sun or in an idle hour where there is the choice."""

import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/control")

import quick  # noqa: F401
from little_home import MIDNIGHT, ZONE, LittleHome, accept, home, plan, points_with, put, told

from osb_box import finish
from osb_box.control import Controller

DAY = 86400


def with_tank(**tank):
    return home(heat_pump=None, ev=None, battery=None, pv=None, tank=dict(home()["tank"], **tank))


class Watched:
    """Days of a tank; `cycles` are the times at which it had been at 60 degrees for half an hour."""

    def __init__(self, config, water_c=52.0):
        self.box, self.little = Controller(config, ZONE), LittleHome(water_c=water_c)
        self.points = points_with(MIDNIGHT)
        self.hot_since, self.cycles, self.hottest, self.coldest = None, [], 0, 99

    def live(self, start, end, ask=None, sun=None, sensor=True):
        for now in range(start, end, 900):
            self.little.base_w = -2500 if sun and sun(now) else 400
            self.little.report(self.points, now)
            if not sensor:
                self.points.mark_bad("tank.temp", "mC", now)
            if ask is not None and now % 3600 == 0:
                accept(self.box, plan(now, 8, plan_id=now // 900 % 100000 + 1, tank=ask), now, self.points)
            commands = {"heat_pump": ("off", 0, 0), "ev": 0, "battery": 0}
            commands.update(self.box.step(now, self.points))
            self.little.run(commands, 900, now)
            self.hottest, self.coldest = max(self.hottest, self.little.water), min(self.coldest, self.little.water)
            if self.little.water < 60:
                self.hot_since = None
            elif self.hot_since is None:
                self.hot_since = now
            elif now - self.hot_since == 1800:
                self.cycles.append(now)
        return self


def apart(cycles):
    return max([b - a for a, b in zip([MIDNIGHT] + cycles, cycles)])


def test_every_week_even_if_a_plan_asks_for_nothing():
    tank = Watched(with_tank()).live(MIDNIGHT, MIDNIGHT + 15 * DAY, ask=0)
    assert len(tank.cycles) == 2, tank.cycles
    assert apart(tank.cycles) <= 7 * DAY
    hours = [(t - MIDNIGHT) % DAY // 3600 for t in tank.cycles]
    assert all(hour in (2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16) for hour in hours), (
        hours
    )  # begun while there is little load
    assert tank.hottest <= 65  # a quarter of an hour at 2 kW is 2 K
    assert tank.coldest >= 43.5


def test_without_a_plan_and_as_often_as_the_household_wants():
    tank = Watched(with_tank(hygiene_days=3)).live(MIDNIGHT, MIDNIGHT + 10 * DAY)
    assert apart(tank.cycles) <= 3 * DAY
    assert len(tank.cycles) >= 3
    none = Watched(with_tank(hygiene_days=0)).live(MIDNIGHT, MIDNIGHT + 10 * DAY)
    assert none.cycles == []
    assert told(none.box, MIDNIGHT)["hygiene"] is None
    # a tank that may not become so hot is none of the box's business
    cool = Watched(with_tank(max_mc=55000)).live(MIDNIGHT, MIDNIGHT + 10 * DAY)
    assert cool.cycles == []
    assert cool.hottest < 56


def test_what_no_idle_hour_brought_is_not_put_off_any_longer():
    due = MIDNIGHT + 22 * 3600 + 1800
    tank = Watched(with_tank())
    tank.box.band.kept["water"] = due - 7 * DAY, 0
    tank.live(MIDNIGHT + 15 * 3600 + 1800, due + 900, ask=0)
    assert len(tank.cycles) == 1
    assert tank.cycles[0] <= due


def test_sun_to_spare_is_taken_before_it_is_due():
    def sun(now):
        return (now - MIDNIGHT) // DAY == 5 and 11 <= (now - MIDNIGHT) % DAY // 3600 < 15

    tank = Watched(with_tank()).live(MIDNIGHT, MIDNIGHT + 7 * DAY, sun=sun)
    (cycle,) = tank.cycles
    assert (cycle - MIDNIGHT) // DAY == 5
    assert told(tank.box, cycle + 1800)["hygiene"]["done"] - cycle in range(0, 14400)  # as long as it was hot


def test_it_is_told_refused_by_nobody_and_goes_on_after_a_restart():
    tank = Watched(with_tank()).live(MIDNIGHT, MIDNIGHT + 6 * DAY + 2 * 3600, ask=0)
    now = tank.box.since + 900 + 900
    tank.live(now - 900, now + 1, ask=0)
    assert tank.box.accounts["tank"].hygiene
    assert tank.box.state(now)["actuators"]["tank"] == {
        "mode": "safety",
        "reason": "the water is heated through against legionella",
    }
    offer = finish(tank.box.offering(now, tank.points, 1))
    assert [s["actuator"] for s in offer["stores"]] == []  # a tank that must is load
    assert max(offer["load_w"]) >= 2000
    kept = finish(tank.box.snapshot())
    again = Controller(with_tank(), ZONE)
    again.restore(kept)
    assert again.band.kept["water"] == tank.box.band.kept["water"]
    tank.box = again
    tank.live(now + 900, now + 6 * 3600, ask=0)
    assert len(tank.cycles) == 1


def test_by_day_a_dead_sensor_heats_nothing_but_a_tank_that_could_freeze():
    tank = Watched(with_tank())
    tank.little.outdoor = -5.0
    tank.live(MIDNIGHT + 6 * 3600, MIDNIGHT + 12 * 3600, sensor=False)
    assert tank.little.wh["tank"] == 0
    # the room is not known either, and it freezes outside: five minutes in each hour
    cold = Watched(with_tank(), water_c=4.0)
    for now in range(MIDNIGHT + 6 * 3600, MIDNIGHT + 18 * 3600, 300):
        put(cold.points, now, grid_power=400, outdoor_temp=-5000)
        cold.little.run(dict(cold.box.step(now, cold.points), heat_pump=("off", 0, 0), ev=0, battery=0), 300, now)
    assert 1500 < cold.little.wh["tank"] < 2100  # 2 kW for 55 to 60 minutes
    assert cold.box.state(now)["actuators"]["tank"]["reason"] == "the water could freeze"
