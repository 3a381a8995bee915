"""A bench home as its box sees it slot by slot: the bench's own physics and weather, a box's measurements."""

import random

from single_precision import load

from osb_hil.home.building import Building
from osb_hil.home.controls import HEAT_PUMP_AUTO, Controls
from osb_hil.home.heat_pump import HeatPump, curve_cop
from osb_hil.mix import box_home_config, neighbourhood
from osb_hil.weather import Weather

OCTOBER, JANUARY = 1759276800, 1767225600  # 2025-10-01, 2026-01-01 00:00 UTC
GAIN_MARGIN = 10  # W/K of the installer's loss: bound of the correction, as in plan/learn.py


def homes(count, seed=5):
    return [spec for spec in neighbourhood(2 * count, seed) if spec.heat_pump][:count]


def truth(spec):
    """(loss W/K, capacity Wh/K) as a box can find them: in heat by the COP that it is configured with."""
    cop = dict(map(tuple, box_home_config(spec)["heat_pump"]["cop_pm"]))[2000] / 1000
    building, pump, room = spec.building, spec.heat_pump, spec.comfort.setpoint_c
    heat_w = building.loss_w_k * (room - 2) - building.gain_w
    real = pump.quality * curve_cop(2.0, room + heat_w / pump.emitter_w_k)
    return building.loss_w_k * cop / real, (building.air_wh_k + building.mass_wh_k) * cop / real


class Follower:
    """The box's model of one home, every float rounded to single precision; `heat_w` is None where nothing is known."""

    def __init__(self, spec, building=None):
        self.identify, thermal = load("identify"), load("thermal")
        self.interpolate = thermal.interpolate
        config = box_home_config(spec)
        self.building = building or config["building"]
        self.cop_pm = config["heat_pump"]["cop_pm"]
        self.store = thermal.HeatStore(self.building["loss_w_k"], self.building["capacity_wh_k"])

    def slot(self, room_mc, outdoor_mc, electric_w, sun, midnight):
        """As plan/learn.py does it; `electric_w` None: not measured."""
        store, gain_w = self.store, self.building["gain_w"]
        heat_w = None
        if electric_w is not None:
            heat_w = electric_w * self.interpolate(self.cop_pm, outdoor_mc) // 1000
        self.identify.follow(store, self.building, room_mc, outdoor_mc, heat_w, gain_w, sun, midnight)
        gain_w += store.sun_w * sun // 1000
        slow_mc = None if room_mc is None else room_mc - store.ahead_mk
        before_mc, store.begun_mc = store.begun_mc, slow_mc
        if before_mc is not None and slow_mc is not None and heat_w is not None:
            wrong_mk = slow_mc - store.predict(before_mc, outdoor_mc, gain_w, heat_w)
            most_w = self.building["loss_w_k"] * GAIN_MARGIN
            wrong_w = wrong_mk * store.capacity * 4 // 1000
            store.bias_w = max(-most_w, min(most_w, store.bias_w + wrong_w // 24))


class Home:
    """Runs a home whose set-point wanders; `trouble`: gaps, glitches, noise and windows that somebody opens."""

    def __init__(self, spec, days, seed=1, trouble=False, start=JANUARY, steady=False):
        self.spec, self.days, self.trouble, self.steady = spec, days, trouble, steady
        self.chance, self.weather = random.Random(seed), Weather(start, start + days * 86400)
        outdoor = float(self.weather.temp_c[0])
        self.building = Building(spec.building, spec.comfort.setpoint_c, outdoor)
        heat_w = self.building.holding_w(spec.comfort.setpoint_c, outdoor)
        self.pump = HeatPump(spec.heat_pump, spec.comfort.setpoint_c, outdoor, heat_w)

    def slots(self):
        """(room mC or None, outdoor mC, electric W or None, sun W/m2, whether the local day begins), as measured."""
        temp_c, sun_w_m2 = self.weather.temp_c.tolist(), self.weather.ghi_w_m2.tolist()
        chance, setpoint, until, gap = self.chance, self.spec.comfort.setpoint_c, 0, 0
        for k in range(self.days * 96):
            if not self.steady and chance.random() < 0.1:
                setpoint = self.spec.comfort.setpoint_c + chance.choice((-1.0, -0.5, 0.0, 0.5, 1.0))
            if self.trouble and chance.random() < 0.005:
                until = k + chance.randint(1, 3)  # somebody airs the rooms
            controls = Controls(heat_pump_mode=HEAT_PUMP_AUTO, heat_pump_setpoint_c=setpoint)
            electric_w = 0.0
            for i in range(15 * k, 15 * k + 15):
                electric_w += self.pump.step(60, controls, self.building.air_c, temp_c[i]) / 15
                # the window stays open at any temperature above the outdoors
                edge_c = -50.0 if k < until else 24.0
                self.building.step(60, self.pump.heat_w, sun_w_m2[i], temp_c[i], edge_c)
            room_mc, electric = round(1000 * self.building.air_c), round(electric_w)
            if self.trouble:
                room_mc += chance.randint(-50, 50)
                gap = chance.randint(1, 30) if chance.random() < 0.003 else gap - 1
                if chance.random() < 0.004:
                    room_mc = chance.choice((85000, 0, room_mc + 4000))  # what a DS18B20 says after a reset, and others
                if gap > 0:
                    room_mc, electric = (None, electric) if gap % 2 else (None, None)
            yield room_mc, round(1000 * temp_c[15 * k + 14]), electric, round(sun_w_m2[15 * k + 7]), k % 96 == 95
