"""A home's held slots in its Newton system: conditions on its prices, their part in the matrix of its fills, and what they say to the feeder.

All of it is local to a slot; with zeta = (rho, psi_up, psi_down), U the functionals of the fills and p = (price of net, worth of upward, of downward reserve):
    zeta = W·(rest + U + G·p),   of the fills U·(zeta − (0, p_up, p_down)),   net = B·(rho + psi_up − psi_down − p_net),   r = r0 + U − G·zeta + G·p
"""

from osb_hub.dispatch.structured.condense import SOFTEN
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.places import HELD_SLOTS, LONGEST, ON
from osb_hub.dispatch.structured.reserve import *
from osb_hub.dispatch.structured.rows import *

# of a home and held slot: the price psi of room for what is held; W, the inverse of the conditions' matrix; zeta and its parts
(
    PSI_U, PSI_D, WORTH_U, WORTH_D, B_Q,
    NN, NU, ND, UU, UD, DD, W00, W01, W02, W11, W12, W22,
    G_NU, G_ND, G_UU, G_UD, G_DD, REST_N, REST_U, REST_D, HELD_U, HELD_D,
    ZETA_N, ZETA_U, ZETA_D, PEAK_N, PEAK_U, PEAK_D, R_UP, R_DOWN, SUM_N, SUM_U, SUM_D, ROOM_U, ROOM_D, PER_PEAK_U, PER_PEAK_D,
    D_PSI_U, D_PSI_D, RATIO, RATIO_DUAL, SCRATCH,
) = range(0, 47 * STRIDE, STRIDE)  # fmt: skip
ZETA_SIZE = 47 * STRIDE


