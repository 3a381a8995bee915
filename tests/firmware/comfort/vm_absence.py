"""Nobody at home, a holiday, and people first: what the set-point and the band are then, in a house that cools."""

import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/control")

import quick  # noqa: F401
from little_home import MIDNIGHT, ZONE, LittleHome, accept, home, plan, points_with, put, told

from osb_box.comfort.wish import comfort_wish
from osb_box.control import Controller

DAY = 86400
MONDAY = MIDNIGHT - 3 * DAY


def live(box, little, points, start, end, moves=None, poll_s=300, ask=None):
    """`moves(now)` is what the motion sensor says, None where there is none; `ask` W of a plan for the heat pump."""
    now = start
    while now < end:
        little.report(points, now)
        if moves is not None:
            put(points, now, room_motion=int(moves(now)))
        if ask is not None and now % 3600 == 0:
            accept(box, plan(now, 8, plan_id=now // 900 % 100000 + 1, heat_pump=ask), now, points)
        commands = {"tank": 0, "ev": 0, "battery": 0}
        commands.update(box.step(now, points))
        little.run(commands, poll_s, now)
        now += poll_s
    little.report(points, now)
    return now


def heated():
    return Controller(home(tank=None, ev=None, battery=None), ZONE)


def local(now):
    return (now - MONDAY) % DAY / 3600


def at_work(now):
    """Somebody moves about before eight and after five, but for the nights."""
    return 6.5 <= local(now) < 8 or 17 <= local(now) < 22.5


def test_a_day_without_anybody_is_set_back_carefully_and_at_once_taken_back():
    box, little, points = heated(), LittleHome(outdoor_c=5.0), points_with(MONDAY)
    box.band.usual = bytearray(b"\xff" * 96)
    now = live(box, little, points, MONDAY, MONDAY + 13 * 3600, lambda t: local(t) < 8)
    assert box.band.away
    assert told(box, now)["occupied"] is False
    # it is not usual that nobody is at home then: nothing changes
    assert box.band.target(now) == 20500
    for k in range(16, 34):
        box.band.usual[k] = 60  # on working days from 8 to 17 there is nobody, as the box has seen for weeks
    assert box.band.target(now) == 19500
    assert box.band.at(now) == (18000, 22500)
    assert box.band.at(now + 4 * 3600)[0] == 19500  # at 17 they usually are here
    put(points, now + 60, room_motion=1, room_temp=19800)
    assert box.step(now + 60, points)["heat_pump"] == ("auto", 0, 20500)
    assert told(box, now + 60)["occupied"] is True


def test_weeks_of_work_are_learned_and_the_room_is_warm_when_they_come():
    box, little, points = heated(), LittleHome(outdoor_c=2.0), points_with(MONDAY)
    live(box, little, points, MONDAY, MONDAY + 14 * DAY, at_work, 900)
    cold, lowest = [], 30000
    for day in (14, 15, 16):
        begin = MONDAY + day * DAY
        noon = live(box, little, points, begin, begin + 12 * 3600, at_work)
        lowest = min(lowest, box.band.at(noon)[0])
        live(box, little, points, noon, begin + 17 * 3600, at_work)
        cold.append(little.air)
        live(box, little, points, begin + 17 * 3600, begin + DAY, at_work)
    assert lowest == 18000  # the day was used
    assert min(cold) >= 19.4, cold
    usual = box.band.usual[20], box.band.usual[48 + 20]
    assert usual[0] < 128 < usual[1], usual  # of weekends too little was seen in a fortnight


def test_without_a_sensor_or_with_a_dead_one_nobody_is_missed():
    box, little, points = heated(), LittleHome(), points_with(MONDAY)
    now = live(box, little, points, MONDAY, MONDAY + 15 * 3600, None, 900)
    assert told(box, now)["occupied"] is None
    live(box, little, points, now, MONDAY + DAY + 8 * 3600, at_work, 900)
    box.band.usual = bytearray(96)
    now = live(box, little, points, MONDAY + DAY + 8 * 3600, MONDAY + DAY + 15 * 3600, None, 900)
    assert box.band.away is False
    assert box.band.target(now) == 20500


def test_an_override_is_stronger_than_an_empty_house_and_than_a_holiday():
    box, little, points = heated(), LittleHome(), points_with(MONDAY)
    now = live(box, little, points, MONDAY, MONDAY + 13 * 3600, lambda t: local(t) < 8, 900)
    box.band.usual = bytearray(96)
    comfort_wish(box, {"holiday": {"until": now + 5 * DAY, "mc": 15000}}, now)
    assert box.band.target(now) == 15000
    box.override(22000, 120, now)
    assert box.step(now, points)["heat_pump"] == ("auto", 0, 22000)
    assert box.band.at(now + 600) == (21500, 22500)
    assert box.band.target(now + 7200) == 15000


def test_a_holiday_is_cool_until_it_is_warm_again_in_time_for_the_return():
    for ask in (None, 0):
        box, little, points = heated(), LittleHome(outdoor_c=-2.0), points_with(MONDAY)
        back = MONDAY + 4 * DAY + 17 * 3600
        comfort_wish(box, {"holiday": {"until": back, "mc": 15000}}, MONDAY)
        assert told(box, MONDAY)["holiday"] == {"until": back, "mc": 15000}
        live(box, little, points, MONDAY, back, None, 300, ask)
        assert little.coldest < 16.2, little.coldest  # the time was used
        assert little.coldest >= 14.7, little.coldest
        assert little.air >= 19.4, (ask, little.air)
        live(box, little, points, back, back + 3 * 3600, None, 300, ask)
        assert little.air >= 19.4, (ask, little.air)
        assert told(box, back + 3 * 3600)["holiday"] is None


def test_a_holiday_can_end_early():
    box = heated()
    comfort_wish(box, {"holiday": {"until": MONDAY + 9 * DAY, "mc": 15000}}, MONDAY)
    comfort_wish(box, {"holiday": None}, MONDAY + 3600)
    assert box.band.target(MONDAY + 12 * 3600) == 20500
    assert box.band.lived is None


def test_a_dead_room_sensor_leaves_the_unit_its_own_thermostat_whatever_the_plan_and_the_holiday():
    box, points = heated(), points_with(MONDAY, grid_power=500, outdoor_temp=-10000)
    comfort_wish(box, {"holiday": {"until": MONDAY + 5 * DAY, "mc": 12000}}, MONDAY)
    accept(box, plan(MONDAY, 8, heat_pump=0), MONDAY, points)
    assert box.step(MONDAY, points)["heat_pump"] == ("auto", 0, 12000)
    put(points, MONDAY + 60, grid_power=500, room_temp=6500)
    accept(box, plan(MONDAY + 60, 8, plan_id=2, heat_pump=0), MONDAY + 60, points)
    assert box.step(MONDAY + 60, points)["heat_pump"][0] == "auto"  # frost
