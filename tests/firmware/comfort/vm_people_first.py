"""People first: whatever the box plans, learns or waits for, the next decision after an override obeys it."""

import random
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/control")

from little_home import MIDNIGHT, ZONE, LittleHome, accept, home, plan, points_with, put

from osb_box import finish
from osb_box.comfort.wish import comfort_wish
from osb_box.control import Controller

DAY = 86400


def moments(count, seed):
    """A home that is never left in peace: plans, absence, holidays, habits, restarts, and an override now and then."""
    random.seed(seed)
    config = home(fuse_w=17250)
    box, little = Controller(config, ZONE), LittleHome(room_c=20.0)
    now, asked = MIDNIGHT, 0
    points = points_with(now)
    while asked < count:
        little.outdoor = random.choice((-12.0, 0.0, 9.0))
        little.report(points, now)
        put(points, now, room_motion=random.choice((0, 0, 0, 1)))
        chance = random.random()
        if chance < 0.3:
            powers = {"heat_pump": random.choice((0, 0, 700, 2500)), "tank": random.choice((0, 2000))}
            accept(box, plan(now, 8, plan_id=now // 60 % 100000 + 1, **powers), now, points)
        elif chance < 0.35:
            comfort_wish(box, {"holiday": {"until": now + random.randint(1, 9 * DAY), "mc": 15000}}, now)
        elif chance < 0.4:
            comfort_wish(box, {"holiday": None, "feel": random.randint(-3, 3)}, now)
        elif chance < 0.42:
            kept = finish(box.snapshot())
            box = Controller(config, ZONE)
            box.restore(kept)
        elif chance < 0.45:
            box.band.moved, box.band.away = now - DAY, True
        commands = box.step(now, points)
        if random.random() < 0.5:
            asked += 1
            later = now + random.randint(0, 59)
            target = random.randint(32, 48) * 500
            box.override(target, random.randint(1, 1440), later)
            commands = box.step(later, points)
            assert commands["heat_pump"] == ("auto", 0, target), (asked, commands, box.state(later))
            assert box.state(later)["actuators"]["heat_pump"]["mode"] == "override"
            low, high = box.band.at(later)
            assert low <= target <= high
            if random.random() < 0.5:
                box.override(0, 0, later)
                assert not box.band.overridden(later)
        little.run(commands, 60, now)
        now += random.choice((60, 60, 300, 840, 3600))
    return box


def test_an_override_is_obeyed_in_the_next_decision_at_random_moments():
    moments(300, 20)


def test_the_unit_is_told_before_the_fuse_takes_it_back():
    # what is asked for while the fuse is full: the limit has the last word, and says so
    box = Controller(home(fuse_w=3000), ZONE)
    points = points_with(
        MIDNIGHT, grid_power=6000, room_temp=19000, heat_pump_power=0, battery_soc=500, tank_temp=50000
    )
    box.override(22000, 60, MIDNIGHT)
    assert box.step(MIDNIGHT, points)["heat_pump"] == ("off", 0, 22000)
    assert box.state(MIDNIGHT)["actuators"]["heat_pump"]["reason"] == "the fuse leaves no more"
