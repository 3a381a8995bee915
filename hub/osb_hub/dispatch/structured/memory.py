"""Between the fleet's arrays, the kept iterates and a home's workspace: units and rounding."""

from osb_hub.dispatch.structured.condense import TINY
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.newton import PEAK
from osb_hub.dispatch.structured.rows import *

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
