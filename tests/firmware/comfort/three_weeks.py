"""Weeks of people in a home on the VM: with the whole Controller, or, quickly, with its band and habits alone."""

import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/control")

from little_home import MIDNIGHT, ZONE, home, points_with, put
from occupant import House

from osb_box.comfort import habits, lived
from osb_box.comfort.band import day_minute
from osb_box.control import Controller

MONDAY = MIDNIGHT - 3 * 86400  # 2026-01-12
STEP_S = 900


def box():
    return Controller(home(tank=None, ev=None, battery=None, pv=None), ZONE)


def weekday(now):
    """Monday is 0; in winter, an hour ahead of UTC."""
    return ((now + 3600) // 86400 + 3) % 7


def live(box, who, days, start=MONDAY, whole=False):
    """`who` lives in the home for days; returns how often the button was pressed in the last week."""
    house, points, pressed, w = House(), points_with(start), 0, 1000
    for now in range(start, start + days * 86400 + 2700, STEP_S):
        outdoor_mc = 5000 if 10 <= now // 3600 % 24 < 18 else 2000
        minute = day_minute(now, ZONE)
        press = who and who.presses(minute, weekday(now), house.mc, box.band.overridden(now))
        if press:
            box.override(press[0], press[1], now)
            pressed += now >= start + (days - 7) * 86400
        if whole:
            put(points, now, grid_power=400 + w, room_temp=house.mc, heat_pump_power=w, outdoor_temp=outdoor_mc)
            command = box.step(now, points)["heat_pump"]
        else:
            if minute % 30 == 0:
                habits.learn(box.band, now - 900, (minute - 15) % 1440, house.mc)
                lived.attend(box.band)
            command = ("auto", 0, box.band.target(now))
        w = house.step(command, outdoor_mc)
    return pressed


def far(box, who, start):
    """(mean, 95th percentile) [mK] of set-points from what is preferred while awake, in the week from `start`."""
    box.band.override_mc = None
    wrong = []
    for now in range(start, start + 7 * 86400, 900):
        wish = who.prefers(day_minute(now, ZONE), weekday(now))
        if wish is not None:
            wrong.append(abs(box.band.target(now) - wish))
    wrong.sort()
    return sum(wrong) // len(wrong), wrong[len(wrong) * 95 // 100]
