"""The grid operator's limit: the states of the EEBUS use case "limitation of power consumption" 1.0.0 and its rules.

A rule is named where a test holds it: LPC-911 and so on. What differs from the use case, and why, is in docs/grid.md.
"""

import json

from limited_home import NOON, all_on, drawn, message, said, words
from little_home import ZONE, hear, home, points_with, put

from osb_box import finish
from osb_box.control import Controller
from osb_box.plan.dim import Dim, of


def test_it_ends_by_itself():
    box, points = all_on()
    hear(box, "limit", message(NOON, 4200, until=NOON + 600), NOON)
    box.step(NOON, points)
    hear(box, "limit", message(NOON + 540, 4200, until=NOON + 600), NOON + 540)
    assert of(box).allowed(NOON + 540) == (4200, "dim")
    box.step(NOON + 600, points)
    assert of(box).state == "unlimited"  # LPC-914: under control still
    hear(box, "limit", message(NOON + 600, 4200, until=NOON + 600), NOON + 601)
    assert of(box).state == "unlimited"


def test_a_lost_signal_is_the_fail_safe_for_two_hours_then_the_home_is_on_its_own():
    dim = Dim()
    dim.take(message(NOON, 3000), NOON)
    dim.turn(NOON + 120, None)
    assert dim.allowed(NOON + 120) == (3000, "dim")  # two heartbeats: not lost yet
    dim.turn(NOON + 121, None)
    assert dim.allowed(NOON + 121) == (4200, "fail_safe")  # LPC-911
    dim.turn(NOON + 121 + 7199, None)
    assert dim.allowed(NOON + 121 + 7199) == (4200, "fail_safe")
    dim.turn(NOON + 121 + 7200, None)
    assert (dim.state, dim.allowed(NOON + 121 + 7200)) == ("autonomous", (None, None))  # LPC-922


def test_the_signal_comes_back():
    dim = Dim()
    dim.take(message(NOON, None), NOON)
    dim.turn(NOON + 180, None)
    assert dim.allowed(NOON + 180) == (4200, "fail_safe")  # LPC-912: also where no limit was in force
    dim.take(message(NOON + 240, None), NOON + 240)
    assert (dim.state, dim.allowed(NOON + 240)) == ("unlimited", (None, None))  # LPC-916
    dim.turn(NOON + 400, None)
    dim.turn(NOON + 400 + 7200, None)
    assert dim.state == "autonomous"
    later = NOON + 8000
    dim.take(message(later, 5000, number=2), later)
    assert dim.allowed(later) == (5000, "dim")  # LPC-918


def test_what_was_overtaken_on_the_way_is_no_heartbeat():
    dim = Dim()
    dim.take(message(NOON + 60, 3000), NOON + 60)
    dim.take(message(NOON, 9000), NOON + 150)
    assert dim.allowed(NOON + 150) == (3000, "dim")
    dim.turn(NOON + 181, None)
    assert dim.state == "fail_safe"


def test_who_is_left_to_himself_needs_no_heartbeat():
    dim = Dim()
    dim.take(message(NOON, 3000), NOON)
    dim.take(message(NOON + 60, None, number=2, heartbeat_s=None), NOON + 60)
    dim.turn(NOON + 86400, None)
    assert (dim.state, dim.allowed(NOON + 86400)) == ("autonomous", (None, None))


def again(box, config=None):
    """The box after a restart: what it had written is all it has."""
    other = Controller(config or box.home, ZONE)
    other.restore(json.loads(json.dumps(finish(box.snapshot()))), json.loads(json.dumps(finish(box.kept()))))
    return other


def test_a_restart_is_no_way_out_of_a_limit():
    box, points = all_on()
    hear(box, "limit", message(NOON, 3000), NOON)
    box.step(NOON, points)
    other = again(box)
    other.step(NOON + 600, points)
    assert of(other).state == "init"
    assert of(other).allowed(NOON + 600) == (3000, "init")  # LPC-901: at most the fail-safe, here the lower limit
    put(points, NOON + 721, grid_power=500, ev_state=1, ev_energy=0)
    other.step(NOON + 721, points)
    assert of(other).allowed(NOON + 721) == (4200, "fail_safe")


def test_a_restart_in_the_fail_safe_neither_shortens_nor_lengthens_it():
    box, points = all_on()
    hear(box, "limit", message(NOON, 3000), NOON)
    box.step(NOON, points)
    box.step(NOON + 180, points)
    assert of(box).state == "fail_safe"
    other = again(box)
    other.step(NOON + 180 + 7140, points)
    assert of(other).allowed(NOON + 180 + 7140) == (4200, "fail_safe")
    other.step(NOON + 180 + 7200, points)
    assert of(other).state == "autonomous"
    assert of(again(other)).state == "autonomous"


def test_a_home_that_was_free_waits_two_minutes_for_the_signal_after_a_restart():
    box, points = all_on()
    hear(box, "limit", message(NOON, None), NOON)
    box.step(NOON, points)
    other = again(box)
    other.step(NOON + 600, points)
    assert of(other).allowed(NOON + 600) == (4200, "init")
    other.step(NOON + 721, points)
    assert of(other).state == "autonomous"  # LPC-906


def test_a_home_of_which_the_installer_says_it_begins_so():
    box = Controller(home(limit={"fail_safe_w": 7560, "fail_safe_s": None}), ZONE)
    points = points_with(NOON, grid_power=500, ev_state=1, ev_energy=0)
    box.step(NOON, points)
    assert of(box).allowed(NOON) == (7560, "init")


def test_the_local_contact_asks_for_the_same():
    box, points = all_on()
    points.set("grid.dim", 1, "1", NOON)
    commands = box.step(NOON, points)
    assert drawn(commands) == 2500 + 7 * 230 + 90
    assert words(box, "ev") == "the grid operator's contact asks for less"
    assert [(m["id"], m["state"], m["power_w"]) for m in said(box)] == [(None, "limited", 4200)]
    points.set("grid.dim", 0, "1", NOON + 60)
    put(points, NOON + 60, grid_power=5000, battery_soc=500, tank_temp=50000, room_temp=19900, ev_state=1)
    assert box.step(NOON + 60, points)["ev"] > 7000
    assert [(m["state"], m["power_w"]) for m in said(box)] == [("autonomous", None)]


def test_a_contact_that_falls_silent_holds_for_the_fail_safe_time():
    dim = Dim()
    dim.turn(NOON, 1)
    dim.turn(NOON + 7199, None)
    assert dim.allowed(NOON + 7199) == (4200, "contact")
    dim.turn(NOON + 7200, None)
    assert dim.allowed(NOON + 7200) == (None, None)


def test_the_lower_of_contact_and_hub_counts():
    dim = Dim()
    dim.take(message(NOON, 3000), NOON)
    dim.turn(NOON, 1)
    assert dim.allowed(NOON) == (3000, "dim")
    dim.take(message(NOON + 60, 6000, number=2), NOON + 60)
    assert dim.allowed(NOON + 60) == (4200, "contact")
