"""A boiler whose water nobody measures: for three hours each night its own thermostat may heat it."""

from little_home import MIDNIGHT, ZONE, accept, home, plan, points_with, put

from osb_box.control import Controller

HOUR = 3600


def box():
    return Controller(home(heat_pump=None, ev=None, battery=None, pv=None), ZONE)


def heated(box, points, start, end, **values):
    """Times at which the tank is on."""
    on = []
    for now in range(start, end, 300):
        put(points, now, grid_power=400, room_temp=20000, tank_power=0, **values)
        if box.step(now, points)["tank"]:
            on.append(now)
    return on


def test_without_a_sensor_it_is_on_for_three_hours_each_night():
    it, points = box(), points_with(MIDNIGHT)
    on = heated(it, points, MIDNIGHT - 12 * HOUR, MIDNIGHT + 36 * HOUR)
    assert len(on) == 2 * 3 * 12
    assert (on[0], on[35]) == (MIDNIGHT + HOUR, MIDNIGHT + 4 * HOUR - 300)
    assert on[36:] == [t + 24 * HOUR for t in on[:36]]
    sentence = "the water temperature is not known: it is heated for three hours at night"
    assert it.state(on[-1])["actuators"]["tank"]["reason"] == sentence


def test_a_street_of_them_does_not_begin_at_once():
    late, points = box(), points_with(MIDNIGHT)
    late.phase = 240
    assert heated(late, points, MIDNIGHT, MIDNIGHT + 12 * HOUR)[0] == MIDNIGHT + 2 * HOUR


def test_a_sensor_that_is_dead_for_an_hour_leads_to_the_same():
    it, points = box(), points_with(MIDNIGHT)
    put(points, MIDNIGHT + 2 * HOUR, tank_temp=50000)
    heated(it, points, MIDNIGHT + 2 * HOUR - 300, MIDNIGHT + 2 * HOUR)
    points.mark_bad("tank.temp", "mC", MIDNIGHT + 2 * HOUR)
    on = heated(it, points, MIDNIGHT + 2 * HOUR, MIDNIGHT + 12 * HOUR)
    assert (on[0], on[-1]) == (MIDNIGHT + 3 * HOUR + 300, MIDNIGHT + 4 * HOUR - 300)


def test_a_sensor_that_comes_back_decides_again():
    it, points = box(), points_with(MIDNIGHT)
    assert heated(it, points, MIDNIGHT + 2 * HOUR, MIDNIGHT + 2 * HOUR + 300)
    assert not heated(it, points, MIDNIGHT + 2 * HOUR + 600, MIDNIGHT + 4 * HOUR, tank_temp=56000)


def test_no_plan_puts_it_off():
    it, points = box(), points_with(MIDNIGHT)
    put(points, MIDNIGHT + HOUR, grid_power=400, room_temp=20000, tank_power=0)
    it.step(MIDNIGHT + HOUR - 60, points)
    accept(it, plan(MIDNIGHT + HOUR, 8, tank=0), MIDNIGHT + HOUR, points)
    assert it.step(MIDNIGHT + HOUR + 600, points)["tank"] == 1


def test_the_grid_operators_limit_holds_for_it():
    from limited_home import message
    from little_home import hear

    it, points = box(), points_with(MIDNIGHT)
    now = MIDNIGHT + 2 * HOUR
    put(points, now, grid_power=400, room_temp=20000, tank_power=0)
    hear(it, "limit", message(now, 1000), now)
    assert it.step(now, points)["tank"] == 0
