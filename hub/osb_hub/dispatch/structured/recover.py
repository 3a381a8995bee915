"""From an interior iterate to a schedule: powers within their limits, hard bands kept, nothing charged and discharged in a circle."""

import numpy as np

from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.memory import load_home, load_store, recall
from osb_hub.dispatch.structured.places import SIDE_OF, SLOT_OF
from osb_hub.dispatch.structured.reserve import KEPT_C, KEPT_D, UP
from osb_hub.dispatch.structured.rows import *

WORTHLESS = 1e-4  # EUR per kW and slot: power that is worth less may be worth nothing
NEAR = 1e-3  # of its range: PV so near a bound is meant to be at it


@kernel
def envelope(y, hard, slots, lowest, highest):
    """Least and most fill at the end of each slot from which the hard bands of later slots can still be kept."""
    low, high = -1e12, 1e12
    for t in range(slots - 1, -1, -1):
        if y[BELOW_PRICE + t] >= hard:
            low = max(low, y[FILL_MIN + t])
        if y[ABOVE_PRICE + t] >= hard:
            high = min(high, y[FILL_MAX + t])
        lowest[t], highest[t] = low, high
        if y[RETENTION + t] > 0.0:
            low = (low - y[INFLOW + t] - y[GAIN + t] * y[CHARGE_MAX + t]) / y[RETENTION + t]
            high = (high - y[INFLOW + t] + y[DRAIN + t] * y[DISCHARGE_MAX + t]) / y[RETENTION + t]
        else:
            low, high = -1e12, 1e12


@kernel
def run_store(y, t, circle, lowest, highest):
    """Replace charge and discharge of slot t by what the store can do; leaves the fill in DF. `circle`: both at once is of use."""
    gain, drain = y[GAIN + t], y[DRAIN + t]
    c = min(max(y[CHARGE + t], 0.0), y[CHARGE_MAX + t])
    d = min(max(y[DISCHARGE + t], 0.0), y[DISCHARGE_MAX + t])
    if c > 0.0 and d > 0.0 and not circle:
        flow = gain * c - drain * d
        c, d = max(0.0, flow) / gain, max(0.0, -flow) / drain
    before = y[INFLOW + t] + (
        y[RETENTION + t] * y[DF + t - 1] if t > 0 else 0.0
    )  # the first inflow holds what there was
    after = before + gain * c - drain * d
    y[CHARGE + t], y[DISCHARGE + t], y[DF + t] = c, d, after
    if after < lowest[t]:
        move_store(y, t, lowest[t] - after)
    elif after > highest[t]:
        move_store(y, t, highest[t] - after)


@kernel
def move_store(y, t, more):
    """Change the fill at the end of slot t by as much of `more` as the powers allow: first what undoes the other way. Returns the change of net power."""
    gain, drain = y[GAIN + t], y[DRAIN + t]
    c, d = y[CHARGE + t], y[DISCHARGE + t]
    if more > 0.0:
        less = min(d, more / drain)
        d -= less
        c = min(y[CHARGE_MAX + t], c + (more - drain * less) / gain)
    else:
        less = min(c, -more / gain)
        c -= less
        d = min(y[DISCHARGE_MAX + t], d + (-more - gain * less) / drain)
    change = c - y[CHARGE + t] - d + y[DISCHARGE + t]
    y[DF + t] += gain * (c - y[CHARGE + t]) - drain * (d - y[DISCHARGE + t])
    y[CHARGE + t], y[DISCHARGE + t] = c, d
    return change


@kernel
def yield_to_fuse(x, t, k, over, lowest, highest):
    """Let the stores of a home take back `over` kW of its net, import (above 0) or export, as far as their hard bands allow."""
    for s in range(k):
        if abs(over) <= 0.0:
            return
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        if over > 0.0:
            by_charge = min(y[CHARGE + t], over)
            flow = y[GAIN + t] * by_charge + y[DRAIN + t] * (over - by_charge)
            flow = -min(flow, max(0.0, y[DF + t] - lowest[s, t]))
        else:
            by_discharge = min(y[DISCHARGE + t], -over)
            flow = y[DRAIN + t] * by_discharge + y[GAIN + t] * (-over - by_discharge)
            flow = min(flow, max(0.0, highest[s, t] - y[DF + t]))
        over += move_store(y, t, flow)


