"""A home that has everything running, and the hub's word that it may not."""

from little_home import MIDNIGHT, ZONE, accept, home, plan, points_with, put

from osb_box import finish
from osb_box.control import Controller

NOON = MIDNIGHT + 12 * 3600


def message(now, power_w=4200, number=1, until=None, heartbeat_s=60, **more):
    """Wire message "limit" as it has been checked."""
    out = {"id": number, "t": now, "power_w": power_w, "until": until, "heartbeat_s": heartbeat_s}
    out.update({"fail_safe_w": None, "fail_safe_s": None, "reason": "the grid operator relieves this street"})
    out.update(more)
    return out


def all_on(config=None, **values):
    """A home in which car, heat pump, tank and battery charging run at full power: 7360 + 2500 + 2000 + 5000 W."""
    measured = {
        "grid_power": 17260,
        "room_temp": 19900,
        "outdoor_temp": 0,
        "tank_temp": 50000,
        "battery_soc": 500,
        "battery_power": 5000,
        "ev_state": 2,
        "ev_energy": 0,
        "ev_power": 7360,
        "tank_power": 2000,
        "heat_pump_power": 2500,
        "pv_power": 0,
    }
    measured.update(values)
    box = Controller(config or home(fuse_w=20000), ZONE)
    points = points_with(NOON - 900, **measured)
    box.step(NOON - 900, points)
    put(points, NOON, **measured)
    accept(box, plan(NOON, 4, ev=7360, heat_pump=2500, tank=2000, battery=5000), NOON, points)
    return box, points


def drawn(commands):
    """W of what the commands let heat pump, tank, car and battery draw at most."""
    mode, w, _ = commands["heat_pump"]
    pump = 2500 if mode == "auto" else w if mode == "run" else 0
    return pump + 2000 * commands["tank"] + 230 * commands["ev"] // 1000 + max(0, commands["battery"])


def words(box, role, now=NOON):
    return box.state(now)["actuators"][role]["reason"]


def said(box):
    return [m for kind, m in finish(box.messages()) if kind == "limit_reply"]
