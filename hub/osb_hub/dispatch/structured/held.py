"""A home's held slots in its Newton system: conditions on its prices, their part in the matrix of its fills, and what they say to the feeder.

All of it is local to a slot; with zeta = (rho, psi_up, psi_down), U the functionals of the fills and p = (price of net, worth of upward, of downward reserve):
    zeta = W·(rest + U + G·p),   of the fills U·(zeta − (0, p_up, p_down)),   net = B·(rho + psi_up − psi_down − p_net),   r = r0 + U − G·zeta + G·p
"""

from osb_hub.dispatch.structured.condense import SOFTEN
from osb_hub.dispatch.structured.held_rows import gather
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.reserve import condense_side, condense_slots, touch
from osb_hub.dispatch.structured.reserve_rows import *
from osb_hub.dispatch.structured.rows import *

# of a home: rows over its held slots; W is symmetric
(
    NET_H,  # B: kW of net per EUR/kW of its price
    IH_P_H,
    REST_H,  # what the balance lacks, without the stores
    NET0_H,  # net at the prices of now
    FLOW_H,  # import − export of the iterate
    EXPORT_MAX_H,
    IMPORT_MAX_H,
    HAS_U,
    HAS_D_,
    PSI_U,
    PSI_D,
    WORTH_U,
    WORTH_D,
    GOT_U,  # what is held
    GOT_D,
    R_U,  # and what will be
    R_DN,
    REST_N,
    REST_U,
    REST_D,
    W00,
    W01,
    W02,
    W11,
    W12,
    W22,
    ZETA_N,
    ZETA_U,
    ZETA_D,
    PEAK_N,
    PEAK_U,
    PEAK_D,
    G_NN,
    G_NU,
    G_ND,
    G_UU,
    G_UD,
    G_DD,
    SUM_N,  # functionals of a change of the fills
    SUM_U,
    SUM_D,
    TIMES_N,
    TIMES_U,
    TIMES_D,
    VALUE,
    NET_N,  # W·(what a kW of net, of upward, of downward reserve says)
    NET_U,
    NET_D,
    UP_N,
    UP_U,
    UP_D,
    DOWN_N,
    DOWN_U,
    DOWN_D,
) = range(0, 54 * STRIDE, STRIDE)
HELD_SIZE = 54 * STRIDE


@kernel
def gather_home(h, z, hold, psi, worth):
    held, column = hold[4], hold[5]
    for q in range(held.size):
        t, ju, jd = held[q], column[UP, q], column[DOWN, q]
        z[NET_H + q], z[IH_P_H + q], z[REST_H + q] = h[BOTH + t], h[IH_P + t], h[REST_PLAIN + t]
        z[NET0_H + q], z[FLOW_H + q] = h[NET + t], h[IMPORT + t] - h[EXPORT + t]
        z[EXPORT_MAX_H + q], z[IMPORT_MAX_H + q] = h[EXPORT_MAX + t], h[IMPORT_MAX + t]
        z[HAS_U + q], z[PSI_U + q], z[WORTH_U + q] = (1.0, psi[ju], worth[ju]) if ju >= 0 else (0.0, 1.0, 0.0)
        z[HAS_D_ + q], z[PSI_D + q], z[WORTH_D + q] = (1.0, psi[jd], worth[jd]) if jd >= 0 else (0.0, 1.0, 0.0)


