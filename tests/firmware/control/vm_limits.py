"""The last word: fuse, charger, compressor, frost, battery, and silent meters."""

from little_home import MIDNIGHT, ZONE, accept, home, plan, points_with, put

from osb_box.control import Controller

NOON = MIDNIGHT + 12 * 3600


def box_and_points(config=None, **values):
    measured = {
        "grid_power": 500,
        "room_temp": 21000,
        "outdoor_temp": 0,
        "tank_temp": 55000,
        "battery_soc": 500,
        "battery_power": 0,
        "ev_state": 1,
        "ev_energy": 5,
        "ev_power": 0,
        "tank_power": 0,
        "heat_pump_power": 0,
        "pv_power": 0,
    }
    measured.update(values)
    return Controller(config or home(), ZONE), points_with(NOON, **measured)


def words(box, role):
    return box.state(NOON)["actuators"][role]["reason"]


def test_the_car_gets_what_the_fuse_leaves():
    # 9200 - 3000 measured: 6200 W are 26 A at 230 V
    box, points = box_and_points(home(battery=None, heat_pump=None), grid_power=3000)
    assert box.step(NOON, points)["ev"] == 26000
    assert words(box, "ev") == "the fuse leaves no more"


def test_what_already_flows_is_not_counted_twice():
    # 8980 W at the meter, 5980 W of them the car itself
    box, points = box_and_points(home(battery=None, heat_pump=None), grid_power=8980, ev_power=5980, ev_state=2)
    assert box.step(NOON, points)["ev"] == 26000


def test_a_car_that_nobody_meters_is_counted_as_what_the_fuse_has_left_it():
    box = Controller(home(battery=None, heat_pump=None, tank=None), ZONE)
    points = points_with(NOON, grid_power=3000, ev_state=1, ev_energy=5)
    assert box.step(NOON, points)["ev"] == 26000  # 5,980 W, and not the 7,360 that it had been about to get
    put(points, NOON + 60, grid_power=8980, ev_state=2, ev_energy=5)  # the car draws them
    assert box.step(NOON + 60, points)["ev"] == 26000


def test_less_than_six_amps_is_none():
    box, points = box_and_points(home(battery=None, heat_pump=None), grid_power=8000)
    assert box.step(NOON, points)["ev"] == 0


def test_order_of_shedding():
    # asked: car 7360, tank 2000, battery 5000, heat pump 2500 on top of 2000 W; the car goes first, then the tank,
    # then the battery keeps 9200 - 2000 - 2500 = 4700 W
    box, points = box_and_points(grid_power=2000, tank_temp=50000)
    box.step(NOON - 900, points)
    accept(box, plan(NOON, 2, ev=7360, tank=2000, battery=5000, heat_pump=2500), NOON, points)
    commands = box.step(NOON, points)
    assert commands["ev"] == 0
    assert commands["tank"] == 0
    assert commands["battery"] == 4700
    assert commands["heat_pump"] == ("run", 2500, 20500)


def test_the_heat_pump_is_throttled_last():
    # 7800 W from others leave 1400 W
    box, points = box_and_points(home(ev=None, tank=None, battery=None), heat_pump_power=600, grid_power=8400)
    box.step(NOON - 900, points)
    accept(box, plan(NOON, 2, heat_pump=2500), NOON, points)
    put(points, NOON, heat_pump_power=600, grid_power=8400)
    assert box.step(NOON, points)["heat_pump"] == ("run", 1400, 20500)


def test_never_more_out_than_allowed():
    # 3 kW out allowed, 4.5 kW of sun, 1 kW at home: the battery may not add; the sun may give 4 kW
    box, points = box_and_points(home(export_max_w=3000), grid_power=-3500, pv_power=-4500)
    accept(box, plan(NOON, 2, battery=-2000, ev=0, tank=0), NOON, points)
    box.step(NOON - 900, points)
    commands = box.step(NOON, points)
    assert commands["battery"] == 0
    assert commands["pv"] == 4000
    box.ev.full = True
    commands = box.step(NOON, points)
    assert (commands["ev"], commands["pv"]) == (6000, 4000)  # a car that takes nothing makes no room


def test_never_more_out_than_allowed_while_the_grid_meter_is_silent():
    box, points = box_and_points(home(export_max_w=1500, battery=None), grid_power=-1000, pv_power=-2000)
    box.step(NOON - 900, points)
    for now in range(NOON, NOON + 600, 60):
        points.set("pv.power", -4000 if now > NOON + 300 else -2000, "W", now)
        command = box.step(now, points)["pv"]
    assert command == 1500  # nobody can tell what the home uses of it
    box, points = box_and_points(home(export_max_w=0, battery=None), grid_power=500, pv_power=-2500)
    box.step(NOON, points)
    assert box.step(NOON + 600, points)["pv"] == 0  # not even the sun is measured any more


def test_a_tank_is_not_held_off_for_hours_by_a_clock_that_was_set_back():
    box, points = box_and_points(tank_temp=40000)
    box.accounts["tank"].hold_off_s = 600
    box.accounts["tank"].since = NOON + 7200
    box.accounts["tank"].turn(False, NOON)
    for now in range(NOON, NOON + 900, 60):
        put(points, now, tank_temp=40000)
        on = box.step(now, points)["tank"]
    assert on == 1


def test_no_car_no_current_whatever_the_plan():
    box, points = box_and_points()
    accept(box, plan(NOON, 2, ev=3000), NOON, points)
    put(points, NOON, ev_state=0)
    assert box.step(NOON, points)["ev"] == 0
    assert words(box, "ev") == "no car is connected"


