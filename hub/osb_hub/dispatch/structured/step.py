"""How far a home goes along its Newton step, and its complementarity."""

from osb_hub.dispatch.structured.condense import TINY
from osb_hub.dispatch.structured.held_step import directions_held, move_held, walk_room
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.newton import D_PEAK, FLOOR, PEAK, PEAK_PRICE, Z_PEAK
from osb_hub.dispatch.structured.rows import *

BOUNDARY = 0.9  # of the way to the nearest bound


@kernel
def bound_step(x, t, value, z_low, z_high, top, on, change, mu):
    """Changes of the two duals of 0 ≤ value ≤ top (on = 0: there is no such variable), and the largest ratios of change to distance, primal and dual."""
    off = 1.0 - on
    a = x[value + t] + 0.5 * off
    b = top + off - a
    zl, zh = x[z_low + t], x[z_high + t]
    ia, ib = 1.0 / a, 1.0 / b
    dzl = mu * ia - zl - zl * ia * change
    dzh = mu * ib - zh + zh * ib * change
    return dzl, dzh, max(-change * ia, change * ib), max(-dzl / zl, -dzh / zh)


@kernel
def directions(h, x, p, stores, slots, mu):
    """Replace the condensed rows by the changes of the iterate; returns the step lengths, primal and dual."""
    rp, rd = BOUNDARY, BOUNDARY
    for s in range(stores):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        y[DUAL_F] = y[DF]
        for t in range(1, slots):
            y[DUAL_F + t] = y[DF + t] - y[RETENTION + t] * y[DF + t - 1]
        for t in range(slots):
            rho = h[RHO_NEW + t]
            nu = y[IM + t] * (y[FLOW + t] + y[DUAL_F + t]) + y[ALPHA + t] * rho
            # charge
            top = y[CHARGE_MAX + t]
            on = 1.0 if top > TINY else 0.0
            change = -y[IH_C + t] * (y[G_C + t] + rho - y[GAIN + t] * nu)
            dl, dh, r1, r2 = bound_step(y, t, CHARGE, Z_CHARGE, Z_CHARGE_MAX, top, on, change, mu)
            rp, rd = max(rp, on * r1), max(rd, on * r2)
            y[IH_C + t], y[G_C + t], y[IM + t] = change, on * dl, on * dh
            # discharge
            top = y[DISCHARGE_MAX + t]
            on = 1.0 if top > TINY else 0.0
            change = -y[IH_D + t] * (y[G_D + t] - rho + y[DRAIN + t] * nu)
            dl, dh, r1, r2 = bound_step(y, t, DISCHARGE, Z_DISCHARGE, Z_DISCHARGE_MAX, top, on, change, mu)
            rp, rd = max(rp, on * r1), max(rd, on * r2)
            y[IH_D + t], y[G_D + t], y[ALPHA + t] = change, on * dl, on * dh
    return rp, rd


@kernel
def edge_step(price, p, v, y, distance, mu):
    """Changes of (outside, room, dual) at one edge of a band, given the distance inside it after the step; and the ratios."""
    z = price - y
    iy, iz = 1.0 / y, 1.0 / z
    dy = -(distance + mu * iz - mu * iy) / (p * iz + v * iy)
    dp = mu * iz - p + p * iz * dy
    dv = mu * iy - v - v * iy * dy
    return dp, dv, dy, max(-dp / p, -dv / v), max(-dy * iy, dy * iz)


@kernel
def band_ratios(y, slots, mu, rp, rd):
    for t in range(slots):
        price = y[BELOW_PRICE + t]
        on = 1.0 if price > TINY else 0.0
        inside = y[FILL + t] + y[DF + t] - y[FILL_MIN + t]
        _dp, _dv, _dy, r1, r2 = edge_step(price + 1.0 - on, y[P_MIN + t], y[V_MIN + t], y[Y_MIN + t], inside, mu)
        rp, rd = max(rp, on * r1), max(rd, on * r2)
        price = y[ABOVE_PRICE + t]
        on = 1.0 if price > TINY else 0.0
        inside = y[FILL_MAX + t] - y[FILL + t] - y[DF + t]
        _dp, _dv, _dy, r1, r2 = edge_step(price + 1.0 - on, y[P_MAX + t], y[V_MAX + t], y[Y_MAX + t], inside, mu)
        rp, rd = max(rp, on * r1), max(rd, on * r2)
    return rp, rd


