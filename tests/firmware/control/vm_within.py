"""Under the grid operator's limit the devices together stay below it: who gives way, who does not. Worked by hand."""

from limited_home import NOON, all_on, drawn, message, said, words
from little_home import ZONE, accept, hear, home, plan, points_with, put

from osb_box.control import Controller


def test_within_one_step_all_together_stay_below_it():
    box, points = all_on()
    assert drawn(box.step(NOON, points)) == 2500 + 2000 + 7360 + 5000
    hear(box, "limit", message(NOON, 4200), NOON)
    commands = box.step(NOON, points)
    # 4200 W: the heat pump has its 2500; the tank's 2000 do not fit; 1700 W are 7 A at 230 V; 90 W for the battery
    assert commands["heat_pump"] == ("run", 2500, 20500)
    assert commands["tank"] == 0
    assert commands["ev"] == 7000
    assert commands["battery"] == 90
    assert words(box, "ev") == words(box, "tank") == "the grid operator allows no more for now"


def test_what_others_in_the_house_draw_is_not_cut_and_not_counted():
    box, points = all_on(grid_power=17260 + 6000)
    box.home["fuse_w"] = 30000
    hear(box, "limit", message(NOON, 4200), NOON)
    assert drawn(box.step(NOON, points)) == 2500 + 7 * 230 + 90


def test_own_sun_makes_room():
    # 4000 W of sun less 400 W for the house are 3600 W more: 7800; 2500 + 2000 leave 3300, which are 14 A, 3220 W
    box, points = all_on(pv_power=-4000, grid_power=13260)
    hear(box, "limit", message(NOON, 4200), NOON)
    commands = box.step(NOON, points)
    assert commands["heat_pump"][1] == 2500
    assert commands["tank"] == 1
    assert commands["ev"] == 14000
    assert commands["battery"] == 80


def test_own_sun_makes_room_although_nobody_meters_the_car():
    # as above, but the car, which stops just now, has drawn what it was told, and not what it is told now: 7800 W are
    # 2500 + 2000 and leave 3300 W
    box, points = all_on(pv_power=-4000, grid_power=13260)
    points.mark_bad("ev.power", "W", NOON)
    accept(box, plan(NOON, 4, plan_id=2, ev=0, heat_pump=2500, tank=2000, battery=5000), NOON, points)
    hear(box, "limit", message(NOON, 4200), NOON)
    commands = box.step(NOON, points)
    assert (commands["ev"], commands["tank"], commands["battery"]) == (0, 1, 3300)


def test_sun_that_nobody_measures_makes_none():
    box, points = all_on(pv_power=-4000, grid_power=13260)
    points.mark_bad("grid.power", "W", NOON)
    hear(box, "limit", message(NOON, 4200), NOON)
    assert drawn(box.step(NOON, points)) <= 4200


def test_the_override_gives_the_heat_pump_the_power_and_not_more_than_the_limit():
    box, points = all_on()
    hear(box, "limit", message(NOON, 2400), NOON)
    box.override(23000, 120, NOON)
    commands = box.step(NOON, points)
    assert commands["heat_pump"] == ("run", 2400, 23000)
    assert commands["ev"] == commands["tank"] == commands["battery"] == 0
    assert words(box, "heat_pump") == "the grid operator allows no more for now"


def test_frost_beats_the_limit():
    box, points = all_on(room_temp=6500, heat_pump_power=0)
    hear(box, "limit", message(NOON, 1000), NOON)
    commands = box.step(NOON, points)
    assert commands["heat_pump"][0] == "auto"
    assert commands["ev"] == commands["tank"] == commands["battery"] == 0