def test_compressor_runs_its_ten_minutes_and_rests_ten():
    box, points = box_and_points(home(ev=None, tank=None, battery=None))
    seen = []
    now = NOON - 900
    for minute in range(60):
        put(points, now, grid_power=500, room_temp=21000, heat_pump_power=seen[-1] if seen else 0)
        # a new plan each minute, each the opposite of the last
        accept(box, plan(now // 900 * 900, 4, t=now, plan_id=minute + 1, heat_pump=2500 * (minute % 2)), now, points)
        mode, w, _ = box.step(now, points)["heat_pump"]
        assert mode != "auto"
        seen.append(w)
        now += 60
    runs = "".join("1" if w else "0" for w in seen).lstrip("0")
    assert "10" in runs, seen
    assert "01" in runs, seen
    runs = runs[: max(runs.rfind("10"), runs.rfind("01")) + 1]  # the last one is not over yet
    assert all(len(run) >= 10 for run in runs.split("0") if run), seen
    assert all(len(rest) >= 10 for rest in runs.split("1") if rest), seen


def test_a_compressor_is_not_stopped_where_the_room_would_get_too_cold_while_it_rests():
    # of 2500 W at 0 degrees come 7.8 kW of heat; without it the air cools by 200 mK for each of them, 600 s / 1500 s of
    # that in the ten minutes of rest: 624 mK above the least of 19.5 degrees
    for room_mc, mode in ((19900, "run"), (20100, "run"), (20150, "off"), (20600, "off")):
        box, points = box_and_points(home(ev=None, tank=None, battery=None))
        for now in range(NOON - 900, NOON, 60):
            put(points, now, grid_power=3000, room_temp=20700, outdoor_temp=0, heat_pump_power=2500)
            box.step(now, points)
        accept(box, plan(NOON, 4, heat_pump=0), NOON, points)
        put(points, NOON, grid_power=3000, room_temp=room_mc, outdoor_temp=0, heat_pump_power=2500)
        command = box.step(NOON, points)["heat_pump"]
        assert command[:2] == (mode, 500 if mode == "run" else 0), (room_mc, command)


def test_frost_beats_everything():
    box, points = box_and_points(room_temp=6900)
    box.override(10000, 60, NOON)
    accept(box, plan(NOON, 2, heat_pump=0), NOON, points)
    assert box.step(NOON, points)["heat_pump"][0] == "auto"
    assert words(box, "heat_pump") == "the room is close to frost"


def test_battery_keeps_its_reserve():
    # 0.5 % above the reserve of 10 %: 50 Wh in the cells, 47.5 Wh out of them, over two minutes 1425 W
    box, points = box_and_points(battery_soc=105)
    accept(box, plan(NOON, 2, battery=-5000), NOON, points)
    assert box.step(NOON, points)["battery"] == -1425
    put(points, NOON + 60, battery_soc=100, grid_power=500)
    assert box.step(NOON + 60, points)["battery"] == 0
    assert words(box, "battery") == "it is down to its reserve"


def test_full_battery_takes_nothing():
    box, points = box_and_points(battery_soc=1000)
    accept(box, plan(NOON, 2, battery=5000), NOON, points)
    assert box.step(NOON, points)["battery"] == 0


def test_unknown_charge_moves_nothing():
    box, points = box_and_points()
    points.mark_bad("battery.soc", "pm", NOON)
    assert box.step(NOON, points)["battery"] == 0


def test_blind_without_the_grid_meter():
    # 9200 - 3000 W assumed - 2500 W heat pump: 3700 W are 16 A
    box, points = box_and_points()
    accept(box, plan(NOON, 4, ev=7360, battery=3000, heat_pump=0), NOON, points)
    points.mark_bad("grid.power", "W", NOON)
    commands = box.step(NOON, points)
    assert commands["battery"] == 0
    assert commands["ev"] == 16000
    assert commands["heat_pump"] == ("auto", 0, 20500)
    assert words(box, "battery") == "the grid meter is silent"


def test_the_heat_pump_minds_itself_without_a_room_temperature():
    box, points = box_and_points()
    accept(box, plan(NOON, 4, heat_pump=0), NOON, points)
    points.mark_bad("room.temp", "mC", NOON)
    assert box.step(NOON, points)["heat_pump"] == ("auto", 0, 20500)
    assert words(box, "heat_pump") == "the room temperature is not known"


def test_water_of_unknown_temperature_is_not_heated():
    box, points = box_and_points(tank_temp=30000)
    assert box.step(NOON, points)["tank"] == 1
    points.mark_bad("tank.temp", "mC", NOON)
    assert box.step(NOON, points)["tank"] == 0


def test_a_charger_that_went_off_stays_off_for_five_minutes():
    box, points = box_and_points(home(battery=None, heat_pump=None, tank=None))
    on = []
    for minute in range(12):
        now = NOON + 60 * minute
        base = 9000 if minute % 2 else 500
        put(points, now, grid_power=base + (7360 if on and on[-1] else 0), ev_power=7360 if on and on[-1] else 0)
        put(points, now, ev_state=1, ev_energy=0)
        on.append(box.step(now, points)["ev"] > 0)
    # on at first, off at the first kettle; looks again after five minutes when the kettle is off
    assert on == [True, False, False, False, False, False, True, False, False, False, False, False], on
