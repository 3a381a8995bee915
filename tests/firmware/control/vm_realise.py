"""What devices can do of a plan: bursts with debts carried over, plans replaced within a slot, a place in the slot.

Numbers: a slot is 900 s; a three-phase car takes 3 * 6 A * 230 V = 4140 W at least, and 300 s at a time.
"""

from little_home import MIDNIGHT, ZONE, LittleHome, accept, home, live, plan, points_with, put

from osb_box.control import Controller

NOON = MIDNIGHT + 12 * 3600
BIG_CAR = {"phases": 3, "max_a": 16, "wh_per_km": 180, "daily_km": 200, "ready_by": "07:30"}


def started(phase=0, config=None, **little):
    """(box, home, points) at noon, with a car that has waited; what the compressor did before is long ago."""
    box, little = Controller(config or home(), ZONE), LittleHome(room_c=21.0, **little)
    box.phase = phase
    little.car = 1
    points = points_with(NOON)
    accept(box, plan(NOON - 1800, 2, ev=0), NOON - 1800, points)
    live(box, little, points, NOON - 1800, NOON)
    return box, little, points


def minutes(phase, slots=1, config=None, **powers):
    """Minutes after noon in which the device of the one power asked is on."""
    box, little, points = started(phase, config, water_c=50.0)
    accept(box, plan(NOON, slots, **powers), NOON, points)
    (role,) = powers
    on = []

    def note(now, commands):
        if commands[role] > 0:
            on.append((now - NOON) // 60)

    live(box, little, points, NOON, NOON + 900 * slots, after=note)
    return on


def test_eight_hundred_watts_for_a_three_phase_car_come_as_duty():
    # 800 W are 720 kJ a slot and the shortest run is 1242 kJ: none in the first slot, one of 521 s in two slots
    box, little, points = started(config=home(ev=BIG_CAR, fuse_w=17250))
    little.volts = 3 * 230
    before = little.wh["ev"]
    accept(box, plan(NOON, 8, ev=800), NOON, points)
    live(box, little, points, NOON, NOON + 900)
    assert little.wh["ev"] == before
    live(box, little, points, NOON + 900, NOON + 8 * 900)
    assert abs(little.wh["ev"] - before - 1600) <= 70, little.wh["ev"] - before  # a minute at 4140 W is 69 Wh


def test_a_debt_outlives_slots_of_which_nothing_is_asked():
    # 800, 0, 800, 0 ... W: after two asking slots the debt is a run of 348 s, which falls into an asking slot
    box, little, points = started(config=home(ev=BIG_CAR, fuse_w=17250))
    little.volts = 3 * 230
    before = little.wh["ev"]
    wanted = [800, 0] * 4
    accept(box, plan(NOON, 8, ev=wanted), NOON, points)
    on = set()

    def note(now, commands):
        if commands["ev"]:
            on.add((now - NOON) // 900)

    live(box, little, points, NOON, NOON + 8 * 900, after=note)
    assert on == {2, 6}, on
    assert abs(little.wh["ev"] - before - 800) <= 70, little.wh["ev"] - before


def test_a_plan_within_a_slot_holds_for_the_rest_of_it():
    """The battery has charged 200 Wh by then, which the new plan neither asks back nor counts as its own."""
    box, little, points = started()
    accept(box, plan(NOON, 4, battery=2000), NOON, points)
    now = live(box, little, points, NOON, NOON + 360)
    before = little.wh["battery"]
    accept(box, plan(NOON, 4, t=now, plan_id=2, battery=-1000), now, points)
    live(box, little, points, now, NOON + 900)
    assert abs(little.wh["battery"] - before + 150) < 3, little.wh["battery"] - before  # 1000 W for 540 s
    live(box, little, points, NOON + 900, NOON + 1800)
    assert abs(little.wh["battery"] - before + 400) < 3


def test_a_debt_outlives_a_new_plan_for_the_same():
    # the hub plans anew each quarter of an hour: 300 W of 1380 W, 270 kJ a slot of which the shortest run takes 414
    box, little, points = started()
    before = little.wh["ev"]
    for k in range(8):
        start = NOON + 900 * k
        accept(box, plan(start, 4, plan_id=k + 1, ev=300), start, points)
        live(box, little, points, start, start + 900)
    assert abs(little.wh["ev"] - before - 600) < 70, little.wh["ev"] - before


def test_boxes_share_a_slot_out_among_themselves():
    # 800 W of 2000 W are 360 s: a box has 540 s to spare, of which it waits phase / 256
    assert minutes(0, tank=800) == [0, 1, 2, 3, 4, 5]
    assert minutes(128, tank=800) == [4, 5, 6, 7, 8, 9]  # 270 s, at the last poll before
    assert minutes(255, tank=800) == [8, 9, 10, 11, 12, 13]  # 537 s


def test_many_boxes_are_never_on_together_for_a_part_of_a_slot():
    load = [0] * 15
    for phase in range(0, 256, 8):
        for minute in minutes(phase, tank=800):
            load[minute] += 1
    # 32 boxes of which 12.8 run at a time; all at once they would be 32 for six minutes
    assert sum(load) == 32 * 6, load
    assert max(load) <= 24, load


def test_a_box_at_full_power_starts_within_two_minutes_and_makes_up_for_it():
    assert minutes(0, 2, tank=2000)[0] == 0
    assert minutes(255, 2, tank=2000) == list(range(1, 30))  # 119 s, at the last poll before
    box, little, points = started(255, water_c=50.0)
    before = little.wh["tank"]
    accept(box, plan(NOON, 3, tank=[2000, 1500, 0]), NOON, points)
    live(box, little, points, NOON, NOON + 2700)
    assert abs(little.wh["tank"] - before - 875) <= 34, little.wh["tank"] - before


def test_comfort_waits_for_no_place_in_the_slot():
    box, _, points = started(255)
    accept(box, plan(NOON, 4, tank=500), NOON, points)
    put(points, NOON, tank_temp=44000)
    assert box.step(NOON, points)["tank"] == 1
    box.car(40, NOON + 3600, NOON)  # 7200 Wh in an hour: at once
    accept(box, plan(NOON, 4, plan_id=2, ev=500), NOON, points)
    assert box.step(NOON, points)["ev"] >= 6000  # what the fuse leaves
    box.override(22500, 60, NOON)
    assert box.step(NOON, points)["heat_pump"] == ("auto", 0, 22500)
