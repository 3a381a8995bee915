"""A heat pump that knows no set-point, only contacts: an override moves them, and "off" may not be held for ever."""

import asyncio

from limited_home import NOON, all_on, message, said, words
from little_home import ZONE, hear, home, points_with, put

from osb_box.control import Controller
from osb_box.cycle import Cycle


def contacts(**values):
    box = Controller(home(battery=None, ev=None, tank=None, pv=None), ZONE)
    box.accounts["heat_pump"].deaf = True
    measured = {"grid_power": 400, "room_temp": 20500, "heat_pump_power": 0}
    measured.update(values)
    points = points_with(NOON, **measured)
    box.step(NOON - 3600, points)
    return box, points


def command(box, points, now, **values):
    put(points, now, grid_power=400, **values)
    return box.step(now, points)["heat_pump"][:2]


def test_warmer_makes_it_run_until_the_room_is_warm():
    box, points = contacts()
    assert box.step(NOON, points)["heat_pump"][0] == "auto"
    box.override(21500, 240, NOON)
    assert command(box, points, NOON, room_temp=20500, heat_pump_power=0) == ("run", 2500)
    assert words(box, "heat_pump") == "the household has set its own temperature"
    assert command(box, points, NOON + 900, room_temp=21450, heat_pump_power=2500) == ("run", 2500)
    assert command(box, points, NOON + 1800, room_temp=21500, heat_pump_power=2500)[0] == "auto"
    assert command(box, points, NOON + 2700, room_temp=21450, heat_pump_power=0)[0] == "auto"  # as it likes, near it
    assert command(box, points, NOON + 3600, room_temp=21390, heat_pump_power=0)[0] == "run"


def test_warmer_is_not_told_to_wait_because_it_has_only_just_stopped():
    box, points = contacts(heat_pump_power=2500)
    command(box, points, NOON - 120, room_temp=20500, heat_pump_power=2500)
    box.override(21500, 240, NOON)
    assert command(box, points, NOON, room_temp=20500, heat_pump_power=0)[0] == "run"


def test_cooler_blocks_it_until_the_room_is_there():
    box, points = contacts()
    box.override(19000, 240, NOON)
    assert command(box, points, NOON, room_temp=20500, heat_pump_power=0)[0] == "rest"
    assert command(box, points, NOON + 3600, room_temp=19000, heat_pump_power=0)[0] == "auto"


def test_cooler_lets_a_compressor_that_has_just_started_run_but_not_more_than_it_likes():
    box, points = contacts()
    command(box, points, NOON - 120, room_temp=20500, heat_pump_power=2500)
    box.override(19000, 240, NOON)
    assert command(box, points, NOON, room_temp=20500, heat_pump_power=2500)[0] == "auto"
    assert command(box, points, NOON + 600, room_temp=20500, heat_pump_power=2500)[0] == "off"


def test_without_a_room_temperature_nobody_knows_what_warmer_is_and_it_is_said():
    box, points = contacts()
    points.mark_bad("room.temp", "mC", NOON)
    box.override(21500, 240, NOON)
    assert box.step(NOON, points)["heat_pump"][0] == "auto"
    assert words(box, "heat_pump") == "the room temperature is not known"


def test_frost_beats_cooler():
    box, points = contacts()
    box.override(10000, 240, NOON)
    command(box, points, NOON, room_temp=12000, heat_pump_power=0)
    assert command(box, points, NOON + 600, room_temp=6500, heat_pump_power=0)[0] == "auto"


def test_one_with_a_set_point_follows_that():
    box, points = contacts()
    box.accounts["heat_pump"].deaf = False
    box.override(21500, 240, NOON)
    assert box.step(NOON, points)["heat_pump"] == ("auto", 0, 21500)


def limited(most_w):
    box, points = all_on()
    hear(box, "limit", message(NOON, most_w), NOON)
    put(points, NOON, heat_pump_power=0, tank_power=0, battery_power=0, ev_power=0, grid_power=400, room_temp=22400)
    commands = box.step(NOON, points)
    assert commands["heat_pump"][0] == "off"
    said(box)
    return box, points, commands


def test_under_a_limit_one_that_cannot_be_kept_off_has_its_power_kept_for_it():
    box, points, commands = limited(4200)
    assert commands["ev"] > 7000
    box.loose = True  # it was released after two hours
    hear(box, "limit", message(NOON + 60, 4200), NOON + 60)
    commands = box.step(NOON + 60, points)
    assert commands["heat_pump"][0] == "off"
    assert commands["ev"] * 230 // 1000 + 2000 * commands["tank"] + max(0, commands["battery"]) <= 4200 - 2500
    sentence = "the heat pump cannot be kept off and may run"
    assert box.state(NOON + 60)["actuators"]["heat_pump"]["reason"] == sentence
    assert [(m["power_w"], m["reason"]) for m in said(box)] == [(4200, sentence)]
    box.step(NOON + 90, points)
    assert said(box) == []  # once is enough
    box.loose = False
    commands = box.step(NOON + 120, points)
    assert commands["ev"] > 7000
    assert [m["reason"] for m in said(box)] == ["the grid operator relieves this street"]


class Devices:
    """Hold all but what is `lost`."""

    lost = ()

    async def apply(self, commands, now, urgent=None):
        self.urgent = urgent
        return {role: command for role, command in commands.items() if role not in self.lost}


def test_each_pass_tells_devices_what_a_person_asks_and_the_control_what_they_hold():
    box, points = contacts()
    devices = Devices()
    cycle = Cycle(None, points, devices, box, None, "/nowhere/state.json", {}, 60)

    def passes(now, **values):
        put(points, now, grid_power=400, heat_pump_power=0, **values)
        asyncio.run(cycle._control(now))

    passes(NOON, room_temp=20500)
    assert not devices.urgent
    box.override(19000, 60, NOON)
    devices.lost = ("heat_pump",)
    passes(NOON + 60, room_temp=20500)
    assert devices.urgent
    assert box.loose
    devices.lost = ()
    passes(NOON + 3720, room_temp=6500)  # it is over, but there is frost
    assert devices.urgent
    passes(NOON + 3780, room_temp=20500)
    assert not devices.urgent
    assert not box.loose
