"""A home's held slots in its Newton system: conditions on its prices, their part in the matrix of its fills, and what they say to the feeder.

All of it is local to a slot; with zeta = (rho, psi_up, psi_down), U the functionals of the fills and p = (price of net, worth of upward, of downward reserve):
    zeta = W·(rest + U + G·p),   of the fills U·(zeta − (0, p_up, p_down)),   net = B·(rho + psi_up − psi_down − p_net),   r = r0 + U − G·zeta + G·p
"""

from osb_hub.dispatch.structured.condense import SOFTEN
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.reserve import *
from osb_hub.dispatch.structured.rows import *


@kernel
def condense_held(h, x, k, first, slots, mu, hold, kept, at, psi, worth, cv, sv, uv, zv):
    """Condense all held columns of a home; takes the held slots out of the plain rows of its stores and of the home."""
    col_slot, col_side, col_len, share, held, up_of, down_of, longest = hold[:8]
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for j in range(col_slot.size):
            side = col_side[j]
            condense_column(y, kept[at[first + s]], j, col_slot[j], side, col_len[j], share[side], slots, mu, cv[s, j])
    for q in range(held.size):
        t, ju, jd = held[q], up_of[q], down_of[q]
        z = zv[q]
        both = h[BOTH + t]
        nn, nu, nd, uu, ud, dd = both + h[IH_P + t] + SOFTEN, both, -both, both, -both, both
        g_nu, g_nd, g_uu, g_ud, g_dd = 0.0, 0.0, 0.0, 0.0, 0.0
        rest_n, rest_u, rest_d = h[REST_PLAIN + t], -h[NET + t], h[NET + t]
        pu = worth[ju] if ju >= 0 else 0.0
        pd = worth[jd] if jd >= 0 else 0.0
        net = h[IMPORT + t] - h[EXPORT + t]
        ru, rd = 0.0, 0.0
        r0u, r0d = 0.0, 0.0
        for s in range(k):
            y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
            v = sv[s, q]
            b_nn, b_u, b_d, b_uu, b_ud, b_dd = condense_slot(
                y, t, mu, cv[s, max(ju, 0)], cv[s, max(jd, 0)], ju >= 0, jd >= 0, v, uv[s, q], longest
            )
            nn += b_nn
            g_nu += b_u
            g_nd += b_d
            g_uu += b_uu
            g_ud += b_ud
            g_dd += b_dd
            rest_n += v[NET0] + v[AL_N] * v[FLOW_] + b_u * pu + b_d * pd
            r0u += v[R0_U] + v[AL_U] * v[FLOW_] + b_uu * pu + b_ud * pd
            r0d += v[R0_D] + v[AL_D] * v[FLOW_] + b_ud * pu + b_dd * pd
            row = kept[at[first + s]]
            if ju >= 0:
                got = cv[s, ju, HAS_C] * row[ju, R_C] + cv[s, ju, HAS_D] * row[ju, R_D]
                ru += got
                r0u += got
            if jd >= 0:
                got = cv[s, jd, HAS_C] * row[jd, R_C] + cv[s, jd, HAS_D] * row[jd, R_D]
                rd += got
                r0d += got
            for row_ in (IM, ALPHA, FLOW):
                y[row_ + t] = 0.0
        nu += g_nu
        nd += g_nd
        uu += g_uu
        ud += g_ud
        dd += g_dd
        rest_u += r0u
        rest_d += r0d
        z[G_NU], z[G_ND], z[G_UU], z[G_UD], z[G_DD] = g_nu, g_nd, g_uu, g_ud, g_dd
        if ju >= 0:
            room = max(h[EXPORT_MAX + t] + net - ru, 1e-9)
            uu += room / psi[ju]
            rest_u += mu / psi[ju] + net - ru
        else:
            nu, uu, ud, rest_u = 0.0, ABSENT, 0.0, 0.0
        if jd >= 0:
            room = max(h[IMPORT_MAX + t] - net - rd, 1e-9)
            dd += room / psi[jd]
            rest_d += mu / psi[jd] - net - rd
        else:
            nd, dd, ud, rest_d = 0.0, ABSENT, 0.0, 0.0
        c00, c01, c02 = uu * dd - ud * ud, ud * nd - nu * dd, nu * ud - uu * nd
        c11, c12, c22 = nn * dd - nd * nd, nu * nd - nn * ud, nn * uu - nu * nu
        idet = 1.0 / (nn * c00 + nu * c01 + nd * c02)
        z[W00], z[W01], z[W02] = c00 * idet, c01 * idet, c02 * idet
        z[W11], z[W12], z[W22] = c11 * idet, c12 * idet, c22 * idet
        z[ZETA_N], z[ZETA_U], z[ZETA_D] = times(z, rest_n, rest_u, rest_d)
        z[R_U], z[R_DN] = r0u, r0d
        h[IQ + t] = 0.0
        h[REST + t] = 0.0


