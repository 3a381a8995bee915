"""A home's peak couples its held slots as well: what a kW of it says to them, and what they then hold."""

from osb_hub.dispatch.structured.held import *
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.reserve_rows import *
from osb_hub.dispatch.structured.rows import *


@kernel
def peak_right_held(h, k, slots, hold, space, z, right, per_block):
    """What a kW of peak pulls at the fills through the held slots; its own part of zeta."""
    held, longest = hold[4], hold[7]
    n = held.size
    for q in range(n):
        f = -h[IH_I + held[q]] * h[SHADE + held[q]]
        z[SUM_N + q], z[SUM_U + q], z[SUM_D + q] = f, f * z[HAS_U + q], -f * z[HAS_D_ + q]
    times(z, n, SUM_N, SUM_U, SUM_D, PEAK_N, PEAK_U, PEAK_D)
    for s in range(k):
        for l_ in range(longest + 1):
            u = space[3][s, l_]
            for q in range(n):
                z[VALUE + q] = -(u[U_N + q] * z[PEAK_N + q] + u[U_U + q] * z[PEAK_U + q] + u[U_D + q] * z[PEAK_D + q])
            add_right(right, hold, z, l_, s, k, slots, per_block)


@kernel
def peak_prices_held(h, x, k, slots, hold, space, z):
    held = hold[4]
    n = held.size
    held_functionals(x, k, slots, DF_PEAK, hold, space, z)
    times(z, n, SUM_N, SUM_U, SUM_D, TIMES_N, TIMES_U, TIMES_D)
    for q in range(n):
        z[PEAK_N + q] += z[TIMES_N + q]
        z[PEAK_U + q] += z[TIMES_U + q]
        z[PEAK_D + q] += z[TIMES_D + q]
    for q in range(n):
        t = held[q]
        h[RHO_PEAK + t], h[LINE_PEAK + t] = z[PEAK_N + q], z[PEAK_N + q] + z[PEAK_U + q] - z[PEAK_D + q]


@kernel
def move_peak_held(hold, z, links, pulls, change):
    """After the peak has moved by `change` kW: zeta and what is held; pulls[j] is what is held per kW of peak."""
    held, column = hold[4], hold[5]
    for q in range(held.size):
        a, b, c = z[PEAK_N + q], z[PEAK_U + q], z[PEAK_D + q]
        ru = z[SUM_U + q] - z[G_NU + q] * a - z[G_UU + q] * b - z[G_UD + q] * c
        rd = z[SUM_D + q] - z[G_ND + q] * a - z[G_UD + q] * b - z[G_DD + q] * c
        ju, jd = column[UP, q], column[DOWN, q]
        if ju >= 0:
            links[ju] += change * ru
            pulls[ju] = ru
        if jd >= 0:
            links[jd] += change * rd
            pulls[jd] = rd
        z[ZETA_N + q] += change * a
        z[ZETA_U + q] += change * b
        z[ZETA_D + q] += change * c
