"""The first iterate of every home: inside all bounds, with duals on the central path of its own bounds."""

from math import sqrt

from osb_hub.dispatch.structured.condense import TINY
from osb_hub.dispatch.structured.held import *
from osb_hub.dispatch.structured.held_rows import load_held
from osb_hub.dispatch.structured.held_step import rooms
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.memory import load_home, load_store
from osb_hub.dispatch.structured.newton import FLOOR, PEAK, PEAK_PRICE, Z_PEAK
from osb_hub.dispatch.structured.places import HELD_SLOTS, LONGEST
from osb_hub.dispatch.structured.reserve import *
from osb_hub.dispatch.structured.rows import *
from osb_hub.dispatch.structured.sweep import put_back

BESIDE = 0.5  # kW: what is imported and exported at once to begin with
UNBILLED = 1e6  # kW: the peak of a home that pays none


@kernel
def start(feeders, homes_of, stores_of, data, fills, peaks, kept, reserves, hold, net_price, dt, hard, mu, home_space):
    """First iterates of all homes of these feeders."""
    slots = net_price.size
    h, x, g, z, _room = home_space
    peak, holds = kept[6], reserves[4]
    for f in feeders:
        for i in range(homes_of[f], homes_of[f + 1]):
            first, k = stores_of[i], stores_of[i + 1] - stores_of[i]
            load_home(h, i, data[1], dt, slots)
            for t in range(slots):
                h[PRICE + t] = net_price[t]
            for s in range(k):
                y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
                load_store(y, first + s, data[0], fills[0], fills[1], dt, hard, slots)
                start_store(y, slots, mu)
                if holds[i]:
                    load_held(y, g[s], slots, hold)
            start_home(h, x, k, peak[i], slots, mu, 1e3 * peaks[0][i], 1e-3 * peaks[1][i])
            if holds[i]:
                start_held(h, x, k, hold, g, z, mu)
            put_back(h, x, g, z, i, first, k, kept, reserves, hold, slots)


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
def start_home(h, x, k, p, slots, mu, peak_price, floor):
    """Import and export balance what stores and PV begin with, as far as the fuse lets them; the peak begins above its floor and above every import."""
    highest = 0.0
    for t in range(slots):
        top = h[PV_MAX + t] if h[PV_MAX + t] > TINY else 1.0
        h[PV + t] = 0.8 * top if h[PV_MAX + t] > TINY else 0.0
        h[Z_PV + t], h[Z_PV_MAX + t] = mu / (0.8 * top), mu / (0.2 * top)
        demand = h[LOAD + t] - h[PV + t]
        for s in range(k):
            demand += x[s * STORE_SIZE + CHARGE + t] - x[s * STORE_SIZE + DISCHARGE + t]
        both = sqrt(demand * demand + 4.0 * BESIDE * BESIDE)
        top = h[IMPORT_MAX + t]
        value = min(0.5 * (both + demand), 0.5 * top)
        highest = max(highest, value)
        h[IMPORT + t], h[Z_IMPORT + t], h[Z_IMPORT_MAX + t] = value, mu / value, mu / (top - value)
        top = h[EXPORT_MAX + t]
        value = min(0.5 * (both - demand), 0.5 * top)
        h[EXPORT + t], h[Z_EXPORT + t], h[Z_EXPORT_MAX + t] = value, mu / value, mu / (top - value)
        h[RHO + t] = h[PRICE + t] + h[IMPORT_PRICE + t]
    p[FLOOR], p[PEAK_PRICE] = floor, peak_price
    if peak_price > 0.0:
        p[PEAK] = max(3.0 * highest, 1.5 * floor + 0.1)
        p[Z_PEAK] = 0.3 * peak_price
    else:
        p[PEAK], p[Z_PEAK] = UNBILLED, 1.0
    for t in range(slots):
        h[OMEGA + t] = mu / (p[PEAK] - h[IMPORT + t]) if peak_price > 0.0 else 1e-12


@kernel
def start_held(h, x, k, hold, g, z, mu):
    """A first iterate: a part of every headroom is held, the duals follow from it."""
    held, longest = hold[HELD_SLOTS], hold[LONGEST]
    n = held.size
    for s in range(k):
        for side in range(2):
            c = side_of(g[s], side)
            for q in range(n):
                c[R_C + q], c[R_D + q] = 0.0, 0.0
    rooms(h, x, k, hold, g, z)
    for q in range(n):
        total = 0.0
        for s in range(k):
            v = g[s]
            total += v[CHARGE_Q + q] + v[CHARGE_MAX_Q + q] + v[DISCHARGE_MAX_Q + q] + v[DISCHARGE_Q + q]
        for side in range(2):
            room = z[(ROOM_U if side == UP else ROOM_D) + q]
            part = min(0.25, 0.5 * max(room, 1e-6) / max(total, 1e-6))
            for s in range(k):
                v = g[s]
                c = side_of(v, side)
                x1, x2 = v[CHARGE_Q + q], v[DISCHARGE_MAX_Q + q] - v[DISCHARGE_Q + q]
                if side == DOWN:
                    x1, x2 = v[CHARGE_MAX_Q + q] - v[CHARGE_Q + q], v[DISCHARGE_Q + q]
                r_c, r_d = part * x1 + 1.0 - c[ON_C + q], part * x2 + 1.0 - c[ON_D + q]
                room -= c[ON_C + q] * r_c + c[ON_D + q] * r_d
                c[R_C + q], c[Z_C + q], c[K_C + q] = r_c, mu / r_c, mu / (x1 - r_c) if c[ON_C + q] > 0.0 else 1.0
                c[R_D + q], c[Z_D + q], c[K_D + q] = r_d, mu / r_d, mu / (x2 - r_d) if c[ON_D + q] > 0.0 else 1.0
                drained = c[ON_C + q] * v[GAIN_Q + q] * r_c + c[ON_D + q] * v[DRAIN_Q + q] * r_d
                y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
                for m in range(longest):
                    w = window(v, side, m, longest)
                    price, dual = w[EDGE_PRICE + q], 0.5
                    if price > TINY:
                        inside = y[FILL + held[q] + m] - w[EDGE + q]
                        dual = edge_dual((inside if side == UP else -inside) - (m + 1) * drained, price, mu)
                    else:
                        price = 1.0
                    w[Y_W + q], w[V_W + q], w[P_W + q] = dual, mu / dual, mu / (price - dual)
            z[(PSI_U if side == UP else PSI_D) + q] = mu / max(room, 1e-6)
