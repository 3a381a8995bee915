"""The car's need and what the session has charged."""

from little_home import MIDNIGHT, ZONE, LittleHome, accept, home, live, plan, points_with, put

from osb_box import finish
from osb_box.control import Controller
from osb_box.plan.car import Car
from osb_box.plan.household import ask
from osb_box.plan.state import shortfall

SIX_PM = MIDNIGHT - 6 * 3600
HALF_PAST_SEVEN = MIDNIGHT + 7 * 3600 + 1800


def a_car():
    return Car(home()["ev"], ZONE, 9200)


def test_daily_need_by_the_morning():
    car = a_car()
    car.see(MIDNIGHT - 6 * 3600, 1, 1234000, 0)
    assert (car.need(), car.by, car.wh) == (7200, HALF_PAST_SEVEN, 0)  # 40 km * 180 Wh/km
    car.see(MIDNIGHT, 2, 1236500, 0)
    assert (car.wh, car.left()) == (2500, 4700)


def test_household_says_the_kilometres():
    car = a_car()
    car.see(MIDNIGHT, 1, 500, 0)
    ask(car, 100, MIDNIGHT + 9 * 3600, MIDNIGHT)
    assert (car.need(), car.by) == (18000, MIDNIGHT + 9 * 3600)
    # 9 h at 7360 W are enough; in the last two hours 18000 - 14720 Wh would be missing
    assert shortfall(car, MIDNIGHT) == 0
    assert shortfall(car, MIDNIGHT + 7 * 3600) == 3280


def test_asked_before_arrival_and_over_when_its_time_has_passed():
    car = a_car()
    car.see(MIDNIGHT, 0, 500, 0)
    ask(car, 60, MIDNIGHT + 9 * 3600, MIDNIGHT)
    car.see(MIDNIGHT + 3600, 1, 500, 0)
    assert (car.need(), car.by) == (10800, MIDNIGHT + 9 * 3600)
    car.see(MIDNIGHT + 8 * 3600, 0, 11300, 0)
    car.see(MIDNIGHT + 10 * 3600, 0, 11300, 0)
    assert car.need() == 7200


def test_who_leaves_after_the_time_said_has_asked_for_one_trip_only():
    box, again = Controller(home(), ZONE), Controller(home(), ZONE)
    car = box.ev
    car.see(MIDNIGHT, 1, 500, 0)
    ask(car, 300, MIDNIGHT + 7 * 3600, MIDNIGHT)
    car.see(MIDNIGHT + 3600, 0, 500, 0)  # an errand before it is no trip
    car.see(MIDNIGHT + 2 * 3600, 1, 500, 0)
    car.see(MIDNIGHT + 7 * 3600, 2, 40500, 0)
    assert car.left() == 14000  # there is still time to charge
    again.restore(finish(box.snapshot()))
    again.ev.see(HALF_PAST_SEVEN, 2, 43500, 0)
    assert again.ev.need() == 54000
    again.ev.see(MIDNIGHT + 8 * 3600, 0, 47000, 0)
    again.ev.see(MIDNIGHT + 18 * 3600, 1, 47000, 0)
    assert again.ev.need() == 7200
    ask(car, 10, MIDNIGHT + 31 * 3600, MIDNIGHT + 8 * 3600)  # a new wish, though it has not left yet
    car.see(MIDNIGHT + 9 * 3600, 0, 47000, 0)
    assert car.need() == 1800


def test_a_snapshot_of_an_older_release_is_taken_up():
    box, kept = Controller(home(), ZONE), finish(Controller(home(), ZONE).snapshot())
    kept["car"] = [True, 500, 100, HALF_PAST_SEVEN, 100, False]
    box.restore(kept)
    assert (box.ev.here, box.ev.wh, box.ev.need()) == (True, 100, 18000)


def test_a_new_session_begins_when_the_car_comes_back():
    car = a_car()
    car.see(MIDNIGHT, 2, 500, 0)
    car.see(MIDNIGHT + 60, 2, 600, 0)
    assert car.wh == 100
    car.see(MIDNIGHT + 120, 0, 600, 0)
    car.see(MIDNIGHT + 180, 1, 600, 0)
    assert car.wh == 0


def test_session_survives_a_restart_and_a_silent_charger():
    box, again = Controller(home(), ZONE), Controller(home(), ZONE)
    box.ev.see(MIDNIGHT, 2, 500, 0)
    box.ev.see(MIDNIGHT + 60, 2, 600, 0)
    again.restore(finish(box.snapshot()))
    again.ev.see(MIDNIGHT + 120, None, None, 0)
    assert again.ev.wh == 100
    again.ev.see(MIDNIGHT + 180, 2, 900, 0)
    assert again.ev.wh == 400


def test_a_charger_that_starts_with_its_counter_at_zero_has_charged_nothing_by_that():
    box = Controller(home(), ZONE)
    for t, state, counter in ((0, 2, 5000000), (60, 2, 5000100), (120, 2, 0), (180, 2, 5000200)):
        box.see_car(MIDNIGHT + t, points_with(MIDNIGHT + t, ev_state=state, ev_energy=counter))
    assert box.ev.wh == 200


