"""What the box learns from people who press a button, says of it, and unlearns."""

from occupant import Occupant
from three_weeks import MONDAY, box, far, live

from osb_box.comfort import habits, lived
from osb_box.comfort.band import Band

DAY = 86400


def learned(kind, seed):
    home, who = box(), Occupant(kind, seed)
    before = far(home, who, MONDAY)
    late = live(home, who, 21)
    mean, most = far(home, who, MONDAY + 21 * DAY)
    assert most <= 500, (kind, seed, mean, most, habits.rules(home.band))
    assert mean <= 200, (kind, seed, mean)
    return home, who, before, late


def test_an_early_riser():
    home, who, before, late = learned("early riser", 1)
    assert before[1] == 1000  # what a thermostat that learns nothing is wrong by
    assert late * 3 < who.asked, (late, who.asked)  # little is left to ask for in the last of three weeks
    rules = habits.rules(home.band)
    assert [(r["days"], r["mc"]) for r in rules] == [("week", 1000), ("week", 1000)], rules
    night, morning = rules
    assert (night["key"], night["to"]) == ("warmer_night", "06:00")
    assert (morning["key"], morning["from"]) == ("warmer_morning", "06:00")
    assert "05:00" <= night["from"] <= "05:30"
    assert "08:00" <= morning["to"] <= "09:30"
    assert all(rule["seen"] >= 3 and rule["on"] for rule in rules)


def test_a_night_owl():
    learned("night owl", 2)


def test_somebody_who_likes_it_cool():
    home, _, _, _ = learned("likes it cool", 3)
    assert {r["key"] for r in habits.rules(home.band)} >= {"cooler_morning", "cooler_evening"}
    low, high = home.band.at(MONDAY + 21 * DAY + 7 * 3600)
    assert (low, high) == (18500, 21500)  # the band goes along: 19.5 to 22.5 by the configuration


def test_somebody_for_whom_weekends_differ():
    home, _, _, _ = learned("weekend differs", 1)
    assert {r["days"] for r in habits.rules(home.band)} == {"weekend"}


def test_who_never_touches_it_teaches_nothing():
    home = box()
    live(home, None, 21)
    assert home.band.learned is None
    assert habits.rules(home.band) == []
    quiet = Band(home.home["comfort"], home.zone)
    for t in range(MONDAY, MONDAY + 7 * DAY, 1800):
        assert home.band.at(t, None, 150) == quiet.at(t, None, 150)
        assert home.band.target(t, 150) == 20500


