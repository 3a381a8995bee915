"""A home's Newton system, condensed slot by slot to the changes of its fills.

Everything but the fills is local to a slot and is eliminated there: charge, discharge, import, export and PV have diagonal Hessians, `home_balance`
couples them through one price. What is left is banded in the fills, positive definite and made of sums of positive terms only.
Duals that follow from complementarity enter as mu/x, so that a solution carries the new value of every dual, not its change.
"""

from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.rows import *

TINY = 1e-9
REGULAR = 1e-7  # EUR/kWh², of a change of fill: keeps the matrix definite where a fill is free
PROXIMAL = (
    5e-6  # EUR/kW² and slot, of a change of power: what is worth the same in two places moves slowly between them
)
SOFTEN = 1e-6  # kWh of flow that may be missing per EUR/kWh: keeps idle stores from having no flexibility at all


@kernel
def box(value, z_low, z_high, top, proximal, mu):
    """1 / Hessian and barrier gradient of 0 ≤ value ≤ top; the first is 0 where there is no such variable."""
    on = 1.0 if top > TINY else 0.0
    a = value + 0.5 * (1.0 - on)
    b = top + (1.0 - on) - a
    return on * (a * b) / (z_low * b + z_high * a + proximal * a * b), -mu * (b - a) / (a * b)


@kernel
def condense_store(x, slots, mu):
    """Weights of charge, discharge, band and flow of one store."""
    for t in range(slots):
        ih, pull = box(x[CHARGE + t], x[Z_CHARGE + t], x[Z_CHARGE_MAX + t], x[CHARGE_MAX + t], PROXIMAL, mu)
        x[IH_C + t], x[G_C + t] = ih, x[WEAR + t] + pull
    for t in range(slots):
        ih, pull = box(x[DISCHARGE + t], x[Z_DISCHARGE + t], x[Z_DISCHARGE_MAX + t], x[DISCHARGE_MAX + t], PROXIMAL, mu)
        x[IH_D + t], x[G_D + t] = ih, x[WEAR + t] + pull
    for t in range(slots):
        price = x[BELOW_PRICE + t]
        on = 1.0 if price > TINY else 0.0
        y = x[Y_MIN + t]
        z = price + (1.0 - on) - y
        both = 1.0 / (y * z)
        h = on / ((x[P_MIN + t] * y + x[V_MIN + t] * z) * both)
        x[H_F + t] = h + REGULAR
        x[G_F + t] = -on * y + (x[FILL + t] - x[FILL_MIN + t] + mu * (y - z) * both) * h
    for t in range(slots):
        price = x[ABOVE_PRICE + t]
        on = 1.0 if price > TINY else 0.0
        y = x[Y_MAX + t]
        z = price + (1.0 - on) - y
        both = 1.0 / (y * z)
        h = on / ((x[P_MAX + t] * y + x[V_MAX + t] * z) * both)
        x[H_F + t] += h
        x[G_F + t] += on * y - (x[FILL_MAX + t] - x[FILL + t] + mu * (y - z) * both) * h
    for t in range(slots):
        gain, drain, ic, id_ = x[GAIN + t], x[DRAIN + t], x[IH_C + t], x[IH_D + t]
        im = 1.0 / (gain * gain * ic + drain * drain * id_ + SOFTEN)
        x[IM + t] = im
        x[ALPHA + t] = (gain * ic + drain * id_) * im
        flow0 = gain * (x[CHARGE + t] - ic * x[G_C + t]) - drain * (x[DISCHARGE + t] - id_ * x[G_D + t])
        x[FLOW + t] = x[FILL + t] - x[INFLOW + t] - flow0
    x[G_F + slots - 1] -= x[END_VALUE]
    for t in range(1, slots):
        x[FLOW + t] -= x[RETENTION + t] * x[FILL + t - 1]


@kernel
def condense_home(h, x, stores, slots, mu, peak):
    """Weights of import, export and PV; what the balance of the home lacks (REST) and how it yields to its price (IQ)."""
    for t in range(slots):
        a = h[IMPORT + t]
        b = h[IMPORT_MAX + t] - a
        room = peak - a
        both = 1.0 / (a * b * room)
        shade = h[OMEGA + t] * (a * b) * both
        free = (h[Z_IMPORT + t] * b + h[Z_IMPORT_MAX + t] * a) * room * both
        h[SHADE + t] = shade
        h[H0_I + t] = free
        h[IH_I + t] = 1.0 / (free + shade)
        h[G_I + t] = h[IMPORT_PRICE + t] - mu * (b - a) * room * both + mu * (a * b) * both
    for t in range(slots):
        ih, pull = box(h[EXPORT + t], h[Z_EXPORT + t], h[Z_EXPORT_MAX + t], h[EXPORT_MAX + t], 0.0, mu)
        h[IH_E + t], h[G_E + t] = ih, -h[EXPORT_PRICE + t] + pull
    for t in range(slots):
        ih, pull = box(h[PV + t], h[Z_PV + t], h[Z_PV_MAX + t], h[PV_MAX + t], 0.0, mu)
        h[IH_P + t], h[G_P + t] = ih, pull
    for t in range(slots):
        ii, ie, ip, price = h[IH_I + t], h[IH_E + t], h[IH_P + t], h[PRICE + t]
        on = 1.0 if h[PV_MAX + t] > TINY else 0.0
        h[BOTH + t] = ii + ie
        h[IQ + t] = ii + ie + ip + SOFTEN
        import0 = h[IMPORT + t] - ii * (h[G_I + t] + price)
        export0 = h[EXPORT + t] - ie * (h[G_E + t] - price)
        h[NET + t] = import0 - export0
        h[REST + t] = h[LOAD + t] - on * h[PV + t] + ip * h[G_P + t] - import0 + export0
    for t in range(slots):
        h[REST_PLAIN + t] = h[REST + t]
    for s in range(stores):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for t in range(slots):
            gain, drain, ic, id_, im = y[GAIN + t], y[DRAIN + t], y[IH_C + t], y[IH_D + t], y[IM + t]
            lost = drain - gain
            net0 = y[CHARGE + t] - ic * y[G_C + t] - y[DISCHARGE + t] + id_ * y[G_D + t]
            h[REST + t] += net0 + y[ALPHA + t] * y[FLOW + t]
            h[IQ + t] += (ic * id_ * lost * lost + SOFTEN * (ic + id_)) * im
    for t in range(slots):
        h[IQ + t] = 1.0 / h[IQ + t]
