"""The last word on single phases: a fuse of 25 A on each, and phases that may lie 4.6 kW apart. Worked by hand."""

from little_home import MIDNIGHT, ZONE, accept, home, plan, points_with, put

from osb_box.control import Controller

NOON = MIDNIGHT + 12 * 3600
BEFORE = NOON - 900


def part(role, **changes):
    out = dict(home()[role])
    out.update(changes)
    return out


def look(points, now, w=(0, 0, 0), ma=(None, None, None)):
    """The grid's meter as it is read now; what is None it does not tell."""
    put(points, now, grid_power=sum([value or 0 for value in w]))
    for i in range(3):
        for name, value in (("power", w[i]), ("current", ma[i])):
            if value is not None:
                points.set("grid.%s_l%d" % (name, i + 1), value, "1", now)


def box_and_points(w=(0, 0, 0), ma=(None, None, None), ev=None, imbalance=None, fuse_a=25, **others):
    """A home with a car only, unless `others` say more; 17.25 kW are allowed in all."""
    config = {"fuse_w": 17250, "export_max_w": 17250, "heat_pump": None, "tank": None, "battery": None, "pv": None}
    config["ev"] = ev or part("ev", phase=1)
    config.update(others)
    config.update(fuse_a=fuse_a, imbalance_max_w=imbalance)
    measured = dict(ev_state=1, ev_energy=0, ev_power=0, room_temp=21000, outdoor_temp=0, tank_temp=50000)
    measured.update(battery_soc=500, battery_power=0, tank_power=0, heat_pump_power=0)
    points = points_with(NOON, **measured)
    look(points, NOON, w, ma)
    return Controller(home(**config), ZONE), points


def words(box, role):
    return box.state(NOON)["actuators"][role]["reason"]


def test_a_car_on_l1_gets_what_the_fuse_of_l1_leaves():
    # 2300 W are 10 A: 15 of 25 A are left on L1; L2 and L3 could carry all 32 A
    box, points = box_and_points((2300, 0, 0))
    assert box.step(NOON, points)["ev"] == 15000
    assert words(box, "ev") == "the fuse leaves no more"


def test_the_same_car_on_l2_only_minds_l2():
    # 8 A on L2 (1840 W): 17 A; what L1 carries does not matter
    box, points = box_and_points((4600, 1840, 0), ev=part("ev", phase=2))
    assert box.step(NOON, points)["ev"] == 17000


def test_a_car_on_three_phases_gets_what_the_fullest_leaves():
    # L3 carries 13 A (2990 W): 12 A on each phase, 8280 W
    box, points = box_and_points((230, 460, 2990), ev=part("ev", phases=3, max_a=16, phase=0))
    assert box.step(NOON, points)["ev"] == 12000


def test_less_than_six_amperes_on_a_phase_is_none():
    # 4600 W are 20 A: 5 A left
    box, points = box_and_points((4600, 0, 0))
    assert box.step(NOON, points)["ev"] == 0


def test_what_the_car_draws_already_is_not_counted_twice():
    # L1 carries 24 A, 14 of them the car: 10 A are others', 15 A are left
    box, points = box_and_points((24 * 230, 0, 0))
    put(points, NOON, ev_power=14 * 230, ev_state=2)
    assert box.step(NOON, points)["ev"] == 15000


def test_reactive_current_counts_and_a_current_has_its_powers_direction():
    # 1150 W but 9 A: 16 A are left, not 20
    box, points = box_and_points((1150, 0, 0), (9000, 0, 0))
    assert box.step(NOON, points)["ev"] == 16000
    # 7 A flow out of L1: 25 + 7 = 32 A may flow in
    box, points = box_and_points((-1610, 0, 0), (7000, 0, 0))
    assert box.step(NOON, points)["ev"] == 32000


def test_a_phase_that_is_not_measured_is_taken_to_carry_3_kilowatts():
    # 3000 W are 13.04 A: 11.96 A are left
    box, points = box_and_points((None, 0, 0))
    assert box.step(NOON, points)["ev"] == 11000


def test_stale_phases_are_no_phases():
    box, points = box_and_points((0, 0, 0))
    assert box.step(NOON, points)["ev"] == 25000
    later = NOON + 600
    put(points, later, grid_power=0, ev_state=1, ev_energy=0, ev_power=0)
    assert box.step(later, points)["ev"] == 11000