def evening(band, days, mc, hour=19):
    """On each of these days somebody asks for a temperature for an hour; the room has it."""
    for day in days:
        start = MONDAY + day * DAY + hour * 3600
        band.override_mc, band.override_since, band.override_until = mc, start, start + 3600
        for t in range(start, start + 7200, 1800):
            habits.learn(band, t + 900, (t - MONDAY) % DAY // 60 + 15, mc)
    band.override_mc = None
    lived.attend(band)


def fresh():
    return box().band


def test_once_or_twice_is_no_habit_and_is_soon_forgotten():
    band = fresh()
    evening(band, (0, 1), 22500)
    monday = MONDAY + 7 * DAY + 19 * 3600
    assert band.target(monday) == 20500
    evening(band, (2,), 22500)
    assert band.target(monday) == 22500
    band = fresh()
    evening(band, (0, 1), 22500)
    for day in range(2, 40):
        habits.learn(band, MONDAY + day * DAY + 900, 15, 20500)
    assert band.learned is None


def test_whoever_says_something_else_is_heard_and_the_set_point_ends_it():
    band = fresh()
    evening(band, range(4), 22500)
    at = MONDAY + 14 * DAY + 19 * 3600
    assert band.target(at) == 22500
    evening(band, (7, 8, 9, 10), 21500)
    assert abs(band.target(at) - 21500) <= 300, band.target(at)
    evening(band, (14, 15, 16, 17, 18, 21, 22), 20500)
    assert band.target(at) == 20500
    assert habits.rules(band) == []


def test_a_habit_of_which_nothing_is_heard_fades_within_two_years_and_needs_one_word_to_return():
    band = fresh()
    evening(band, range(5), 22000)
    seen = []
    for day in range(7, 700):
        habits.learn(band, MONDAY + day * DAY + 900, 15, 20500)
        if not seen or seen[-1][1] != (lived.wish(band, 38) is not None):
            seen.append((day, lived.wish(band, 38) is not None))
    assert len(seen) == 2, seen
    assert 100 < seen[1][0] < 300, seen  # months
    band = fresh()
    evening(band, range(3), 22000)
    day = 7
    while lived.wish(band, 38) is not None:
        habits.learn(band, MONDAY + day * DAY + 900, 15, 20500)
        day += 1
    evening(band, ((day + 6) // 7 * 7,), 22000)
    assert lived.wish(band, 38) == 1500


def test_a_wish_that_is_taken_back_or_was_for_another_day_teaches_nothing():
    band = fresh()
    for day in range(5):
        start = MONDAY + day * DAY + 19 * 3600
        band.override_mc, band.override_since, band.override_until = 23000, start, start + 3600
        band.override_mc = None  # at once
        habits.learn(band, start + 900, 19 * 60 + 15, 20500)
    assert band.learned is None
    band.override_mc, band.override_since, band.override_until = 23000, MONDAY, MONDAY + DAY
    for t in range(MONDAY, MONDAY + DAY, 1800):
        habits.learn(band, t + 900, (t - MONDAY) // 60 + 15, 23000)
    # of a wish for all day the first three hours count
    assert [k for k in range(96) if band.learned[2 * k + 1]] == [0, 1, 2, 3, 4, 5]


def test_switched_off_and_forgotten():
    band = fresh()
    evening(band, range(4), 22500)
    (rule,) = habits.rules(band)
    expected = {"id": 38, "key": "warmer_evening", "mc": 2000, "from": "19:00", "to": "21:00", "days": "week"}
    assert rule == dict(expected, seen=4, on=True)
    at = MONDAY + 14 * DAY + 19 * 3600
    habits.edit(band, 38, False, False)
    assert habits.rules(band) == [dict(rule, on=False)]
    assert band.target(at) == 20500
    evening(band, (7, 8), 22500)
    assert band.target(at) == 20500  # who switched it off is not overruled
    habits.edit(band, 38, True, False)
    assert band.target(at) == 22500
    habits.edit(band, 38, None, True)
    assert habits.rules(band) == []
    try:
        habits.edit(band, 38, True, False)
    except ValueError as e:
        assert str(e) == "learned.id: there is no habit 38"
    else:
        raise AssertionError("edited")


def test_a_warm_morning_is_prepared():
    band = fresh()
    evening(band, range(4), 22000, 8)  # 1.5 K more at 8
    monday = MONDAY + 14 * DAY
    assert band.at(monday + 8 * 3600, None, 200) == (21000, 24000)
    assert band.at(monday + 7 * 3600, None, 200)[0] == 21000 - 4 * 200
    assert band.target(monday + 7 * 3600, 200) == 21000  # 22.0 less 0.8, in half kelvins
    assert band.target(monday + 7 * 3600 + 1800, 200) == 21500
    assert band.target(monday + 5 * 86400 + 7 * 3600 + 1800, 200) == 20500  # on Saturday nobody asked


def test_summer_time_moves_a_habit_with_the_clock():
    band = fresh()
    evening(band, range(4), 22000, 0)  # in the first half hour of the local day
    monday = 1783893600  # 2026-07-13 00:00 in Berlin, 22:00 UTC on Sunday
    assert band.target(monday + 600) == 22000
    assert band.target(monday - 600) == 20500
    assert band.target(monday + 5 * DAY + 600) == 20500
