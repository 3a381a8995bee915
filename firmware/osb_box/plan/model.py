"""What the box knows of its home: how rooms and water keep heat, base load, sun, and the weather it was told."""

from micropython import const

from osb_box.comfort.thermal import HeatStore, interpolate
from osb_wire import SLOT_S

_SOBER_PM = const(700)  # of full heating power counted on for warming up before the morning
_MILD_MC = const(5000)  # outdoor temperature where nothing tells it
_LEAD_MK_KW = const(200)  # of the air of a usual house with floor heating, until this one's is known
_FOLLOWS_S = const(900)  # air follows within half an hour: half of it in so long
_WATER_MWH_L_K = const(1163)  # heat capacity of water, mWh per litre and kelvin


class HomeModel:
    """learn.py corrects it after every slot: `load_w` of each quarter of the local day, `sun`, W per 1000 W/m2."""

    room = tank = None
    start = 0  # of the weather
    temp = ghi = None  # arrays by slot: outdoor temperature [mC], horizontal radiation [W/m2]

    def __init__(self, home):
        self._home = home
        if "heat_pump" in home:
            self.room = HeatStore(home["building"]["loss_w_k"], home["building"]["capacity_wh_k"])
        if "tank" in home:
            self.tank = HeatStore(home["tank"]["loss_w_k"], home["tank"]["litres"] * _WATER_MWH_L_K // 1000)

    def outdoor(self, now, points):
        """Outdoor temperature [mC]: measured, else forecast, else mild."""
        mc = points.value("outdoor.temp", now)
        return self.forecast(now, _MILD_MC) if mc is None else mc

    def forecast(self, t, otherwise):
        """Outdoor temperature [mC] to come; beyond the weather its last value, without weather `otherwise`."""
        if self.temp is None:
            return otherwise
        return self.temp[max(0, min(len(self.temp) - 1, (t - self.start) // SLOT_S))]

    def cop_pm(self, outdoor_mc):
        return interpolate(self._home["heat_pump"]["cop_pm"], outdoor_mc)

    def holding(self, mc, now, points):
        """W of the heat pump that hold the room at this temperature."""
        outdoor = self.outdoor(now, points)
        heat_w = self.room.loss * (mc - outdoor) // 1000 - self._home["building"]["gain_w"] - self.room.bias_w
        return max(0, heat_w) * 1000 // self.cop_pm(outdoor)

    def fall(self, w, span_s, now, points):
        """By how much [mK] the air cools in `span_s` seconds after a heat pump of so many W has stopped."""
        heat_w = w * self.cop_pm(self.outdoor(now, points)) // 1000
        return (self.room.lead_mk_kw or _LEAD_MK_KW) * heat_w // 1000 * span_s // (span_s + _FOLLOWS_S)

    def rise(self, now, points):
        """Warming [mK a slot], at least 20, that the heat pump surely brings at the lowest temperature of the day."""
        outdoor = self.outdoor(now, points)
        heat_w = self._home["heat_pump"]["power_max_w"] * self.cop_pm(outdoor) // 1000
        low = self._home["comfort"]["min_mc"]
        after = self.room.predict(low, outdoor, self._home["building"]["gain_w"], heat_w * _SOBER_PM // 1000)
        return max(20, after - low)
