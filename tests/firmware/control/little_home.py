"""A little home for the tests: two masses in the building and other numbers than the box's configuration says."""

from osb_box import finish
from osb_box.points import Points

ZONE = {"utc_offset_s": 3600, "dst": "eu"}
MIDNIGHT = 1768431600  # Thursday 2026-01-15 00:00 in Berlin

COMFORT = {
    "min_mc": 19500,
    "max_mc": 22500,
    "night_min_mc": 17500,
    "night": ["23:00", "06:00"],
    "setpoint_mc": 20500,
}


def home(**changes):
    out = {
        "fuse_w": 9200,
        "export_max_w": 9200,
        "annual_kwh": 3500,
        "comfort": COMFORT,
        "building": {"loss_w_k": 180, "capacity_wh_k": 6000, "gain_w": 350},
        "heat_pump": {
            "power_max_w": 2500,
            "power_min_w": 500,
            "cop_pm": [[-7000, 2500], [2000, 3300], [7000, 3900]],
            "min_run_s": 600,
            "min_pause_s": 600,
        },
        "tank": {
            "litres": 200,
            "power_w": 2000,
            "min_mc": 45000,
            "max_mc": 62000,
            "loss_w_k": 2,
            "daily_use_wh": 6000,
        },
        "ev": {"phases": 1, "max_a": 32, "wh_per_km": 180, "daily_km": 40, "ready_by": "07:30"},
        "battery": {
            "capacity_wh": 10000,
            "charge_max_w": 5000,
            "discharge_max_w": 5000,
            "eta_pm": 950,
            "reserve_pm": 100,
        },
        "pv": {"peak_w": 5000},
    }
    out.update(changes)
    return {role: part for role, part in out.items() if part is not None}


def plan(start, slots, t=None, plan_id=1, ttl_s=86400, **powers):
    """Wire message "plan"."""
    return {
        "id": plan_id,
        "t": start if t is None else t,
        "start": start,
        "slots": slots,
        "ttl_s": ttl_s,
        "actuators": [{"actuator": role, "power_w": w} for role, w in powers.items()],
        "reason": "cheap hours",
    }


def points_with(now, **values):
    """Points as measured now; `room_temp=20000` is the point `room.temp`, heat_pump_power is `heat_pump.power`."""
    points = Points(180)
    put(points, now, **values)
    return points


def put(points, now, **values):
    for name, value in values.items():
        role, quantity = name.rsplit("_", 1)
        points.set(role + "." + quantity, value, "1", now)


class LittleHome:
    """Steps of `dt` seconds: `run(commands)`, then `report(points, now)`."""

    def __init__(self, room_c=20.5, water_c=55.0, soc=0.5, outdoor_c=0.0):
        self.air = room_c
        self.mass = room_c
        self.water = water_c
        self.soc = soc
        self.outdoor = outdoor_c
        self.base_w = 400
        self.car = 0
        self.volts = 230
        self.wh = {"heat_pump": 0.0, "tank": 0.0, "ev": 0.0, "battery": 0.0}
        self.w = {"heat_pump": 0, "tank": 0, "ev": 0, "battery": 0}
        self.coldest = self.warmest = room_c

    def grid(self):
        return self.base_w + sum(self.w.values())

    def run(self, commands, dt, now):
        self.w["heat_pump"] = self.pump_w(commands["heat_pump"])
        self.w["tank"] = 2000 if commands["tank"] and self.water < 70 else 0
        self.w["ev"] = commands["ev"] * self.volts // 1000 if self.car else 0
        self.w["battery"] = commands.get("battery", 0)
        h = dt / 3600
        # air 700 Wh/K, mass 5900 Wh/K: a tenth more than configured, and 15 % more loss
        heat = self.w["heat_pump"] * (3.1 + self.outdoor * 0.08) + 300
        through = 900 * (self.air - self.mass)
        self.air += (heat - 70 * (self.air - self.outdoor) - through) * h / 700
        self.mass += (through - 137 * (self.mass - self.outdoor)) * h / 5900
        self.coldest = min(self.coldest, self.air)
        self.warmest = max(self.warmest, self.air)
        hour = (now - MIDNIGHT) // 3600 % 24
        draw = 1200 if hour in (7, 8, 19) else 100
        self.water += (self.w["tank"] - draw - 2.3 * (self.water - 18)) * h / 233
        into = self.w["battery"] * 0.95 if self.w["battery"] > 0 else self.w["battery"] / 0.95
        self.soc += into * h / 10000
        for role in self.wh:
            self.wh[role] += self.w[role] * h

    def pump_w(self, command):
        mode, w, setpoint = command
        if mode == "auto" or (mode == "rest" and self.air * 1000 < setpoint):
            short = setpoint / 1000 - self.air
            return 0 if short < -0.3 else int(max(500, min(2500, 900 + short * 2500)))
        return w if mode == "run" else 0

    def report(self, points, now):
        put(points, now, grid_power=int(self.grid()), room_temp=int(self.air * 1000), tank_temp=int(self.water * 1000))
        put(points, now, outdoor_temp=int(self.outdoor * 1000), battery_soc=int(self.soc * 1000), pv_power=0)
        put(points, now, ev_state=2 if self.car and self.w["ev"] else self.car, ev_energy=90000 + int(self.wh["ev"]))
        put(points, now, heat_pump_power=self.w["heat_pump"], tank_power=self.w["tank"], ev_power=self.w["ev"])
        put(points, now, battery_power=self.w["battery"])


def live(controller, little, points, start, end, poll_s=60, before=None, after=None):
    """Let box and home run from start to end; `before(now)` and `after(now, commands)` are called at each step."""
    now = start
    while now < end:
        little.report(points, now)
        if before:
            before(now)
        commands = controller.step(now, points)
        finish(controller.learning(points))
        if after:
            after(now, commands)
        little.run(commands, poll_s, now)
        now += poll_s
    little.report(points, now)
    return now


def hear(box, kind, message, now, points=None):
    """What a box does with a message of the hub, for tests that need not rest; the reply to a plan."""
    return finish(box.hear(kind, message, now, points))


def accept(box, plan, now, points):
    """The reply to a plan."""
    return hear(box, "plan", plan, now, points)


def told(box, now):
    """What the page is told of the comfort."""
    from osb_box.comfort.say import comfort_state

    return finish(comfort_state(box, now))