def test_who_gives_way_on_a_phase():
    # L1: 20 A of others, tank 2000 W (8.7 A) on L1 and a battery charging 3000 W (4.35 A a phase) on all: 33 A.
    # 8.05 A too much: the tank goes and all is well
    tank, battery = part("tank", phase=1), part("battery", phase=0)
    box, points = box_and_points((4600, 0, 0), ev=part("ev", phase=2), tank=tank, battery=battery)
    box.step(BEFORE, points)
    accept(box, plan(NOON, 2, tank=2000, battery=3000), NOON, points)
    commands = box.step(NOON, points)
    assert (commands["tank"], commands["battery"]) == (0, 3000)
    # on L3 the tank is in nobody's way; L1 then carries 24.35 A
    box, points = box_and_points((4600, 0, 0), ev=part("ev", phase=2), tank=part("tank", phase=3), battery=battery)
    box.step(BEFORE, points)
    accept(box, plan(NOON, 2, tank=2000, battery=3000), NOON, points)
    commands = box.step(NOON, points)
    assert (commands["tank"], commands["battery"]) == (1, 3000)


def test_a_battery_charges_with_what_the_fullest_phase_leaves():
    # L2 carries 23 A (5290 W): 2 A more on each phase are 1380 W
    box, points = box_and_points((0, 5290, 0), ev=part("ev", phase=1), battery=part("battery", phase=0))
    accept(box, plan(NOON, 2, battery=4000, ev=0), NOON, points)
    assert box.step(NOON, points)["battery"] == 1380


def test_a_fuse_blows_on_the_way_out_too():
    # the sun gives 20 A on L1 (-4600 W): a battery on L1 may add 5 A, 1150 W
    box, points = box_and_points((-4600, 0, 0), ev=part("ev", phase=2), battery=part("battery", phase=1))
    accept(box, plan(NOON, 2, battery=-3000, ev=0), NOON, points)
    assert -1150 <= box.step(NOON, points)["battery"] <= -1149


def test_a_compressor_that_runs_is_throttled_and_one_that_rests_stays_off():
    # 23 A of others on L1 and 600 W of the heat pump's own (2.6 A) there: 25 A leave it 2 A, less than its least
    pump = part("heat_pump", phase=1)
    box, points = box_and_points((23 * 230 + 600, 0, 0), ev=part("ev", phase=2), heat_pump=pump)
    put(points, NOON, heat_pump_power=600)
    box.step(BEFORE, points)
    accept(box, plan(NOON, 2, heat_pump=2500, ev=0), NOON, points)
    assert box.step(NOON, points)["heat_pump"][:2] == ("run", 500)
    # 16 A of others leave 9 A, 2070 W
    look(points, NOON, (16 * 230 + 600, 0, 0))
    assert box.step(NOON, points)["heat_pump"][:2] == ("run", 2070)


def test_the_phases_stay_within_4600_watts_of_each_other():
    # L1 1000 W, L2 200, L3 600: a car on L1 may bring it to 200 + 4600 = 4800 W: 3800 W are 16.5 A
    box, points = box_and_points((1000, 200, 600), imbalance=4600, fuse_a=None)
    assert box.step(NOON, points)["ev"] == 16000
    assert words(box, "ev") == "the phases may not lie further apart"


def test_a_car_on_three_phases_makes_no_imbalance():
    box, points = box_and_points((5000, 0, 0), ev=part("ev", phases=3, max_a=16), imbalance=4600, fuse_a=None)
    assert box.step(NOON, points)["ev"] == 16000


def test_a_battery_on_one_phase_does_not_pull_it_below_the_others():
    # L1 500 W, L2 3000 W: L1 may go down to -1600 W, so the battery gives 2100 W at most
    box, points = box_and_points((500, 3000, 1000), battery=part("battery", phase=1), imbalance=4600, fuse_a=None)
    accept(box, plan(NOON, 2, battery=-4000, ev=0), NOON, points)
    assert -2100 <= box.step(NOON, points)["battery"] <= -2099


def test_imbalance_without_a_meter_is_that_of_the_box_itself():
    # nothing is known of the phases: 4600 W are 20 A of one car on one phase
    box, points = box_and_points((None, None, None), imbalance=4600, fuse_a=None)
    assert box.step(NOON, points)["ev"] == 20000


def test_the_narrower_of_both_limits_holds():
    # fuse: 25 - 10 = 15 A; balance: 0 + 4600 - 2300 W = 10 A
    box, points = box_and_points((2300, 0, 0), imbalance=4600)
    assert box.step(NOON, points)["ev"] == 10000


def test_homes_that_ask_for_no_such_limit_do_not_carry_its_code():
    import sys

    sys.modules.pop("osb_box.plan.phases", None)
    box, points = box_and_points((9000, 0, 0), fuse_a=None, ev=part("ev"))
    box.step(NOON, points)
    assert "osb_box.plan.phases" not in sys.modules
