"""What the box knows of its home: how rooms and water keep heat, base load, sun. Corrected after every slot."""

from array import array

from micropython import const

from osb_box.comfort.band import day_minute
from osb_box.comfort.thermal import HeatStore, interpolate
from osb_box.plan.forecast import Load, Sun, Weather, draw_w
from osb_wire import SLOT_S

TANK_ROOM_MC = 20000  # what stands around the tank
_SOBER_PM = const(700)  # of full heating power counted on for warming up before the morning
_MILD_MC = const(5000)  # outdoor temperature where nothing tells it
_WATER_MWH_L_K = const(1163)  # heat capacity of water, mWh per litre and kelvin


class HomeModel:
    def __init__(self, home, zone):
        self._home = home
        self._zone = zone
        self.weather = Weather()
        self.load = Load(home["annual_kwh"])
        self.sun = Sun(home["pv"]["peak_w"]) if "pv" in home else None
        self.room = self.tank = None
        self._begun_mc = {}  # temperatures at the beginning of the slot
        if "heat_pump" in home:
            loss = home["building"]["loss_w_k"]
            self.room = HeatStore(loss, home["building"]["capacity_wh_k"], loss * 10)
        if "tank" in home:
            tank = home["tank"]
            capacity = tank["litres"] * _WATER_MWH_L_K // 1000
            self.tank = HeatStore(tank["loss_w_k"], capacity, tank["daily_use_wh"] // 24)

    def outdoor(self, now, points):
        """Outdoor temperature [mC]: measured, else forecast, else mild."""
        mc = points.value("outdoor.temp", now)
        return self.weather.temp(now, _MILD_MC) if mc is None else mc

    def cop_pm(self, outdoor_mc):
        return interpolate(self._home["heat_pump"]["cop_pm"], outdoor_mc)

    def rise(self, now, points):
        """Warming [mK a slot] that the heat pump can be relied on to bring at the lowest temperature of the day."""
        outdoor = self.outdoor(now, points)
        heat_w = self._home["heat_pump"]["power_max_w"] * self.cop_pm(outdoor) // 1000
        low = self._home["comfort"]["min_mc"]
        return self.room.rise(low, outdoor, self._home["building"]["gain_w"], heat_w * _SOBER_PM // 1000)

    def forget_slot(self):
        """Measurements have a gap: nothing can be learned from this slot."""
        self._begun_mc.clear()

    def learn(self, end, points, mean, sun_free):
        """A slot has ended; `mean` is role -> measured mean W, None where it was not measured."""
        begin = end - SLOT_S
        minute = day_minute(begin, self._zone)
        base = mean["grid"]
        for role in mean:
            if role != "grid":
                base = None if base is None or mean[role] is None else base - mean[role]
        if base is not None:
            self.load.learn(minute, base)
        if self.sun and sun_free and mean["pv"] is not None:
            self.sun.learn(self.weather.ghi(begin), -mean["pv"])
        if self.room:
            outdoor = self.outdoor(end, points)
            w = mean["heat_pump"]
            heat_w = None if w is None else w * self.cop_pm(outdoor) // 1000
            self._learn_heat("room.temp", self.room, end, points, outdoor, self._home["building"]["gain_w"], heat_w)
        if self.tank:
            draw = draw_w(self._home["tank"]["daily_use_wh"], minute)
            self._learn_heat("tank.temp", self.tank, end, points, TANK_ROOM_MC, -draw, mean["tank"])

    def _learn_heat(self, name, store, end, points, ambient_mc, gain_w, heat_w):
        before, after = self._begun_mc.get(name), points.value(name, end)
        if before is not None and after is not None and heat_w is not None:
            store.learn(before, after, ambient_mc, gain_w, heat_w)
        self._begun_mc[name] = after

    def snapshot(self):
        return {
            "load_w": list(self.load.w),
            "sun": self.sun.ratio if self.sun else None,
            "room_w": self.room.bias_w if self.room else None,
            "tank_w": self.tank.bias_w if self.tank else None,
        }

    def restore(self, kept):
        load_w = array("H", kept["load_w"])
        if len(load_w) == len(self.load.w):
            self.load.w = load_w
        if self.sun and kept["sun"] is not None:
            self.sun.ratio = kept["sun"]
        if self.room and kept["room_w"] is not None:
            self.room.bias_w = kept["room_w"]
        if self.tank and kept["tank_w"] is not None:
            self.tank.bias_w = kept["tank_w"]