@kernel
def home_ratios(h, p, slots, mu, rp, rd):
    """Import, export and PV: leaves their changes in the condensed rows."""
    room_change = p[D_PEAK]
    billed = 1.0 if p[PEAK_PRICE] > 0.0 else 0.0
    for t in range(slots):
        rho, price = h[RHO_NEW + t], h[PRICE + t]
        change = h[D_I + t]
        dl, dh, r1, r2 = bound_step(h, t, IMPORT, Z_IMPORT, Z_IMPORT_MAX, h[IMPORT_MAX + t], 1.0, change, mu)
        rp, rd = max(rp, r1), max(rd, r2)
        h[IH_I + t], h[G_I + t] = dl, dh
        room = p[PEAK] - h[IMPORT + t]
        ir = 1.0 / room
        dw = billed * (mu * ir - h[OMEGA + t] - h[OMEGA + t] * ir * (room_change - change))
        rp, rd = max(rp, billed * (change - room_change) * ir), max(rd, billed * -dw / h[OMEGA + t])
        h[H0_I + t] = dw
        change = -h[IH_E + t] * (h[G_E + t] - price + h[LINE + t])
        dl, dh, r1, r2 = bound_step(h, t, EXPORT, Z_EXPORT, Z_EXPORT_MAX, h[EXPORT_MAX + t], 1.0, change, mu)
        rp, rd = max(rp, r1), max(rd, r2)
        h[IH_E + t], h[G_E + t], h[BOTH + t] = change, dl, dh
        top = h[PV_MAX + t]
        on = 1.0 if top > TINY else 0.0
        change = h[IH_P + t] * (rho - h[G_P + t])
        dl, dh, r1, r2 = bound_step(h, t, PV, Z_PV, Z_PV_MAX, top, on, change, mu)
        rp, rd = max(rp, on * r1), max(rd, on * r2)
        h[IH_P + t], h[G_P + t], h[IQ + t] = change, on * dl, on * dh
    return rp, rd


@kernel
def take_step(h, x, p, k, slots, mu, room, holding, hold, psi):
    """Go as far as the bounds allow, with one length for all primal values of the home and one for all its duals. Returns both."""
    space, z = room[11], room[12]
    r1, r2 = 0.0, 0.0
    if holding:
        r1, r2 = directions_held(h, x, k, slots, mu, hold, space, z)
    rp, rd = directions(h, x, p, k, slots, mu)
    for s in range(k):
        rp, rd = band_ratios(x[s * STORE_SIZE : (s + 1) * STORE_SIZE], slots, mu, rp, rd)
    rp, rd = home_ratios(h, p, slots, mu, rp, rd)
    dz = 0.0
    if p[PEAK_PRICE] > 0.0:
        above = p[PEAK] - p[FLOOR]
        dz = mu / above - p[Z_PEAK] - p[Z_PEAK] / above * p[D_PEAK]
        rp, rd = max(rp, -p[D_PEAK] / above), max(rd, -dz / p[Z_PEAK])
    if holding:
        r3, r4 = walk_room(h, k, hold, space, z, psi, mu, 0.0)
        rp, rd = max(rp, r1, r3), max(rd, r2, r4)
    ap, ad = BOUNDARY / rp, BOUNDARY / rd
    if holding:  # before anything it reads has moved
        walk_room(h, k, hold, space, z, psi, mu, ad)
        move_held(k, hold, space, ap, ad)
    if p[PEAK_PRICE] > 0.0:
        p[PEAK] += ap * p[D_PEAK]
        p[Z_PEAK] += ad * dz
    for s in range(k):
        move_store(x[s * STORE_SIZE : (s + 1) * STORE_SIZE], slots, mu, ap, ad)
    for t in range(slots):
        h[IMPORT + t] += ap * h[D_I + t]
        h[EXPORT + t] += ap * h[IH_E + t]
        h[PV + t] += ap * h[IH_P + t]
        h[Z_IMPORT + t] += ad * h[IH_I + t]
        h[Z_IMPORT_MAX + t] += ad * h[G_I + t]
        h[OMEGA + t] += ad * h[H0_I + t]
        h[Z_EXPORT + t] += ad * h[G_E + t]
        h[Z_EXPORT_MAX + t] += ad * h[BOTH + t]
        h[Z_PV + t] += ad * h[G_P + t]
        h[Z_PV_MAX + t] += ad * h[IQ + t]
        h[RHO + t] += ad * (h[RHO_NEW + t] - h[RHO + t])
    return ap, ad


