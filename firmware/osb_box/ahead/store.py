"""A store of an offer as the plan of a day takes it: fill in W*slots (a quarter of a Wh), prices in 1/64 EUR/MWh."""

from array import array

from micropython import const

PRICE = const(64)
HARD = const(12000)  # EUR/MWh for what must not be
# A heat pump gives less for the next watt the more it gives already, as its flow must be warmer. By the published curve
# (Staffell et al., Energy Environ. Sci. 5 (2012) 9291) COP falls by about 22 % from the power that holds the room to
# twice that, so that the next watt's heat is 1 - 0.22 (2 r - 1) of the COP at r times that power; in steps of a half.
_PART = array("H", (1110, 890, 670, 450, 300))


class Store:
    """A store of an offer (wire message "offer"), and the power [W] that is planned for it, by slot."""

    def __init__(self, offered, slots):
        def kept(name):
            series = offered[name]
            if isinstance(series, int):
                return series
            return array("h" if -32768 <= min(series) and max(series) <= 32767 else "i", series)

        self.actuator = offered["actuator"]
        self.fill = offered["fill_wh"] * 4
        self.eta_in, self.eta_out = kept("eta_in_pm"), kept("eta_out_pm")
        self.charge, self.discharge = kept("charge_max_w"), kept("discharge_max_w")
        self.usage, self.low, self.high = kept("usage_w"), kept("fill_min_wh"), kept("fill_max_wh")
        self.wear = offered["wear_price"] * PRICE
        self.loss = ((1000000 - at(offered["retention_ppm"], 0)) * 65536 + 500000) // 1000000
        below, above = offered["below_price"], offered["above_price"]
        self.below = PRICE * (HARD if below is None else min(HARD, below))
        self.above = PRICE * (HARD if above is None else min(HARD, above))
        self.power = array("i", [0] * slots)
        self.half = None

    def prepare(self):
        """Generator, a rest at each `yield`: what a heat pump gives at part load."""
        if self.actuator == "heat_pump":
            half = array("h", self.power)
            for k in range(len(half)):
                half[k] = self._holding_w(k) // 2
                if k % 24 == 0:
                    yield 0
            self.half = half

    def _holding_w(self, k):
        """Power that holds a fill within the band, an eighth of full power at least."""
        fill = (at(self.low, k) * 3 + at(self.high, k)) // 4 * 4
        w = (fill - self.lost(fill) - at(self.usage, k)) * 1000 // at(self.eta_in, k)
        return max(at(self.charge, k) // 8, w, 2)

    def part(self, k, w):
        """(efficiency of the last watt [pm], power down to which it holds) while charging at `w` in slot k."""
        eta = at(self.eta_in, k)
        if self.half is None:
            return eta, 0
        half = self.half[k]
        j = min((w - 1) // half, len(_PART) - 1)
        return eta * _PART[j] // 1000, j * half

    def gained(self, k, w):
        """Fill that a power brings or takes in slot k."""
        if w <= 0:
            return w * 1000 // at(self.eta_out, k)
        fill = 0
        while w > 0:
            eta, until = self.part(k, w)
            fill += (w - until) * eta // 1000
            w = until
        return fill

    def needed(self, k, fill):
        """Power that brings so much fill in slot k [W], at most the greatest."""
        most, w = at(self.charge, k), 0
        while fill > 0 and w < most:
            eta, _ = self.part(k, w + 1)
            until = most if self.half is None else min(most, (w // self.half[k] + 1) * self.half[k])
            w, fill = min(until, w + fill * 1000 // eta + 1), fill - (until - w) * eta // 1000
        return w

    def lost(self, fill):
        """What is left of a fill after a slot."""
        return fill - (fill * self.loss + 32768 >> 16)


def at(series, k):
    return series if isinstance(series, int) else series[k]
