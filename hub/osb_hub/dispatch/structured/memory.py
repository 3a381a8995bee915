"""Between the fleet's arrays, the kept iterates and a home's workspace: units, rounding and the first iterate."""

from math import sqrt

from osb_hub.dispatch.structured.condense import TINY
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.newton import FLOOR, PEAK, PEAK_PRICE, Z_PEAK
from osb_hub.dispatch.structured.rows import *

UNBILLED = 1e6  # kW: the peak of a home that pays none
NARROW = 1e-6  # kW: a connection that is closed in one direction


@kernel
def spread_row(x, target, source, row, scale, slots):
    """One row of data, spelled out over the slots."""
    line = source[min(row, source.shape[0] - 1)]
    if line.size == 1:
        value = scale * line[0]
        for t in range(slots):
            x[target + t] = value
    else:
        for t in range(slots):
            x[target + t] = scale * line[t]


@kernel
def load_store(x, s, data, fill0, end_value, dt, hard, slots):
    """The data of store s: kW, kWh, EUR per kW and slot, EUR per kWh. `hard` is the price of a hard band."""
    charge, discharge, eta_in, eta_out, retention, usage, low, high, below, above, wear = data
    spread_row(x, CHARGE_MAX, charge, s, 1e-3, slots)
    spread_row(x, DISCHARGE_MAX, discharge, s, 1e-3, slots)
    spread_row(x, GAIN, eta_in, s, dt, slots)
    spread_row(x, DRAIN, eta_out, s, 1.0 / dt, slots)
    for t in range(slots):
        x[DRAIN + t] = 1.0 / x[DRAIN + t]
    spread_row(x, RETENTION, retention, s, 1.0, slots)
    spread_row(x, INFLOW, usage, s, 1e-3 * dt, slots)
    spread_row(x, FILL_MIN, low, s, 1e-3, slots)
    spread_row(x, FILL_MAX, high, s, 1e-3, slots)
    spread_row(x, BELOW_PRICE, below, s, 1e3, slots)
    spread_row(x, ABOVE_PRICE, above, s, 1e3, slots)
    spread_row(x, WEAR, wear, s, 1e3 * dt, slots)
    for t in range(slots):
        x[BELOW_PRICE + t] = min(hard, x[BELOW_PRICE + t])
        x[ABOVE_PRICE + t] = min(hard, x[ABOVE_PRICE + t])
    x[INFLOW] += x[RETENTION] * 1e-3 * fill0[s]
    x[END_VALUE] = 1e3 * end_value[s]


@kernel
def load_home(h, i, data, dt, slots):
    load, pv, import_max, export_max, import_price, export_price = data
    spread_row(h, LOAD, load, i, 1e-3, slots)
    spread_row(h, PV_MAX, pv, i, 1e-3, slots)
    spread_row(h, IMPORT_MAX, import_max, i, 1e-3, slots)
    spread_row(h, EXPORT_MAX, export_max, i, 1e-3, slots)
    spread_row(h, IMPORT_PRICE, import_price, i, 1e3 * dt, slots)
    spread_row(h, EXPORT_PRICE, export_price, i, 1e3 * dt, slots)
    for t in range(slots):
        h[IMPORT_MAX + t] = max(NARROW, h[IMPORT_MAX + t])
        h[EXPORT_MAX + t] = max(NARROW, h[EXPORT_MAX + t])


@kernel
def copy_in(x, target, source, rows, slots):
    for r in range(rows):
        for t in range(slots):
            x[target + r * STRIDE + t] = source[r, t]


@kernel
def copy_out(x, origin, target, rows, slots):
    for r in range(rows):
        for t in range(slots):
            target[r, t] = x[origin + r * STRIDE + t]


@kernel
def between(value, top, grain):
    """A kept value, pushed off the bounds by what rounding may have taken."""
    return min(max(value, grain * top), top * (1.0 - grain))


@kernel
def recall(h, x, p, i, first, stores, kept, slots, grain):
    """The kept iterate of home i into its workspace."""
    one_way, two_way, two_way_at, plain, with_pv, with_pv_at, _peak = kept
    for s in range(stores):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        copy_in(y, CHARGE, one_way[first + s], ONE_WAY, slots)
        at = two_way_at[first + s]
        for t in range(slots):
            top = y[CHARGE_MAX + t]
            y[CHARGE + t] = between(y[CHARGE + t], top, grain) if top > TINY else 0.0
            y[Y_MIN + t] = min(y[Y_MIN + t], y[BELOW_PRICE + t] * (1.0 - grain)) if y[BELOW_PRICE + t] > TINY else 0.5
            y[Y_MAX + t] = min(y[Y_MAX + t], y[ABOVE_PRICE + t] * (1.0 - grain)) if y[ABOVE_PRICE + t] > TINY else 0.5
            y[DISCHARGE + t], y[Z_DISCHARGE + t], y[Z_DISCHARGE_MAX + t] = 0.0, 1.0, 1.0
        if at >= 0:
            copy_in(y, DISCHARGE, two_way[at], TWO_WAY - ONE_WAY, slots)
            for t in range(slots):
                top = y[DISCHARGE_MAX + t]
                y[DISCHARGE + t] = between(y[DISCHARGE + t], top, grain) if top > TINY else 0.0
    copy_in(h, IMPORT, plain[i], NO_PV, slots)
    at = with_pv_at[i]
    for t in range(slots):
        h[IMPORT + t] = between(min(h[IMPORT + t], p[PEAK] * (1.0 - grain)), h[IMPORT_MAX + t], grain)
        h[EXPORT + t] = between(h[EXPORT + t], h[EXPORT_MAX + t], grain)
        h[PV + t], h[Z_PV + t], h[Z_PV_MAX + t] = 0.0, 1.0, 1.0
    if at >= 0:
        copy_in(h, PV, with_pv[at], WITH_PV - NO_PV, slots)
        for t in range(slots):
            top = h[PV_MAX + t]
            h[PV + t] = between(h[PV + t], top, grain) if top > TINY else 0.0