@kernel
def condense_held(h, x, k, slots, mu, hold, g, z):
    """Condense all that a home holds (workspaces g of its stores, z of the home); takes the held slots out of the plain rows of its stores and of the home."""
    held, longest, on_up, on_down = hold[HELD_SLOTS], hold[LONGEST], hold[ON][UP], hold[ON][DOWN]
    n = held.size
    for q in range(n):
        t = held[q]
        z[B_Q + q], z[NN + q] = h[BOTH + t], h[BOTH + t] + h[IH_P + t] + SOFTEN
        z[REST_N + q], z[REST_U + q] = h[REST_PLAIN + t], -h[NET + t]
        z[SUM_N + q] = h[IMPORT + t] - h[EXPORT + t]
        z[ROOM_U + q], z[ROOM_D + q] = h[EXPORT_MAX + t], h[IMPORT_MAX + t]
        h[IQ + t], h[REST + t] = 0.0, 0.0
    for q in range(n):
        both = z[B_Q + q]
        z[NU + q], z[ND + q], z[UU + q], z[UD + q], z[DD + q] = both, -both, both, -both, both
        z[G_NU + q], z[G_ND + q], z[G_UU + q], z[G_UD + q], z[G_DD + q] = 0.0, 0.0, 0.0, 0.0, 0.0
        z[R_UP + q], z[R_DOWN + q], z[HELD_U + q], z[HELD_D + q] = 0.0, 0.0, 0.0, 0.0
        z[REST_D + q] = -z[REST_U + q]
    for s in range(k):
        y, v = x[s * STORE_SIZE : (s + 1) * STORE_SIZE], g[s]
        for q in range(n):
            t = held[q]
            v[CHARGE_Q + q], v[DISCHARGE_Q + q] = y[CHARGE + t], y[DISCHARGE + t]
            v[IH_C_Q + q], v[IH_D_Q + q], v[G_C_Q + q], v[G_D_Q + q] = y[IH_C + t], y[IH_D + t], y[G_C + t], y[G_D + t]
            v[BALANCE + q] = y[FILL + t] - y[INFLOW + t] - (y[RETENTION + t] * y[FILL + t - 1] if t > 0 else 0.0)
            y[IM + t], y[ALPHA + t], y[FLOW + t] = 0.0, 0.0, 0.0
        for m in range(longest):
            gather(y, FILL, held, m, slots, touched(v, m + 1), FILL_L)
        condense_columns(v, UP, held, longest, mu)
        condense_columns(v, DOWN, held, longest, mu)
        condense_slots(y, v, held, on_up, on_down, longest, slots)
        add_store(v, n, on_up, on_down, z)
    for q in range(n):
        up, down = on_up[q], on_down[q]
        g_nu, g_nd, g_uu, g_ud, g_dd = z[G_NU + q], z[G_ND + q], z[G_UU + q], z[G_UD + q], z[G_DD + q]
        pu, pd = z[WORTH_U + q], z[WORTH_D + q]
        r0u, r0d = (
            z[R_UP + q] + z[HELD_U + q] + g_uu * pu + g_ud * pd,
            z[R_DOWN + q] + z[HELD_D + q] + g_ud * pu + g_dd * pd,
        )
        room_u = max(z[ROOM_U + q] + z[SUM_N + q] - z[HELD_U + q], 1e-9)
        room_d = max(z[ROOM_D + q] - z[SUM_N + q] - z[HELD_D + q], 1e-9)
        psi_u, psi_d = z[PSI_U + q], z[PSI_D + q]
        nn, nu, nd, ud = z[NN + q], up * (z[NU + q] + g_nu), down * (z[ND + q] + g_nd), up * down * (z[UD + q] + g_ud)
        uu = choose(up, z[UU + q] + g_uu + room_u / psi_u, ABSENT)
        dd = choose(down, z[DD + q] + g_dd + room_d / psi_d, ABSENT)
        rest_n = z[REST_N + q] + g_nu * pu + g_nd * pd
        rest_u = up * (z[REST_U + q] + r0u + mu / psi_u + z[SUM_N + q] - z[HELD_U + q])
        rest_d = down * (z[REST_D + q] + r0d + mu / psi_d - z[SUM_N + q] - z[HELD_D + q])
        z[R_UP + q], z[R_DOWN + q], z[ROOM_U + q], z[ROOM_D + q] = r0u, r0d, room_u, room_d
        c00, c01, c02 = uu * dd - ud * ud, ud * nd - nu * dd, nu * ud - uu * nd
        c11, c12, c22 = nn * dd - nd * nd, nu * nd - nn * ud, nn * uu - nu * nu
        idet = 1.0 / (nn * c00 + nu * c01 + nd * c02)
        w00, w01, w02, w11, w12, w22 = c00 * idet, c01 * idet, c02 * idet, c11 * idet, c12 * idet, c22 * idet
        z[W00 + q], z[W01 + q], z[W02 + q], z[W11 + q], z[W12 + q], z[W22 + q] = w00, w01, w02, w11, w12, w22
        z[ZETA_N + q] = w00 * rest_n + w01 * rest_u + w02 * rest_d
        z[ZETA_U + q] = w01 * rest_n + w11 * rest_u + w12 * rest_d
        z[ZETA_D + q] = w02 * rest_n + w12 * rest_u + w22 * rest_d