def test_departure_on_the_day_after_when_plugged_in_at_the_last_minute():
    car = a_car()
    car.see(HALF_PAST_SEVEN - 1800, 1, 0, 0)
    assert car.by == HALF_PAST_SEVEN + 86400


def test_departure_keeps_local_time_over_the_change_to_summer_time():
    car = a_car()
    car.see(1774731600, 1, 0, 0)  # Saturday 2026-03-28 22:00 in Berlin; the clocks change at 2 o'clock
    assert car.by == 1774762200  # 05:30 UTC = 07:30 in summer time


def test_pressing_only_when_there_is_just_enough_time():
    # 5520 W, 60 % of the fuse, are sure and offered; 7200 Wh at 1.05 * 5520 W take 4472 s
    car = a_car()
    car.see(MIDNIGHT, 1, 0, 0)
    assert car.sure_w == 5520
    assert not car.pressing(HALF_PAST_SEVEN - 4480)
    assert car.pressing(HALF_PAST_SEVEN - 4470)
    car.see(MIDNIGHT, 2, 7200, 0)
    assert not car.pressing(HALF_PAST_SEVEN - 60)


def test_wishes_that_cannot_be_meant():
    car = a_car()
    for km, by, words in (
        (5000, MIDNIGHT + 3600, "km must be 0..1000, not 5000"),
        (10, MIDNIGHT, "by must lie within the coming week, not 1768431600"),
    ):
        try:
            ask(car, km, by, MIDNIGHT)
        except ValueError as e:
            assert str(e) == words, e
        else:
            raise AssertionError("accepted")


def test_a_car_that_takes_nothing_is_full():
    car = a_car()
    for now in range(MIDNIGHT, MIDNIGHT + 240, 60):
        car.see(now, 1, 500, 16000)
        assert car.absence() is None
    car.see(MIDNIGHT + 240, 1, 500, 16000)
    assert car.absence() == "ev full"
    car.see(MIDNIGHT + 300, 2, 510, 6000)  # it wanted some after all
    assert car.absence() is None


def test_what_a_charger_itself_counts_wakes_no_car():
    car = a_car()
    for k in range(60):
        car.see(MIDNIGHT + 60 * k, 1, 500 + k // 12, 6000)  # 5 W
    assert car.absence() == "ev full"
    for k in range(60, 62):
        car.see(MIDNIGHT + 60 * k, 1, 500 + 23 * (k - 59), 6000)  # 6 A, whatever the charger calls it
    assert car.absence() is None


def test_a_car_that_takes_nothing_yet_may_be_late():
    car = a_car()
    for now in range(MIDNIGHT, MIDNIGHT + 241, 60):
        car.see(now, 1, 500, 16000)
    assert car.absence() == "ev full"
    assert not car.pressing(MIDNIGHT + 300)
    assert car.pressing(HALF_PAST_SEVEN - 4470)
    assert shortfall(car, HALF_PAST_SEVEN - 1800) == 7200 - 3680  # at 7360 W
    assert car.state == 1


def test_who_left_late_is_not_pressed_in_the_evening():
    car = a_car()
    car.see(MIDNIGHT, 1, 500, 0)
    assert car.pressing(HALF_PAST_SEVEN - 600)
    car.see(HALF_PAST_SEVEN, 0, 1700, 0)
    evening = HALF_PAST_SEVEN + 10 * 3600
    car.see(evening, 1, 1700, 0)
    assert not car.pressing(evening)


def test_a_car_that_counts_on_is_not_full_whatever_the_charger_calls_it():
    car = a_car()
    for k in range(10):
        car.see(MIDNIGHT + 60 * k, 1, 500 + 20 * k, 6000)
    assert car.absence() is None


def test_a_car_that_is_offered_nothing_is_not_full():
    car = a_car()
    for now in range(MIDNIGHT, MIDNIGHT + 601, 60):
        car.see(now, 1, 500, 0)
    assert car.absence() is None


def test_a_car_with_a_timer_of_its_own_is_charged_once_that_lets_it():
    """It begins at 3 o'clock, and is offered the least current all the time before."""
    box, little = Controller(home(), ZONE), LittleHome()
    points = points_with(SIX_PM)
    offered = set()

    def before(now):
        little.car = 1 if now >= MIDNIGHT + 3 * 3600 else 0  # LittleHome's takes nothing
        put(points, now, ev_state=1 if not little.w["ev"] else 2)
        if now == SIX_PM:
            accept(box, plan(now, 96, ev=2000), now, points)

    def after(now, commands):
        if SIX_PM + 1800 < now < MIDNIGHT + 3 * 3600:
            offered.add(commands["ev"])

    live(box, little, points, SIX_PM, HALF_PAST_SEVEN, before=before, after=after)
    assert offered == {6000}
    assert little.wh["ev"] >= 7150, little.wh