@kernel
def condense_held(h, x, k, slots, mu, hold, psi, worth, space, z):
    """Condense all held columns of a home; takes the held slots out of the plain rows of its stores and of the home."""
    held, longest = hold[4], hold[7]
    n = held.size
    gather_home(h, z, hold, psi, worth)
    for row in (REST_N, GOT_U, GOT_D, R_U, R_DN, G_NN, G_NU, G_ND, G_UU, G_UD, G_DD):
        for q in range(n):
            z[row + q] = 0.0
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        w, up, down = space[0][s], space[1][s, UP], space[1][s, DOWN]
        gather(y, held, w)
        condense_side(y, w, up, space[2][s, UP], UP, hold, slots, mu)
        condense_side(y, w, down, space[2][s, DOWN], DOWN, hold, slots, mu)
        condense_slots(w, up, down, n, mu)
        touch(w, up, down, space[2][s, UP], space[2][s, DOWN], space[3][s], n, longest)
        for q in range(n):
            pu, pd, flow = z[WORTH_U + q], z[WORTH_D + q], w[FLOW_ + q]
            b_u, b_d, b_ud = w[B_U + q], w[B_D + q], w[B_UD + q]
            z[G_NN + q] += w[B_NN + q]
            z[G_NU + q] += b_u
            z[G_ND + q] += b_d
            z[G_UU + q] += w[B_UU + q]
            z[G_UD + q] += b_ud
            z[G_DD + q] += w[B_DD + q]
            z[REST_N + q] += w[NET0 + q] + w[AL_N + q] * flow + b_u * pu + b_d * pd
            z[R_U + q] += w[R0_U + q] + w[AL_U + q] * flow + w[B_UU + q] * pu + b_ud * pd
            z[R_DN + q] += w[R0_D + q] + w[AL_D + q] * flow + b_ud * pu + w[B_DD + q] * pd
            z[GOT_U + q] += up[HAS_C + q] * up[RC + q] + up[HAS_D + q] * up[RD + q]
            z[GOT_D + q] += down[HAS_C + q] * down[RC + q] + down[HAS_D + q] * down[RD + q]
        for q in range(n):
            t = held[q]
            y[IM + t], y[ALPHA + t], y[FLOW + t] = 0.0, 0.0, 0.0
    for q in range(n):
        u, d, both, net = z[HAS_U + q], z[HAS_D_ + q], z[NET_H + q], z[FLOW_H + q]
        z[R_U + q] += z[GOT_U + q]
        z[R_DN + q] += z[GOT_D + q]
        room_u = max(z[EXPORT_MAX_H + q] + net - z[GOT_U + q], LEAST_ROOM)
        room_d = max(z[IMPORT_MAX_H + q] - net - z[GOT_D + q], LEAST_ROOM)
        i_u, i_d = 1.0 / z[PSI_U + q], 1.0 / z[PSI_D + q]
        nn = both + z[IH_P_H + q] + SOFTEN + z[G_NN + q]
        nu, nd = u * (both + z[G_NU + q]), d * (z[G_ND + q] - both)
        uu = u * (both + z[G_UU + q] + room_u * i_u) + (1.0 - u) * ABSENT
        dd = d * (both + z[G_DD + q] + room_d * i_d) + (1.0 - d) * ABSENT
        ud = u * d * (z[G_UD + q] - both)
        rest_n = z[REST_H + q] + z[REST_N + q]
        rest_u = u * (z[R_U + q] - z[NET0_H + q] + mu * i_u + net - z[GOT_U + q])
        rest_d = d * (z[R_DN + q] + z[NET0_H + q] + mu * i_d - net - z[GOT_D + q])
        c00, c01, c02 = uu * dd - ud * ud, ud * nd - nu * dd, nu * ud - uu * nd
        c11, c12, c22 = nn * dd - nd * nd, nu * nd - nn * ud, nn * uu - nu * nu
        idet = 1.0 / (nn * c00 + nu * c01 + nd * c02)
        w00, w01, w02, w11, w12, w22 = c00 * idet, c01 * idet, c02 * idet, c11 * idet, c12 * idet, c22 * idet
        z[W00 + q], z[W01 + q], z[W02 + q] = w00, w01, w02
        z[W11 + q], z[W12 + q], z[W22 + q] = w11, w12, w22
        z[ZETA_N + q] = w00 * rest_n + w01 * rest_u + w02 * rest_d
        z[ZETA_U + q] = w01 * rest_n + w11 * rest_u + w12 * rest_d
        z[ZETA_D + q] = w02 * rest_n + w12 * rest_u + w22 * rest_d
    for q in range(n):
        h[IQ + held[q]], h[REST + held[q]] = 0.0, 0.0