@kernel
def add_store(v, n, on_up, on_down, z):
    """What one store adds to the home's conditions: G, rest, and what it holds."""
    for q in range(n):
        gain, drain, gc, gd = v[GAIN_Q + q], v[DRAIN_Q + q], v[GC + q], v[GD + q]
        p11, p12, p22 = v[P11 + q], v[P12 + q], v[P22 + q]
        flow_c, flow_d = v[CHARGE_Q + q] - (p11 * gc + p12 * gd), v[DISCHARGE_Q + q] - (p12 * gc + p22 * gd)
        flow = v[BALANCE + q] - gain * flow_c + drain * flow_d
        v[FLOW_ + q] = flow
        z[REST_N + q] += flow_c - flow_d + v[AL_N + q] * flow
    for q in range(n):
        p11, p12, p22, al, al_u, al_d = v[P11 + q], v[P12 + q], v[P22 + q], v[AL_N + q], v[AL_U + q], v[AL_D + q]
        tu1, tu2, td1, td2 = v[UPWARD + TAU1 + q], v[UPWARD + TAU2 + q], v[DOWNWARD + TAU1 + q], v[DOWNWARD + TAU2 + q]
        m11 = 1.0 / v[IM_ + q]
        m12 = al * m11
        pn1, pn2 = p11 - p12, p12 - p22
        pu1, pu2 = p11 * tu1 + p12 * tu2, p12 * tu1 + p22 * tu2  # P·τ
        pd1, pd2 = p11 * td1 + p12 * td2, p12 * td1 + p22 * td2
        up, down = on_up[q], on_down[q]
        z[NN + q] += pn1 - pn2 - m12 * al
        z[G_NU + q] += pn1 * tu1 + pn2 * tu2 - m12 * al_u
        z[G_ND + q] += pn1 * td1 + pn2 * td2 - m12 * al_d
        z[G_UU + q] += up * (tu1 * pu1 + tu2 * pu2 - al_u * al_u * m11 + v[UPWARD + NUU + q])
        z[G_UD + q] += tu1 * pd1 + tu2 * pd2 - al_u * al_d * m11
        z[G_DD + q] += down * (td1 * pd1 + td2 * pd2 - al_d * al_d * m11 + v[DOWNWARD + NUU + q])
        gc, gd, flow = v[GC + q], v[GD + q], v[FLOW_ + q]
        z[R_UP + q] += up * (v[UPWARD + C0 + q] + v[UPWARD + D0 + q] - (pu1 * gc + pu2 * gd) + al_u * flow)
        z[R_DOWN + q] += down * (v[DOWNWARD + C0 + q] + v[DOWNWARD + D0 + q] - (pd1 * gc + pd2 * gd) + al_d * flow)
        z[HELD_U + q] += v[UPWARD + ON_C + q] * v[UPWARD + R_C + q] + v[UPWARD + ON_D + q] * v[UPWARD + R_D + q]
        z[HELD_D + q] += v[DOWNWARD + ON_C + q] * v[DOWNWARD + R_C + q] + v[DOWNWARD + ON_D + q] * v[DOWNWARD + R_D + q]


@kernel
def assemble_held(x, k, slots, hold, g, z, diagonal, below, right, per_block, places):
    """Add the held slots to the matrix of the fills and to its right side."""
    held, longest = hold[HELD_SLOTS], hold[LONGEST]
    block_of, at_of = places
    n, size = held.size, k * per_block
    for s in range(k):
        v = g[s]
        for l_ in range(longest + 1):
            u = touched(v, l_)
            for q in range(n):
                a, b, c = u[U_N + q], u[U_U + q], u[U_D + q]
                u[T_N + q] = z[W00 + q] * a + z[W01 + q] * b + z[W02 + q] * c
                u[T_U + q] = z[W01 + q] * a + z[W11 + q] * b + z[W12 + q] * c
                u[T_D + q] = z[W02 + q] * a + z[W12 + q] * b + z[W22 + q] * c
            for q in range(n):
                pull = u[Y_ + q] * v[IM_ + q] * v[FLOW_ + q] + u[F_U + q] * v[BASE_U + q] + u[F_D + q] * v[BASE_D + q]
                pull += u[U_N + q] * z[ZETA_N + q] + u[U_U + q] * (z[ZETA_U + q] - z[WORTH_U + q])
                z[SCRATCH + q] = pull + u[U_D + q] * (z[ZETA_D + q] - z[WORTH_D + q])
            if l_ > 0:
                up, down = window(v, UP, l_ - 1, longest), window(v, DOWN, l_ - 1, longest)
                for q in range(n):
                    gain, drain = v[GAIN_Q + q], v[DRAIN_Q + q]
                    drained_u = gain * v[UPWARD + C0 + q] + drain * v[UPWARD + D0 + q]
                    drained_d = gain * v[DOWNWARD + C0 + q] + drain * v[DOWNWARD + D0 + q]
                    z[SCRATCH + q] += down[BASE + q] + u[F_D + q] * drained_d - up[BASE + q] - u[F_U + q] * drained_u
            for q in range(n):
                tau = held[q] + l_ - 1
                if 0 <= tau < slots:
                    right[at_of[tau] * k + s, block_of[tau]] -= z[SCRATCH + q]
            if l_ > 0 and longest > 1:
                for q in range(n):
                    tau = held[q] + l_ - 1
                    if tau < slots:
                        i = at_of[tau] * k + s
                        diagonal[i * size + i, block_of[tau]] += up[WEIGHT + q] + down[WEIGHT + q]
    for s in range(k):
        v = g[s]
        for l_ in range(longest + 1):
            u = touched(v, l_)
            for s2 in range(k):
                for l2 in range(longest + 1):
                    if per_block == 1 and l2 > l_:
                        continue  # implied by symmetry
                    u2 = touched(g[s2], l2)
                    for q in range(n):
                        value = u[T_N + q] * u2[U_N + q] + u[T_U + q] * u2[U_U + q] + u[T_D + q] * u2[U_D + q]
                        z[SCRATCH + q] = value
                    if s2 == s:
                        for q in range(n):
                            fu, fd = u2[F_U + q], u2[F_D + q]
                            value = v[IM_ + q] * u[Y_ + q] * u2[Y_ + q]
                            value += u[F_U + q] * (v[C_UU + q] * fu + v[C_UD + q] * fd)
                            z[SCRATCH + q] += value + u[F_D + q] * (v[C_UD + q] * fu + v[C_DD + q] * fd)
                    add_entries(held, slots, k, size, places, s, l_, s2, l2, z, diagonal, below)