def test_a_compressor_that_has_just_started_runs_on_at_its_least():
    box, points = all_on()
    put(points, NOON + 60, heat_pump_power=0, grid_power=14760)
    accept(box, plan(NOON, 8, t=NOON + 60, plan_id=2, heat_pump=0), NOON + 60, points)
    box.step(NOON + 60, points)
    put(points, NOON + 900, heat_pump_power=2500, grid_power=17260)
    accept(box, plan(NOON, 8, t=NOON + 900, plan_id=3, heat_pump=2500), NOON + 900, points)
    box.step(NOON + 900, points)
    hear(box, "limit", message(NOON + 910, 300), NOON + 910)
    assert box.step(NOON + 910, points)["heat_pump"] == ("run", 500, 20500)
    put(points, NOON + 1500, heat_pump_power=500, grid_power=900, room_temp=19900, tank_temp=50000, battery_soc=500)
    hear(box, "limit", message(NOON + 1500, 300), NOON + 1500)
    assert box.step(NOON + 1500, points)["heat_pump"][0] == "off"


def test_a_thermostat_of_its_own_cannot_start_unseen():
    # nobody plans; the room is warm and the heat pump rests: it is held off, and the car has 4200 W: 18 A
    box = Controller(home(battery=None, tank=None, pv=None), ZONE)
    points = points_with(NOON, grid_power=400, room_temp=22000, ev_state=1, ev_energy=0, ev_power=0, heat_pump_power=0)
    hear(box, "limit", message(NOON, 4200), NOON)
    commands = box.step(NOON, points)
    assert commands["heat_pump"] == ("off", 0, 20500)
    assert commands["ev"] == 18000
    # the room cools: the heat pump may start whenever it likes, so its 2500 W are kept for it
    put(points, NOON + 60, grid_power=400, room_temp=20400, ev_state=1, ev_energy=0, ev_power=0, heat_pump_power=0)
    hear(box, "limit", message(NOON + 60, 4200), NOON + 60)
    commands = box.step(NOON + 60, points)
    assert commands["heat_pump"] == ("auto", 0, 20500)
    assert commands["ev"] == 7000


def test_a_heat_pump_at_rest_is_held_off_and_goes_on_with_its_plan():
    box = Controller(home(battery=None, tank=None, pv=None), ZONE)
    points = points_with(NOON, grid_power=400, room_temp=21000, heat_pump_power=0)
    accept(box, plan(NOON, 8, heat_pump=0), NOON, points)
    assert box.step(NOON, points)["heat_pump"] == ("rest", 0, 20500)
    hear(box, "limit", message(NOON, 4200), NOON)
    assert box.step(NOON, points)["heat_pump"] == ("off", 0, 20500)
    assert box.state(NOON)["actuators"]["heat_pump"]["mode"] == "plan"


def test_the_hub_hears_what_is_in_force_and_heartbeats_make_no_noise():
    box, points = all_on()
    hear(box, "limit", message(NOON, 4200, number=5, until=NOON + 3600), NOON)
    box.step(NOON, points)
    assert said(box) == [
        {
            "t": NOON,
            "id": 5,
            "state": "limited",
            "power_w": 4200,
            "until": NOON + 3600,
            "reason": "the grid operator relieves this street",
        }
    ]
    assert box.unsaved
    box.unsaved = False
    for minute in range(1, 10):
        hear(box, "limit", message(NOON + 60 * minute, 4200, number=5, until=NOON + 3600), NOON + 60 * minute)
        box.step(NOON + 60 * minute, points)
    assert said(box) == []
    assert not box.unsaved  # nor do they wear the flash
    now = NOON + 600
    hear(box, "limit", message(now, None, number=6), now)
    commands = box.step(now, points)
    assert [(m["id"], m["state"], m["power_w"]) for m in said(box)] == [(6, "unlimited", None)]
    assert commands["ev"] > 7000


def test_without_the_memory_to_reckon_nothing_that_could_be_too_much_runs():
    from osb_box import control

    box, points = all_on()
    hear(box, "limit", message(NOON, 4200), NOON)
    briefly = control._briefly

    def short_of_memory(name, *folder):
        if name == "within":
            raise MemoryError
        return briefly(name, *folder)

    control._briefly = short_of_memory
    try:
        commands = box.step(NOON, points)
    finally:
        control._briefly = briefly
    assert commands["ev"] == commands["tank"] == commands["battery"] == 0
    assert commands["heat_pump"] == ("run", 500, 20500)  # a compressor that runs is not stopped for it
    assert words(box, "ev") == "the grid operator allows no more for now"
