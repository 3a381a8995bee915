"""A leaky store of heat, for the heated room (1R1C) and for the hot-water tank, in the terms of the wire's stores.

C dT/dt = -H (T - T_ambient) + gain + heat. With x = C (T - 10 degrees) and everything else constant over a slot of
length dt, exactly x' = a x + m dt (H (T_ambient - 10 degrees) + gain + heat), where a = exp(-dt H / C) and
m = (1 - a) C / (H dt).
"""

from math import exp

from micropython import const

from osb_wire import SLOT_S

_REFERENCE_MC = const(10000)


class HeatStore:
    bias_w = 0  # learned
    begun_mc = None  # temperature at the beginning of the slot, without what the air ran ahead
    felt_mc = None  # the same, as the model foresees it, led by what is measured
    memory = None  # of identify.py
    sun_w = 0  # that windows let in at 1000 W/m2 on the horizontal, beyond the gain that the configuration knows
    lead_mk_kw = ahead_mk = 0  # how far the air runs ahead of walls and floors for each kW of heat, and does now

    def __init__(self, loss_w_k, capacity_wh_k):
        self.shape(loss_w_k, capacity_wh_k)

    def shape(self, loss_w_k, capacity_wh_k):
        """Loss [W/K], capacity [Wh/K]."""
        self.capacity = capacity_wh_k
        self.loss = loss_w_k
        x = loss_w_k * SLOT_S / 3600 / capacity_wh_k
        a = exp(-x)
        self.retention_ppm = int(a * 1000000 + 0.5)
        # what is left at the end of a slot of heat that flowed in evenly over it [ppm]
        self.mean_ppm = int((1 - a) / x * 1000000 + 0.5) if x > 0 else 1000000

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


def interpolate(table, x):
    """Value at `x` on the line through [[x, y], ...], held constant beyond both ends."""
    x0, y0 = table[0]
    for x1, y1 in table:
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) // (x1 - x0) if x > x0 else y0
        x0, y0 = x1, y1
    return y0
