"""A leaky store of heat, for the heated room (1R1C) and for the hot-water tank, in the terms of the wire's stores.

C dT/dt = -H (T - T_ambient) + gain + heat. With x = C (T - 10 degrees) and everything else constant over a slot of
length dt, exactly x' = a x + m dt (H (T_ambient - 10 degrees) + gain + heat), where a = exp(-dt H / C) and
m = (1 - a) C / (H dt).
"""

from math import exp

from micropython import const

from osb_wire import SLOT_S

_REFERENCE_MC = const(10000)
_LEARN = const(24)  # slots over which a wrong model is corrected: slow against one slot's noise, fast against a season


class HeatStore:
    def __init__(self, loss_w_k, capacity_wh_k, bias_most_w):
        """Loss [W/K], capacity [Wh/K]; the learned correction stays within `bias_most_w`."""
        self.capacity = capacity_wh_k
        self.loss = loss_w_k
        x = loss_w_k * SLOT_S / 3600 / capacity_wh_k
        a = exp(-x)
        self.retention_ppm = int(a * 1000000 + 0.5)
        # what is left at the end of a slot of heat that flowed in evenly over it [ppm]
        self.mean_ppm = int((1 - a) / x * 1000000 + 0.5) if x > 0 else 1000000
        self.bias_w = 0
        self._most = bias_most_w

    def fill(self, mc):
        """Wh above the reference temperature."""
        return (mc - _REFERENCE_MC) * self.capacity // 1000

    def usage(self, ambient_mc, gain_w):
        """Mean W that gains, surroundings and the learned correction bring over a slot, seen at its end."""
        w = self.loss * (ambient_mc - _REFERENCE_MC) // 1000 + gain_w + self.bias_w
        return w * self.mean_ppm // 1000000

    def predict(self, mc, ambient_mc, gain_w, heat_w):
        """Temperature one slot later."""
        wh = self.fill(mc) * self.retention_ppm // 1000000
        wh += (self.usage(ambient_mc, gain_w) + heat_w * self.mean_ppm // 1000000) * SLOT_S // 3600
        return _REFERENCE_MC + wh * 1000 // self.capacity

    def learn(self, before_mc, after_mc, ambient_mc, gain_w, heat_w):
        """One slot has passed: move the correction towards what would have predicted it."""
        wrong_mk = after_mc - self.predict(before_mc, ambient_mc, gain_w, heat_w)
        wrong_w = wrong_mk * self.capacity * 3600 // (1000 * SLOT_S)
        self.bias_w = max(-self._most, min(self._most, self.bias_w + wrong_w // _LEARN))

    def rise(self, mc, ambient_mc, gain_w, heat_w):
        """Warming [mK a slot] at `heat_w` from `mc`, at least 20."""
        return max(20, self.predict(mc, ambient_mc, gain_w, heat_w) - mc)


def interpolate(table, x):
    """Value at `x` on the line through [[x, y], ...], held constant beyond both ends."""
    if x <= table[0][0]:
        return table[0][1]
    for i in range(1, len(table)):
        x1, y1 = table[i]
        if x <= x1:
            x0, y0 = table[i - 1]
            return y0 + (y1 - y0) * (x - x0) // (x1 - x0)
    return table[-1][1]