@kernel
def times(z, a, b, c):
    """W·(a, b, c)."""
    return (
        z[W00] * a + z[W01] * b + z[W02] * c,
        z[W01] * a + z[W11] * b + z[W12] * c,
        z[W02] * a + z[W12] * b + z[W22] * c,
    )


@kernel
def place(t, s, k, per_block):
    """Block and position in it of the fill of store s at the end of slot t."""
    return t // per_block, (t % per_block) * k + s


@kernel
def add_entry(diagonal, below, size, bi, i, bj, j, value):
    """Add to the matrix at (i of block bi, j of block bj); the upper coupling is implied by symmetry."""
    if bi == bj:
        diagonal[i * size + j, bi] += value
    elif bi == bj + 1:
        below[i * size + j, bi] += value


@kernel
def assemble_held(x, k, slots, hold, worth, cv, sv, uv, zv, diagonal, below, right, per_block):
    """Add the held slots to the matrix of the fills and to its right side."""
    col_slot, col_side, col_len, share, held, up_of, down_of, longest = hold[:8]
    size = k * per_block
    for q in range(held.size):
        t, ju, jd = held[q], up_of[q], down_of[q]
        z = zv[q]
        pu = worth[ju] if ju >= 0 else 0.0
        pd = worth[jd] if jd >= 0 else 0.0
        a, b, c = z[ZETA_N], z[ZETA_U] - pu, z[ZETA_D] - pd
        reach = min(longest, slots - t)
        for s in range(k):
            y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
            v, u = sv[s, q], uv[s, q]
            value = v[IM_] * v[FLOW_]
            c_uu = (cv[s, ju, LEFT] / cv[s, ju, H2] if ju >= 0 and cv[s, ju, H2] > 0.0 else 0.0) - v[QQ_UU]
            c_dd = (cv[s, jd, LEFT] / cv[s, jd, H2] if jd >= 0 and cv[s, jd, H2] > 0.0 else 0.0) - v[QQ_DD]
            c_ud = -v[QQ_UD]
            for l_ in range(reach + 1):
                tau = t + l_ - 1
                if tau < 0:
                    continue
                bi, i = place(tau, s, k, per_block)
                pull = u[Y_, l_] * value + u[U_N, l_] * a + u[U_U, l_] * b + u[U_D, l_] * c
                pull += u[F_U, l_] * v[BASE_U] + u[F_D, l_] * v[BASE_D]
                if l_ > 0:
                    m = l_ - 1
                    if ju >= 0 and m < col_len[ju]:
                        w, base = cv[s, ju, COLUMN_SIZE + 2 * m], cv[s, ju, COLUMN_SIZE + 2 * m + 1]
                        drained = y[GAIN + t] * cv[s, ju, C0] + y[DRAIN + t] * cv[s, ju, D0]
                        pull -= base + w * (m + 1) * drained
                        if cv[s, ju, H2] > 0.0 and longest > 1:
                            add_entry(diagonal, below, size, bi, i, bi, i, w)
                    if jd >= 0 and m < col_len[jd]:
                        w, base = cv[s, jd, COLUMN_SIZE + 2 * m], cv[s, jd, COLUMN_SIZE + 2 * m + 1]
                        drained = y[GAIN + t] * cv[s, jd, C0] + y[DRAIN + t] * cv[s, jd, D0]
                        pull += base + w * (m + 1) * drained
                        if cv[s, jd, H2] > 0.0 and longest > 1:
                            add_entry(diagonal, below, size, bi, i, bi, i, w)
                right[i, bi] -= pull
            if longest > 1:  # a window alone is all of its stiffness: diag(w) − F·Fᵀ/H2 = 0
                if ju >= 0 and cv[s, ju, H2] > 0.0:
                    c_uu -= 1.0 / cv[s, ju, H2]
                if jd >= 0 and cv[s, jd, H2] > 0.0:
                    c_dd -= 1.0 / cv[s, jd, H2]
            for l_ in range(reach + 1):
                tau = t + l_ - 1
                if tau < 0:
                    continue
                bi, i = place(tau, s, k, per_block)
                n_, u_, d_ = times(z, u[U_N, l_], u[U_U, l_], u[U_D, l_])
                for s2 in range(k):
                    u2 = uv[s2, q]
                    for l2 in range(reach + 1):
                        tau2 = t + l2 - 1
                        if tau2 < 0:
                            continue
                        value2 = n_ * u2[U_N, l2] + u_ * u2[U_U, l2] + d_ * u2[U_D, l2]
                        if s2 == s:
                            value2 += v[IM_] * u[Y_, l_] * u[Y_, l2]
                            value2 += u[F_U, l_] * (c_uu * u[F_U, l2] + c_ud * u[F_D, l2])
                            value2 += u[F_D, l_] * (c_ud * u[F_U, l2] + c_dd * u[F_D, l2])
                        bj, j = place(tau2, s2, k, per_block)
                        add_entry(diagonal, below, size, bi, i, bj, j, value2)