@kernel
def recover(
    feeders, homes_of, stores_of, data, fills, peaks, kept, reserves, hold, limits, penalty, net_price, reserve_price, dt, hard, grain, slots,
    home_space, schedule_space, best, charge, discharge, pv_used,
):  # fmt: skip
    """Write the schedules [W] of these feeders, each mixed with the one it had as is best.

    Returns what the limits then still cost [EUR].

    best: cost without limits [F], net [F, T] and reserve [F, J] of the schedule that each feeder has. Compared is cost + price·net − worth·reserve at the
    prices of now, with the penalty for the feeder's own limits; what feeders above would pay is left to the prices.
    """
    h, x, _g, _z, _room = home_space
    lowest, highest, net, got, powers, used = schedule_space
    best_cost, best_net, best_got = best
    kept_held, at, _psi, reliability, holds = reserves
    broken = 0.0
    for f in feeders:
        cost = 0.0
        net[:] = 0.0
        got[:] = 0.0
        base = stores_of[homes_of[f]]
        for i in range(homes_of[f], homes_of[f + 1]):
            first, k = stores_of[i], stores_of[i + 1] - stores_of[i]
            load_home(h, i, data[1], dt, slots)
            for s in range(k):
                load_store(
                    x[s * STORE_SIZE : (s + 1) * STORE_SIZE], first + s, data[0], fills[0], fills[1], dt, hard, slots
                )
            recall(h, x, kept[6][i], i, first, k, kept, slots, grain)
            cost += run_home(h, x, k, hard, slots, lowest, highest, peaks[0][i], peaks[1][i])
            for s in range(k):
                y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
                for t in range(slots):
                    powers[0, first + s - base, t] = max(0.0, y[CHARGE + t])
                    powers[1, first + s - base, t] = max(0.0, y[DISCHARGE + t])
            for t in range(slots):
                used[i - homes_of[f], t] = h[PV + t]
                net[t] += h[NET + t]
            if holds[i]:
                add_held(x, k, first, hold, kept_held, at, reliability[i], got)
        new, old = cost, best_cost[f]
        for t in range(slots):
            new += net_price[t] * net[t]
            old += net_price[t] * best_net[f, t]
        for j in range(got.size):
            new -= reserve_price[j] * got[j]
            old -= reserve_price[j] * best_got[f, j]
        part = best_part(new, old, net, best_net[f], limits[f], penalty[f])
        rest = 1.0 - part
        best_cost[f] = part * cost + (rest * best_cost[f] if rest > 0.0 else 0.0)  # the old one may be infinite
        for t in range(slots):
            best_net[f, t] = part * net[t] + rest * best_net[f, t]
        broken += cost_of_limits(best_net[f], limits[f], penalty[f])
        for j in range(got.size):
            best_got[f, j] = part * got[j] + rest * best_got[f, j]
        for s in range(stores_of[homes_of[f + 1]] - base):
            for t in range(slots):
                charge[base + s, t] = 1e3 * part * powers[0, s, t] + rest * charge[base + s, t]
                discharge[base + s, t] = 1e3 * part * powers[1, s, t] + rest * discharge[base + s, t]
        for i in range(homes_of[f], homes_of[f + 1]):
            for t in range(slots):
                pv_used[i, t] = 1e3 * part * used[i - homes_of[f], t] + rest * pv_used[i, t]
    return broken


@kernel
def cost_of_limits(net, limits, penalty):
    """What a feeder's own limits cost with this net of its homes [EUR]."""
    cost = 0.0
    for t in range(net.size):
        cost += penalty[t] * (max(0.0, net[t] - limits[0, t]) + max(0.0, -net[t] - limits[1, t]))
    return cost