@kernel
def times(z, n, a, b, c, to_n, to_u, to_d):
    """Rows to_.. = W·(a, b, c)."""
    for q in range(n):
        f, g, e = z[a + q], z[b + q], z[c + q]
        z[to_n + q] = z[W00 + q] * f + z[W01 + q] * g + z[W02 + q] * e
        z[to_u + q] = z[W01 + q] * f + z[W11 + q] * g + z[W12 + q] * e
        z[to_d + q] = z[W02 + q] * f + z[W12 + q] * g + z[W22 + q] * e


@kernel
def place(t, s, k, per_block):
    """Block and position in it of the fill of store s at the end of slot t."""
    return t // per_block, (t % per_block) * k + s


@kernel
def add_right(right, hold, z, l_, s, k, slots, per_block):
    """Add row VALUE to the right side, at the fill that is touched l-th."""
    held = hold[4]
    for q in range(held.size):
        tau = held[q] + l_ - 1
        if 0 <= tau < slots:
            b, i = place(tau, s, k, per_block)
            right[i, b] += z[VALUE + q]


@kernel
def add_pairs(diagonal, below, hold, z, l_, s, l2, s2, k, slots, per_block):
    """Add row VALUE to the matrix, at (touched l-th, store s) and (touched l2-th, store s2); the upper coupling is implied by symmetry."""
    held = hold[4]
    size = k * per_block
    for q in range(held.size):
        tau, tau2 = held[q] + l_ - 1, held[q] + l2 - 1
        if 0 <= tau < slots and 0 <= tau2 < slots:
            bi, i = place(tau, s, k, per_block)
            bj, j = place(tau2, s2, k, per_block)
            if bi == bj:
                diagonal[i * size + j, bi] += z[VALUE + q]
            elif bi == bj + 1:
                below[i * size + j, bi] += z[VALUE + q]


@kernel
def assemble_held(k, slots, hold, space, z, diagonal, below, right, per_block):
    """Add the held slots to the matrix of the fills and to its right side."""
    n, longest = hold[4].size, hold[7]
    for s in range(k):
        w, up, down, touched = space[0][s], space[1][s, UP], space[1][s, DOWN], space[3][s]
        for l_ in range(longest + 1):
            u = touched[l_]
            v_up, v_down = space[2][s, UP, max(l_ - 1, 0)], space[2][s, DOWN, max(l_ - 1, 0)]
            mine = 1.0 if l_ > 0 else 0.0
            for q in range(n):
                a, b, c = z[ZETA_N + q], z[ZETA_U + q] - z[WORTH_U + q], z[ZETA_D + q] - z[WORTH_D + q]
                gain, drain = w[GAIN_H + q], w[DRAIN_H + q]
                pull = u[Y_ + q] * w[IM_ + q] * w[FLOW_ + q] + u[U_N + q] * a + u[U_U + q] * b + u[U_D + q] * c
                pull += u[F_U + q] * w[BASE_U + q] + u[F_D + q] * w[BASE_D + q]
                drained_u, drained_d = (
                    gain * up[C0 + q] + drain * up[D0 + q],
                    gain * down[C0 + q] + drain * down[D0 + q],
                )
                pull -= mine * (v_up[BASE + q] + u[F_U + q] * drained_u)
                pull += mine * (v_down[BASE + q] + u[F_D + q] * drained_d)
                z[VALUE + q] = -pull
            add_right(right, hold, z, l_, s, k, slots, per_block)
            if longest > 1 and l_ > 0:  # a window alone is all of its stiffness: diag(w) − F·Fᵀ/H2 = 0
                for q in range(n):
                    z[VALUE + q] = v_up[WEIGHT + q] + v_down[WEIGHT + q]
                add_pairs(diagonal, below, hold, z, l_, s, l_, s, k, slots, per_block)
        for l_ in range(longest + 1):
            u = touched[l_]
            for q in range(n):
                f, g, e = u[U_N + q], u[U_U + q], u[U_D + q]
                z[TIMES_N + q] = z[W00 + q] * f + z[W01 + q] * g + z[W02 + q] * e
                z[TIMES_U + q] = z[W01 + q] * f + z[W11 + q] * g + z[W12 + q] * e
                z[TIMES_D + q] = z[W02 + q] * f + z[W12 + q] * g + z[W22 + q] * e
            for s2 in range(k):
                for l2 in range(longest + 1 if longest > 1 else l_ + 1):
                    u2 = space[3][s2, l2]
                    for q in range(n):
                        z[VALUE + q] = (
                            z[TIMES_N + q] * u2[U_N + q] + z[TIMES_U + q] * u2[U_U + q] + z[TIMES_D + q] * u2[U_D + q]
                        )
                    if s2 == s:
                        alone = 1.0 if longest > 1 else 0.0
                        for q in range(n):
                            has_u, has_d = 1.0 if up[H2 + q] > 0.0 else 0.0, 1.0 if down[H2 + q] > 0.0 else 0.0
                            c_uu = has_u * (up[LEFT + q] - alone) / (up[H2 + q] + 1.0 - has_u) - w[QQ_UU + q]
                            c_dd = has_d * (down[LEFT + q] - alone) / (down[H2 + q] + 1.0 - has_d) - w[QQ_DD + q]
                            c_ud = -w[QQ_UD + q]
                            v = w[IM_ + q] * u[Y_ + q] * u2[Y_ + q]
                            v += u[F_U + q] * (c_uu * u2[F_U + q] + c_ud * u2[F_D + q])
                            v += u[F_D + q] * (c_ud * u2[F_U + q] + c_dd * u2[F_D + q])
                            z[VALUE + q] += v
                    add_pairs(diagonal, below, hold, z, l_, s, l2, s2, k, slots, per_block)