@kernel
def held_functionals(x, k, slots, change, q, t, uv, longest):
    """The three functionals of a change of the fills."""
    n_, u_, d_ = 0.0, 0.0, 0.0
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        u = uv[s, q]
        for l_ in range(min(longest, slots - t) + 1):
            tau = t + l_ - 1
            if tau >= 0:
                f = y[change + tau]
                n_ += u[U_N, l_] * f
                u_ += u[U_U, l_] * f
                d_ += u[U_D, l_] * f
    return n_, u_, d_


@kernel
def prices_held(h, x, k, slots, hold, worth, uv, zv, links):
    """Zeta after the step, and what the home then holds per column (links)."""
    col_slot, col_side, col_len, share, held, up_of, down_of, longest = hold[:8]
    for q in range(held.size):
        t, ju, jd = held[q], up_of[q], down_of[q]
        z = zv[q]
        n_, u_, d_ = held_functionals(x, k, slots, DF, q, t, uv, longest)
        a, b, c = times(z, n_, u_, d_)
        z[ZETA_N] += a
        z[ZETA_U] += b
        z[ZETA_D] += c
        h[RHO_NEW + t] = z[ZETA_N]
        h[LINE + t] = z[ZETA_N] + z[ZETA_U] - z[ZETA_D]
        z[R_U] += u_ - z[G_NU] * z[ZETA_N] - z[G_UU] * z[ZETA_U] - z[G_UD] * z[ZETA_D]
        z[R_DN] += d_ - z[G_ND] * z[ZETA_N] - z[G_UD] * z[ZETA_U] - z[G_DD] * z[ZETA_D]
        if ju >= 0:
            links[ju] = z[R_U]
        if jd >= 0:
            links[jd] = z[R_DN]


@kernel
def peak_right_held(h, x, k, slots, hold, uv, zv, right, per_block):
    """What a kW of peak pulls at the fills through the held slots; its own part of zeta."""
    col_slot, col_side, col_len, share, held, up_of, down_of, longest = hold[:8]
    for q in range(held.size):
        t = held[q]
        z = zv[q]
        f = -h[IH_I + t] * h[SHADE + t]
        z[PEAK_N], z[PEAK_U], z[PEAK_D] = times(z, f, f if up_of[q] >= 0 else 0.0, -f if down_of[q] >= 0 else 0.0)
        for s in range(k):
            u = uv[s, q]
            for l_ in range(min(longest, slots - t) + 1):
                tau = t + l_ - 1
                if tau >= 0:
                    bi, i = place(tau, s, k, per_block)
                    right[i, bi] -= u[U_N, l_] * z[PEAK_N] + u[U_U, l_] * z[PEAK_U] + u[U_D, l_] * z[PEAK_D]


@kernel
def peak_prices_held(h, x, k, slots, hold, uv, zv):
    col_slot, col_side, col_len, share, held, up_of, down_of, longest = hold[:8]
    for q in range(held.size):
        t = held[q]
        z = zv[q]
        n_, u_, d_ = held_functionals(x, k, slots, DF_PEAK, q, t, uv, longest)
        a, b, c = times(z, n_, u_, d_)
        z[PEAK_N] += a
        z[PEAK_U] += b
        z[PEAK_D] += c
        h[RHO_PEAK + t] = z[PEAK_N]
        h[LINE_PEAK + t] = z[PEAK_N] + z[PEAK_U] - z[PEAK_D]


@kernel
def move_peak_held(h, x, k, slots, hold, uv, zv, links, pulls, change):
    """After the peak has moved by `change` kW: zeta and what is held; pulls[j] is what is held per kW of peak."""
    col_slot, col_side, col_len, share, held, up_of, down_of, longest = hold[:8]
    for q in range(held.size):
        t, ju, jd = held[q], up_of[q], down_of[q]
        z = zv[q]
        n_, u_, d_ = held_functionals(x, k, slots, DF_PEAK, q, t, uv, longest)
        ru = u_ - z[G_NU] * z[PEAK_N] - z[G_UU] * z[PEAK_U] - z[G_UD] * z[PEAK_D]
        rd = d_ - z[G_ND] * z[PEAK_N] - z[G_UD] * z[PEAK_U] - z[G_DD] * z[PEAK_D]
        if ju >= 0:
            links[ju] += change * ru
            pulls[ju] = ru
        if jd >= 0:
            links[jd] += change * rd
            pulls[jd] = rd
        z[ZETA_N] += change * z[PEAK_N]
        z[ZETA_U] += change * z[PEAK_U]
        z[ZETA_D] += change * z[PEAK_D]