@kernel
def best_part(new, old, net, old_net, limits, penalty):
    """How much of a new schedule to mix into the old one, in eighths: costs without the feeder's limits are `new` and `old`, and convex.

    Homes that stop short of their step leave a limit broken now in this slot, now in that: a mean of two schedules seldom breaks it.
    """
    if old == np.inf:
        return 1.0
    best, least = 1.0, np.inf
    for eighths in range(9):
        part = eighths / 8.0
        cost = part * new + (1.0 - part) * old
        for t in range(net.size):
            n = part * net[t] + (1.0 - part) * old_net[t]
            cost += penalty[t] * (max(0.0, n - limits[0, t]) + max(0.0, -n - limits[1, t]))
        if cost < least:
            best, least = part, cost
    return best


@kernel
def run_home(h, x, k, hard, slots, lowest, highest, peak_price, floor):
    """Make the home's iterate a schedule: powers in the workspace, PV in PV, net in NET. Returns its cost [EUR]."""
    cost, highest_import = 0.0, 0.0
    for s in range(k):
        envelope(x[s * STORE_SIZE : (s + 1) * STORE_SIZE], hard, slots, lowest[s], highest[s])
    for t in range(slots):
        worth = h[RHO + t] > WORTHLESS
        for s in range(k):
            run_store(x[s * STORE_SIZE : (s + 1) * STORE_SIZE], t, not worth, lowest[s], highest[s])
        demand = demand_of(h, x, k, t)
        top = h[PV_MAX + t]
        used = min(max(h[PV + t], 0.0), top)
        if used < NEAR * top:
            used = 0.0
        if worth:
            used = max(used, min(top, demand))  # never import while sun is left
        if used > (1.0 - NEAR) * top:
            used = top
        used = min(max(used, min(top, demand - h[IMPORT_MAX + t])), max(0.0, demand + h[EXPORT_MAX + t]))
        over = max(0.0, demand - used - h[IMPORT_MAX + t]) - max(0.0, used - demand - h[EXPORT_MAX + t])
        if over != 0.0:
            yield_to_fuse(x, t, k, over, lowest, highest)
            demand = demand_of(h, x, k, t)
        net = demand - used
        h[PV + t], h[NET + t] = used, net
        cost += h[IMPORT_PRICE + t] * max(0.0, net) - h[EXPORT_PRICE + t] * max(0.0, -net)
        highest_import = max(highest_import, net)
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for t in range(slots):
            cost += y[WEAR + t] * (y[CHARGE + t] + y[DISCHARGE + t])
            cost += y[BELOW_PRICE + t] * max(0.0, y[FILL_MIN + t] - y[DF + t])
            cost += y[ABOVE_PRICE + t] * max(0.0, y[DF + t] - y[FILL_MAX + t])
        cost -= y[END_VALUE] * y[DF + slots - 1]
    return cost + 1e3 * peak_price * max(0.0, highest_import - 1e-3 * floor)


@kernel
def demand_of(h, x, k, t):
    """What the home draws in slot t before its PV."""
    demand = h[LOAD + t]
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        demand += y[CHARGE + t] - y[DISCHARGE + t]
    return demand


@kernel
def add_held(x, k, first, hold, kept_held, at, reliability, got):
    """What the home's iterate holds, as far as its schedule has the headroom."""
    col_slot, col_side = hold[SLOT_OF], hold[SIDE_OF]
    for j in range(got.size):
        t = col_slot[j]
        for s in range(k):
            y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
            table = kept_held[at[first + s]]
            c, d = y[CHARGE + t], y[DISCHARGE_MAX + t] - y[DISCHARGE + t]
            if col_side[j] != UP:
                c, d = y[CHARGE_MAX + t] - y[CHARGE + t], y[DISCHARGE + t]
            got[j] += reliability[j] * (min(c, table[KEPT_C, j]) + min(d, table[KEPT_D, j]))