@kernel
def held_functionals(x, k, slots, change, hold, space, z):
    """Rows SUM_..: the three functionals of a change of the fills, which stays in CHANGE of the touched."""
    held, longest = hold[4], hold[7]
    n = held.size
    for q in range(n):
        z[SUM_N + q], z[SUM_U + q], z[SUM_D + q] = 0.0, 0.0, 0.0
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for l_ in range(longest + 1):
            u = space[3][s, l_]
            for q in range(n):
                u[CHANGE + q] = y[change + min(max(held[q] + l_ - 1, 0), slots - 1)]
            for q in range(n):
                z[SUM_N + q] += u[U_N + q] * u[CHANGE + q]
                z[SUM_U + q] += u[U_U + q] * u[CHANGE + q]
                z[SUM_D + q] += u[U_D + q] * u[CHANGE + q]


@kernel
def prices_held(h, x, k, slots, hold, space, z, links):
    """Zeta after the step, and what the home then holds per column (links)."""
    held, column = hold[4], hold[5]
    n = held.size
    held_functionals(x, k, slots, DF, hold, space, z)
    times(z, n, SUM_N, SUM_U, SUM_D, TIMES_N, TIMES_U, TIMES_D)
    for q in range(n):
        z[ZETA_N + q] += z[TIMES_N + q]
        z[ZETA_U + q] += z[TIMES_U + q]
        z[ZETA_D + q] += z[TIMES_D + q]
        a, b, c = z[ZETA_N + q], z[ZETA_U + q], z[ZETA_D + q]
        z[R_U + q] += z[SUM_U + q] - z[G_NU + q] * a - z[G_UU + q] * b - z[G_UD + q] * c
        z[R_DN + q] += z[SUM_D + q] - z[G_ND + q] * a - z[G_UD + q] * b - z[G_DD + q] * c
    for q in range(n):
        t, ju, jd = held[q], column[UP, q], column[DOWN, q]
        h[RHO_NEW + t], h[LINE + t] = z[ZETA_N + q], z[ZETA_N + q] + z[ZETA_U + q] - z[ZETA_D + q]
        if ju >= 0:
            links[ju] = z[R_U + q]
        if jd >= 0:
            links[jd] = z[R_DN + q]
