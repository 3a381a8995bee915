"""One Newton step of a home: the changes of its fills, its new price of power and its peak."""

from osb_hub.dispatch.structured.blocks import assemble, assemble_wide, factor, solve
from osb_hub.dispatch.structured.condense import condense_home, condense_store
from osb_hub.dispatch.structured.held import assemble_held, condense_held, prices_held
from osb_hub.dispatch.structured.held_peak import move_peak_held, peak_prices_held, peak_right_held
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.rows import *

# of a home's peak: the peak, its floor's dual, floor, price; then what a step makes of them
PEAK, Z_PEAK, FLOOR, PEAK_PRICE, D_PEAK, STIFFNESS = range(6)


@kernel
def newton(h, x, p, k, slots, mu, room, holding, hold, psi, worth, links):
    """Solve the home's Newton system at the prices h[PRICE] and `worth`; leaves DF, RHO_NEW, LINE, D_I, NET, p[D_PEAK] and links.

    `holding` tells whether the home may hold reserve; `worth` and `links` [columns] are what a kW of it earns, and how much of it is held.
    """
    diagonal, below, lower, right, small, coupling = room[0], room[1], room[2], room[3], room[4], room[5]
    space, z = room[11], room[12]
    longest = hold[7]
    per_block = longest if holding else 1
    blocks, size = (slots + per_block - 1) // per_block, k * per_block
    for s in range(k):
        condense_store(x[s * STORE_SIZE : (s + 1) * STORE_SIZE], slots, mu)
    condense_home(h, x, k, slots, mu, p[PEAK])
    if holding:
        condense_held(h, x, k, slots, mu, hold, psi, worth, space, z)
    if k > 0:
        if per_block == 1:
            assemble(h, x, k, slots, diagonal, below, right)
        else:
            assemble_wide(h, x, k, slots, per_block, diagonal, below, right)
        if holding:
            assemble_held(k, slots, hold, space, z, diagonal, below, right, per_block)
        factor(diagonal, below, size, blocks, lower, coupling, small)
        solve(lower, coupling, size, blocks, right)
        unpack(x, k, slots, per_block, right, DF)
    price_of_power(h, x, k, slots, DF, RHO_NEW, REST)
    for t in range(slots):
        h[LINE + t] = h[RHO_NEW + t]
    if holding:
        prices_held(h, x, k, slots, hold, space, z, links)
    for t in range(slots):
        h[D_I + t] = h[IH_I + t] * (h[LINE + t] - h[G_I + t] - h[PRICE + t])
        h[NET + t] += h[BOTH + t] * h[LINE + t]
    p[D_PEAK] = 0.0
    if p[PEAK_PRICE] > 0.0:
        newton_peak(h, x, p, k, slots, mu, room, per_block, holding, hold, links)


@kernel
def unpack(x, k, slots, per_block, right, target):
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for t in range(slots):
            y[target + t] = right[(t % per_block) * k + s, t // per_block]


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
def newton_peak(h, x, p, k, slots, mu, room, per_block, holding, hold, links):
    """The peak couples all slots of a home: one more right-hand side and one scalar. Leaves the net per kW of peak in SHADE."""
    lower, right, coupling, space, z, pulls = room[2], room[3], room[5], room[11], room[12], room[13]
    blocks, size = (slots + per_block - 1) // per_block, k * per_block
    for t in range(slots):
        h[RHO_PEAK + t] = -h[IH_I + t] * h[SHADE + t]  # its part in REST, per kW of peak
    if k > 0:
        right[:, :] = 0.0
        for s in range(k):
            y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
            for t in range(slots):
                v = y[ALPHA + t] * h[RHO_PEAK + t] * h[IQ + t]
                right[(t % per_block) * k + s, t // per_block] -= v
                if t > 0:
                    right[((t - 1) % per_block) * k + s, (t - 1) // per_block] += y[RETENTION + t] * v
        if holding:
            peak_right_held(h, k, slots, hold, space, z, right, per_block)
        solve(lower, coupling, size, blocks, right)
        unpack(x, k, slots, per_block, right, DF_PEAK)
    price_of_power(h, x, k, slots, DF_PEAK, RHO_PEAK, RHO_PEAK)
    for t in range(slots):
        h[LINE_PEAK + t] = h[RHO_PEAK + t]
    if holding:
        peak_prices_held(h, x, k, slots, hold, space, z)
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
        move_peak_held(hold, z, links, pulls, change)
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for t in range(slots):
            y[DF + t] += change * y[DF_PEAK + t]