@kernel
def add_entries(held, slots, k, size, places, s, l_, s2, l2, z, diagonal, below):
    """Add SCRATCH to the matrix at the fills that l_ and l2 stand for; the upper coupling is implied by symmetry."""
    if size == k:  # blocks of one slot: l_ and l2 are 0 or 1, and l2 the smaller
        row, first = s * k + s2, 1 if l2 == 0 and held.size > 0 and held[0] == 0 else 0
        target = diagonal[row] if l_ == l2 else below[row]
        for q in range(first, held.size):
            target[held[q] + l_ - 1] += z[SCRATCH + q]
        return
    block_of, at_of = places
    for q in range(held.size):
        tau, tau2 = held[q] + l_ - 1, held[q] + l2 - 1
        if 0 <= tau < slots and 0 <= tau2 < slots:
            b, i = block_of[tau], at_of[tau] * k + s
            b2, j = block_of[tau2], at_of[tau2] * k + s2
            if b == b2:
                diagonal[i * size + j, b] += z[SCRATCH + q]
            elif b == b2 + 1:
                below[i * size + j, b] += z[SCRATCH + q]


@kernel
def functionals(x, k, slots, change, hold, g, z):
    """Leaves the three functionals of a change of the fills in SUM_N, SUM_U, SUM_D."""
    held, longest = hold[HELD_SLOTS], hold[LONGEST]
    n = held.size
    for q in range(n):
        z[SUM_N + q], z[SUM_U + q], z[SUM_D + q] = 0.0, 0.0, 0.0
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for l_ in range(longest + 1):
            u = touched(g[s], l_)
            gather(y, change, held, l_ - 1, slots, u, FILL_L)
            for q in range(n):
                f = u[FILL_L + q]
                z[SUM_N + q] += u[U_N + q] * f
                z[SUM_U + q] += u[U_U + q] * f
                z[SUM_D + q] += u[U_D + q] * f


@kernel
def add_zeta(z, n, a, b, c):
    """Add W·SUM to the three rows a, b, c."""
    for q in range(n):
        f, g, e = z[SUM_N + q], z[SUM_U + q], z[SUM_D + q]
        z[a + q] += z[W00 + q] * f + z[W01 + q] * g + z[W02 + q] * e
        z[b + q] += z[W01 + q] * f + z[W11 + q] * g + z[W12 + q] * e
        z[c + q] += z[W02 + q] * f + z[W12 + q] * g + z[W22 + q] * e