@kernel
def move_store(y, slots, mu, ap, ad):
    for t in range(slots):
        y[CHARGE + t] += ap * y[IH_C + t]
        y[Z_CHARGE + t] += ad * y[G_C + t]
        y[Z_CHARGE_MAX + t] += ad * y[IM + t]
        y[DISCHARGE + t] += ap * y[IH_D + t]
        y[Z_DISCHARGE + t] += ad * y[G_D + t]
        y[Z_DISCHARGE_MAX + t] += ad * y[ALPHA + t]
    for t in range(slots):
        price = y[BELOW_PRICE + t]
        on = 1.0 if price > TINY else 0.0
        inside = y[FILL + t] + y[DF + t] - y[FILL_MIN + t]
        dp, dv, dy, _r1, _r2 = edge_step(price + 1.0 - on, y[P_MIN + t], y[V_MIN + t], y[Y_MIN + t], inside, mu)
        y[P_MIN + t] += on * ap * dp
        y[V_MIN + t] += on * ap * dv
        y[Y_MIN + t] += on * ad * dy
        price = y[ABOVE_PRICE + t]
        on = 1.0 if price > TINY else 0.0
        inside = y[FILL_MAX + t] - y[FILL + t] - y[DF + t]
        dp, dv, dy, _r1, _r2 = edge_step(price + 1.0 - on, y[P_MAX + t], y[V_MAX + t], y[Y_MAX + t], inside, mu)
        y[P_MAX + t] += on * ap * dp
        y[V_MAX + t] += on * ap * dv
        y[Y_MAX + t] += on * ad * dy
    for t in range(slots):
        y[FILL + t] += ap * y[DF + t]


@kernel
def complementarity(h, x, p, stores, slots):
    """Sum and number of the products that are 0 at an optimum [EUR]."""
    total, count = 0.0, 0.0
    for s in range(stores):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for t in range(slots):
            on = 1.0 if y[CHARGE_MAX + t] > TINY else 0.0
            a, b = y[CHARGE + t], y[CHARGE_MAX + t] - y[CHARGE + t]
            total += on * (a * y[Z_CHARGE + t] + b * y[Z_CHARGE_MAX + t])
            count += 2.0 * on
            on = 1.0 if y[DISCHARGE_MAX + t] > TINY else 0.0
            a, b = y[DISCHARGE + t], y[DISCHARGE_MAX + t] - y[DISCHARGE + t]
            total += on * (a * y[Z_DISCHARGE + t] + b * y[Z_DISCHARGE_MAX + t])
            count += 2.0 * on
            on = 1.0 if y[BELOW_PRICE + t] > TINY else 0.0
            total += on * (y[V_MIN + t] * y[Y_MIN + t] + y[P_MIN + t] * (y[BELOW_PRICE + t] - y[Y_MIN + t]))
            count += 2.0 * on
            on = 1.0 if y[ABOVE_PRICE + t] > TINY else 0.0
            total += on * (y[V_MAX + t] * y[Y_MAX + t] + y[P_MAX + t] * (y[ABOVE_PRICE + t] - y[Y_MAX + t]))
            count += 2.0 * on
    billed = 1.0 if p[PEAK_PRICE] > 0.0 else 0.0
    for t in range(slots):
        a, b = h[IMPORT + t], h[IMPORT_MAX + t] - h[IMPORT + t]
        total += a * h[Z_IMPORT + t] + b * h[Z_IMPORT_MAX + t]
        a, b = h[EXPORT + t], h[EXPORT_MAX + t] - h[EXPORT + t]
        total += a * h[Z_EXPORT + t] + b * h[Z_EXPORT_MAX + t]
        on = 1.0 if h[PV_MAX + t] > TINY else 0.0
        a, b = h[PV + t], h[PV_MAX + t] - h[PV + t]
        total += on * (a * h[Z_PV + t] + b * h[Z_PV_MAX + t]) + billed * (p[PEAK] - h[IMPORT + t]) * h[OMEGA + t]
        count += 4.0 + 2.0 * on + billed
    return total, count
