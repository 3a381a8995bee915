"""What each device does without a hub: comfortable, safe, and greedy with the home's own sun."""

from micropython import const

_TANK_ON_MC = const(3000)  # above the least temperature
_TANK_SPAN_MC = const(7000)
_QUIET_W = const(50)  # a battery need not chase the last watts


class Alone:
    def __init__(self, home):
        self._tank = home.get("tank")
        self._battery = home.get("battery")
        self._heating = 0

    def tank(self, temp_mc):
        """1 or 0 for the relay: a thermostat in the lower half of the tank's range."""
        low = self._tank["min_mc"] + _TANK_ON_MC
        if temp_mc is None:
            self._heating = 0
        elif temp_mc < low:
            self._heating = 1
        elif temp_mc >= min(low + _TANK_SPAN_MC, self._tank["max_mc"] - 1000):
            self._heating = 0
        return self._heating

    def ev(self, car):
        """mA: all the charger can, from arrival until the need and a reserve are in; a full car may take it or not."""
        return car.most_a * 1000 if car.present() and car.wh < car.need() * 6 // 5 else 0

    def battery(self, power_w, grid_w):
        """W that bring the grid power to zero, seen from what the battery does now."""
        if grid_w is None:
            return 0
        if -_QUIET_W < grid_w < _QUIET_W:
            return power_w
        return max(-self._battery["discharge_max_w"], min(self._battery["charge_max_w"], power_w - grid_w))