@kernel
def prices_held(h, x, k, slots, hold, g, z):
    """Zeta after the step, and what the home then holds (R_UP, R_DOWN)."""
    held = hold[HELD_SLOTS]
    functionals(x, k, slots, DF, hold, g, z)
    add_zeta(z, held.size, ZETA_N, ZETA_U, ZETA_D)
    for q in range(held.size):
        n_, u_, d_ = z[ZETA_N + q], z[ZETA_U + q], z[ZETA_D + q]
        z[R_UP + q] += z[SUM_U + q] - z[G_NU + q] * n_ - z[G_UU + q] * u_ - z[G_UD + q] * d_
        z[R_DOWN + q] += z[SUM_D + q] - z[G_ND + q] * n_ - z[G_UD + q] * u_ - z[G_DD + q] * d_
    for q in range(held.size):
        h[RHO_NEW + held[q]] = z[ZETA_N + q]
        h[LINE + held[q]] = z[ZETA_N + q] + z[ZETA_U + q] - z[ZETA_D + q]


@kernel
def peak_right_held(h, k, slots, hold, g, z, right, places):
    """What a kW of peak pulls at the fills through the held slots; its own part of zeta."""
    held, longest, on_up, on_down = hold[HELD_SLOTS], hold[LONGEST], hold[ON][UP], hold[ON][DOWN]
    block_of, at_of = places
    n = held.size
    for q in range(n):
        f = -h[IH_I + held[q]] * h[SHADE + held[q]]
        z[SUM_N + q], z[SUM_U + q], z[SUM_D + q] = f, f * on_up[q], -f * on_down[q]
        z[PEAK_N + q], z[PEAK_U + q], z[PEAK_D + q] = 0.0, 0.0, 0.0
    add_zeta(z, n, PEAK_N, PEAK_U, PEAK_D)
    for s in range(k):
        for l_ in range(longest + 1):
            u = touched(g[s], l_)
            for q in range(n):
                z[SCRATCH + q] = u[U_N + q] * z[PEAK_N + q] + u[U_U + q] * z[PEAK_U + q] + u[U_D + q] * z[PEAK_D + q]
            for q in range(n):
                tau = held[q] + l_ - 1
                if 0 <= tau < slots:
                    right[at_of[tau] * k + s, block_of[tau]] -= z[SCRATCH + q]


@kernel
def peak_prices_held(h, x, k, slots, hold, g, z):
    """Of zeta and of what is held, the change per kW of peak."""
    held = hold[HELD_SLOTS]
    functionals(x, k, slots, DF_PEAK, hold, g, z)
    add_zeta(z, held.size, PEAK_N, PEAK_U, PEAK_D)
    for q in range(held.size):
        n_, u_, d_ = z[PEAK_N + q], z[PEAK_U + q], z[PEAK_D + q]
        z[PER_PEAK_U + q] = z[SUM_U + q] - z[G_NU + q] * n_ - z[G_UU + q] * u_ - z[G_UD + q] * d_
        z[PER_PEAK_D + q] = z[SUM_D + q] - z[G_ND + q] * n_ - z[G_UD + q] * u_ - z[G_DD + q] * d_
    for q in range(held.size):
        h[RHO_PEAK + held[q]] = z[PEAK_N + q]
        h[LINE_PEAK + held[q]] = z[PEAK_N + q] + z[PEAK_U + q] - z[PEAK_D + q]


@kernel
def move_peak_held(z, n, change):
    """After the peak has moved by `change` kW."""
    for q in range(n):
        z[R_UP + q] += change * z[PER_PEAK_U + q]
        z[R_DOWN + q] += change * z[PER_PEAK_D + q]
        z[ZETA_N + q] += change * z[PEAK_N + q]
        z[ZETA_U + q] += change * z[PEAK_U + q]
        z[ZETA_D + q] += change * z[PEAK_D + q]
