"""One Newton step of a home: the changes of its fills, its new price of power and its peak."""

from osb_hub.dispatch.structured.blocks import assemble, assemble_wide, factor, solve
from osb_hub.dispatch.structured.condense import condense_home, condense_store
from osb_hub.dispatch.structured.held import (
    assemble_held,
    condense_held,
    move_peak_held,
    peak_prices_held,
    peak_right_held,
    prices_held,
)
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.places import COUPLING, HELD_SLOTS, LONGEST, LOWER, PLACES, PLACES_WIDE, RIGHT
from osb_hub.dispatch.structured.rows import *

# of a home's peak: the peak, its floor's dual, floor, price; then what a step makes of them
PEAK, Z_PEAK, FLOOR, PEAK_PRICE, D_PEAK, STIFFNESS = range(6)


@kernel
def newton(h, x, p, k, slots, mu, room, holding, hold, g, z):
    """Solve the home's Newton system at the prices h[PRICE] and those of reserve in z; leaves DF, RHO_NEW, LINE, D_I, NET, p[D_PEAK], and what is held in z.

    `holding` tells whether the home may hold reserve; then g are its stores' workspaces for it, and z that of the home.
    """
    diagonal, below, lower, coupling, right, small = room[:6]
    per_block, places = (hold[LONGEST], hold[PLACES_WIDE]) if holding else (1, hold[PLACES])
    blocks, size = (slots + per_block - 1) // per_block, k * per_block
    for s in range(k):
        condense_store(x[s * STORE_SIZE : (s + 1) * STORE_SIZE], slots, mu)
    condense_home(h, x, k, slots, mu, p[PEAK])
    if holding:
        condense_held(h, x, k, slots, mu, hold, g, z)
    if k > 0:
        if per_block == 1:
            assemble(h, x, k, slots, diagonal, below, right)
        else:
            assemble_wide(h, x, k, slots, per_block, places, diagonal, below, right)
        if holding:
            assemble_held(x, k, slots, hold, g, z, diagonal, below, right, per_block, places)
        factor(diagonal, below, size, blocks, lower, coupling, small)
        solve(lower, coupling, size, blocks, right)
        unpack(x, k, slots, places, right, DF)
    price_of_power(h, x, k, slots, DF, RHO_NEW, REST)
    for t in range(slots):
        h[LINE + t] = h[RHO_NEW + t]
    if holding:
        prices_held(h, x, k, slots, hold, g, z)
    for t in range(slots):
        h[D_I + t] = h[IH_I + t] * (h[LINE + t] - h[G_I + t] - h[PRICE + t])
        h[NET + t] += h[BOTH + t] * h[LINE + t]
    p[D_PEAK] = 0.0
    if p[PEAK_PRICE] > 0.0:
        newton_peak(h, x, p, k, slots, mu, room, per_block, places, holding, hold, g, z)


@kernel
def unpack(x, k, slots, places, right, target):
    block_of, at_of = places
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for t in range(slots):
            y[target + t] = right[at_of[t] * k + s, block_of[t]]


@kernel
def price_of_power(h, x, stores, slots, change, target, rest):
    """Rho = (rest + Σ alpha·(change of flow))·IQ."""
    for t in range(slots):
        h[target + t] = h[rest + t]
    for s in range(stores):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        h[target] += y[ALPHA] * y[change]
        for t in range(1, slots):
            h[target + t] += y[ALPHA + t] * (y[change + t] - y[RETENTION + t] * y[change + t - 1])
    for t in range(slots):
        h[target + t] *= h[IQ + t]


@kernel
def newton_peak(h, x, p, k, slots, mu, room, per_block, places, holding, hold, g, z):
    """The peak couples all slots of a home: one more right-hand side and one scalar. Leaves the net per kW of peak in SHADE."""
    lower, coupling, right = room[LOWER], room[COUPLING], room[RIGHT]
    block_of, at_of = places
    blocks, size = (slots + per_block - 1) // per_block, k * per_block
    for t in range(slots):
        h[RHO_PEAK + t] = -h[IH_I + t] * h[SHADE + t]  # its part in REST, per kW of peak
    if k > 0:
        right[:, :] = 0.0
        for s in range(k):
            y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
            for t in range(slots):
                v = y[ALPHA + t] * h[RHO_PEAK + t] * h[IQ + t]
                right[at_of[t] * k + s, block_of[t]] -= v
                if t > 0:
                    right[at_of[t - 1] * k + s, block_of[t - 1]] += y[RETENTION + t] * v
        if holding:
            peak_right_held(h, k, slots, hold, g, z, right, places)
        solve(lower, coupling, size, blocks, right)
        unpack(x, k, slots, places, right, DF_PEAK)
    price_of_power(h, x, k, slots, DF_PEAK, RHO_PEAK, RHO_PEAK)
    for t in range(slots):
        h[LINE_PEAK + t] = h[RHO_PEAK + t]
    if holding:
        peak_prices_held(h, x, k, slots, hold, g, z)
    above = p[PEAK] - p[FLOOR]
    stiffness = p[Z_PEAK] / above
    pull = mu / above - p[PEAK_PRICE]
    for t in range(slots):
        shade, ii = h[SHADE + t], h[IH_I + t]
        stiffness += shade * ii * (h[H0_I + t] - h[LINE_PEAK + t])
        pull += mu / (p[PEAK] - h[IMPORT + t]) + shade * h[D_I + t]
    change = pull / stiffness
    p[D_PEAK] = change
    p[STIFFNESS] = stiffness
    for t in range(slots):
        shade, ii = h[SHADE + t], h[IH_I + t]
        more = ii * shade + h[BOTH + t] * h[LINE_PEAK + t]
        h[RHO_NEW + t] += change * h[RHO_PEAK + t]
        h[LINE + t] += change * h[LINE_PEAK + t]
        h[D_I + t] += change * ii * (shade + h[LINE_PEAK + t])
        h[NET + t] += change * more
        h[SHADE + t] = more
    if holding:
        move_peak_held(z, hold[HELD_SLOTS].size, change)
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for t in range(slots):
            y[DF + t] += change * y[DF_PEAK + t]