@kernel
def keep(h, x, i, first, stores, kept, slots):
    """The iterate of home i out of its workspace."""
    one_way, two_way, two_way_at, plain, with_pv, with_pv_at, _peak = kept
    for s in range(stores):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        copy_out(y, CHARGE, one_way[first + s], ONE_WAY, slots)
        at = two_way_at[first + s]
        if at >= 0:
            copy_out(y, DISCHARGE, two_way[at], TWO_WAY - ONE_WAY, slots)
    copy_out(h, IMPORT, plain[i], NO_PV, slots)
    at = with_pv_at[i]
    if at >= 0:
        copy_out(h, PV, with_pv[at], WITH_PV - NO_PV, slots)


@kernel
def edge_dual(distance, price, mu):
    """The dual y of an edge at this distance inside, such that room·y = outside·(price − y) = mu."""
    if abs(distance) < 1e-6:
        return 0.5 * price
    q = 2.0 * mu + distance * price
    return (q - sqrt(max(q * q - 4.0 * distance * mu * price, 0.0))) / (2.0 * distance)


@kernel
def start_store(y, slots, mu):
    """A first iterate on the central path of its own bounds; balances do not hold yet."""
    fill = y[INFLOW]
    for t in range(slots):
        low, high = y[FILL_MIN + t], y[FILL_MAX + t]
        soft_low, soft_high = y[BELOW_PRICE + t] > TINY, y[ABOVE_PRICE + t] > TINY
        if not soft_low:
            low = min(low, high - 5.0)
        if not soft_high:
            high = max(high, low + 5.0)
        top = y[CHARGE_MAX + t] if y[CHARGE_MAX + t] > TINY else 1.0
        y[CHARGE + t] = 0.3 * top if y[CHARGE_MAX + t] > TINY else 0.0
        y[Z_CHARGE + t] = mu / (0.3 * top)
        y[Z_CHARGE_MAX + t] = mu / (0.7 * top)
        top = y[DISCHARGE_MAX + t] if y[DISCHARGE_MAX + t] > TINY else 1.0
        y[DISCHARGE + t] = 0.2 * top if y[DISCHARGE_MAX + t] > TINY else 0.0
        y[Z_DISCHARGE + t] = mu / (0.2 * top)
        y[Z_DISCHARGE_MAX + t] = mu / (0.8 * top)
        width = high - low
        fill = min(max(fill, low + 0.25 * width), high - 0.25 * width)
        y[FILL + t] = fill
        price = y[BELOW_PRICE + t] if soft_low else 1.0
        dual = edge_dual(fill - low, price, mu)
        y[Y_MIN + t], y[V_MIN + t], y[P_MIN + t] = dual, mu / dual, mu / (price - dual)
        price = y[ABOVE_PRICE + t] if soft_high else 1.0
        dual = edge_dual(high - fill, price, mu)
        y[Y_MAX + t], y[V_MAX + t], y[P_MAX + t] = dual, mu / dual, mu / (price - dual)


@kernel
def start_home(h, p, slots, mu, peak_price, floor):
    """As start_store; the peak begins above its floor and above every import."""
    highest = 0.0
    for t in range(slots):
        top = h[IMPORT_MAX + t]
        value = 0.15 * top
        highest = max(highest, value)
        h[IMPORT + t], h[Z_IMPORT + t], h[Z_IMPORT_MAX + t] = value, mu / value, mu / (top - value)
        top = h[EXPORT_MAX + t]
        value = 0.1 * top
        h[EXPORT + t], h[Z_EXPORT + t], h[Z_EXPORT_MAX + t] = value, mu / value, mu / (top - value)
        top = h[PV_MAX + t] if h[PV_MAX + t] > TINY else 1.0
        h[PV + t] = 0.8 * top if h[PV_MAX + t] > TINY else 0.0
        h[Z_PV + t], h[Z_PV_MAX + t] = mu / (0.8 * top), mu / (0.2 * top)
        h[RHO + t] = h[PRICE + t] + h[IMPORT_PRICE + t]
    p[FLOOR], p[PEAK_PRICE] = floor, peak_price
    if peak_price > 0.0:
        p[PEAK] = max(3.0 * highest, 1.5 * floor + 0.1)
        p[Z_PEAK] = 0.3 * peak_price
    else:
        p[PEAK], p[Z_PEAK] = UNBILLED, 1.0
    for t in range(slots):
        h[OMEGA + t] = mu / (p[PEAK] - h[IMPORT + t]) if peak_price > 0.0 else 1e-12
