"""The step of what a home holds in reserve: directions, how far they may go, the move."""

from osb_hub.dispatch.structured.held import *
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.places import HELD_SLOTS, LONGEST, ON
from osb_hub.dispatch.structured.reserve import *
from osb_hub.dispatch.structured.rows import *


@kernel
def pair_step(value, dual, change, mu):
    """Change of the dual of one product value·dual = mu."""
    return mu / value - dual - dual / value * change


@kernel
def directions_held(h, x, k, slots, mu, hold, g, z):
    """Changes of all that is held. Puts the changes of charge and discharge where `directions` finds them."""
    held, longest = hold[HELD_SLOTS], hold[LONGEST]
    n = held.size
    for q in range(n):
        z[RATIO + q], z[RATIO_DUAL + q], z[SUM_U + q], z[SUM_D + q] = 0.0, 0.0, 0.0, 0.0
    for s in range(k):
        y, v = x[s * STORE_SIZE : (s + 1) * STORE_SIZE], g[s]
        for q in range(n):
            v[D_FLOW + q], v[D_UP + q], v[D_DOWN + q] = v[FLOW_ + q], 0.0, 0.0
        for l_ in range(longest + 1):
            u = touched(v, l_)
            gather(y, DF, held, l_ - 1, slots, u, FILL_L)
            for q in range(n):
                f = u[FILL_L + q]
                v[D_FLOW + q] += u[Y_ + q] * f
                v[D_UP + q] += u[F_U + q] * f
                v[D_DOWN + q] += u[F_D + q] * f
        for q in range(n):
            rho, gain, drain = z[ZETA_N + q], v[GAIN_Q + q], v[DRAIN_Q + q]
            pu, pd, fu, fd = z[WORTH_U + q] - z[ZETA_U + q], z[WORTH_D + q] - z[ZETA_D + q], v[D_UP + q], v[D_DOWN + q]
            nu = v[IM_ + q] * v[D_FLOW + q] + v[AL_N + q] * rho - v[AL_U + q] * pu - v[AL_D + q] * pd
            a = -v[GC + q] + v[UPWARD + TAU1 + q] * pu + v[DOWNWARD + TAU1 + q] * pd + gain * nu - rho
            a -= v[UPWARD + Q1 + q] * fu + v[DOWNWARD + Q1 + q] * fd
            b = -v[GD + q] + v[UPWARD + TAU2 + q] * pu + v[DOWNWARD + TAU2 + q] * pd - drain * nu + rho
            b -= v[UPWARD + Q2 + q] * fu + v[DOWNWARD + Q2 + q] * fd
            v[D_C + q] = v[HAS_C + q] * (v[P11 + q] * a + v[P12 + q] * b)
            v[D_D + q] = v[HAS_D + q] * (v[P12 + q] * a + v[P22 + q] * b)
        for q in range(n):
            t = held[q]
            y[IH_C + t], y[G_C + t] = 1.0, -v[D_C + q] - z[ZETA_N + q]
            y[IH_D + t], y[G_D + t] = 1.0, -v[D_D + q] + z[ZETA_N + q]
        side_directions(v, UP, 1.0, D_UP, WORTH_U, ZETA_U, SUM_U, longest, n, mu, z)
        side_directions(v, DOWN, -1.0, D_DOWN, WORTH_D, ZETA_D, SUM_D, longest, n, mu, z)


@kernel
def side_directions(v, side, sign, flow, worth, zeta, total, longest, n, mu, z):
    """Changes of what a store holds in one direction, of its headrooms and windows; their sum goes to the row `total`."""
    c = side_of(v, side)
    for q in range(n):
        on_c, on_d, gain, drain = c[ON_C + q], c[ON_D + q], v[GAIN_Q + q], v[DRAIN_Q + q]
        earns, fills = z[worth + q] - z[zeta + q], sign * v[flow + q]
        r1 = sign * c[K1 + q] * v[D_C + q] + gain * fills + earns
        r2 = -sign * c[K2 + q] * v[D_D + q] + drain * fills + earns
        dc = on_c * (c[C0 + q] + c[N11 + q] * r1 + c[N12 + q] * r2)
        dd = on_d * (c[D0 + q] + c[N12 + q] * r1 + c[N22 + q] * r2)
        c[DR_C + q], c[DR_D + q] = dc, dd
        c[DRAINED + q] = gain * dc + drain * dd  # now its change
        z[total + q] += dc + dd
    for q in range(n):
        on_c, on_d, r_c, r_d, s1, s2 = c[ON_C + q], c[ON_D + q], c[R_C + q], c[R_D + q], c[S1 + q], c[S2 + q]
        dc, dd = c[DR_C + q], c[DR_D + q]
        ds1, ds2 = sign * v[D_C + q] - dc, -sign * v[D_D + q] - dd
        z_c, k_c, z_d, k_d = c[Z_C + q], c[K_C + q], c[Z_D + q], c[K_D + q]
        dz_c, dk_c = pair_step(r_c, z_c, dc, mu), pair_step(s1, k_c, ds1, mu)
        dz_d, dk_d = pair_step(r_d, z_d, dd, mu), pair_step(s2, k_d, ds2, mu)
        c[DZ_C + q], c[DK_C + q], c[DZ_D + q], c[DK_D + q] = on_c * dz_c, on_c * dk_c, on_d * dz_d, on_d * dk_d
        primal = max(on_c * max(-dc / r_c, -ds1 / s1), on_d * max(-dd / r_d, -ds2 / s2))
        dual = max(on_c * max(-dz_c / z_c, -dk_c / k_c), on_d * max(-dz_d / z_d, -dk_d / k_d))
        z[RATIO + q], z[RATIO_DUAL + q] = max(z[RATIO + q], primal), max(z[RATIO_DUAL + q], dual)
    for m in range(longest):
        w, u = window(v, side, m, longest), touched(v, m + 1)
        many = m + 1.0
        for q in range(n):
            price = w[EDGE_PRICE + q]
            on = 1.0 if price > TINY else 0.0
            price = choose(on, price, 1.0)
            p, room, dual = w[P_W + q], w[V_W + q], min(w[Y_W + q], price * INSIDE)
            left = price - dual
            # base − weight·(inside after the step) = dual after it
            dy = w[BASE + q] - dual - w[WEIGHT + q] * (sign * u[FILL_L + q] - many * c[DRAINED + q])
            dp, dv = mu / left - p + p / left * dy, mu / dual - room - room / dual * dy
            w[DP_W + q], w[DV_W + q], w[DY_W + q] = on * dp, on * dv, on * (dual + dy - w[Y_W + q])
            z[RATIO + q] = max(z[RATIO + q], on * max(-dp / p, -dv / room))
            z[RATIO_DUAL + q] = max(z[RATIO_DUAL + q], on * max(-dy / dual, dy / left))


@kernel
def room_directions(h, hold, mu, z):
    """Changes of the prices of room, once those of import and export are known; returns the largest ratios of all that is held, primal and dual."""
    held, on_up, on_down = hold[HELD_SLOTS], hold[ON][UP], hold[ON][DOWN]
    for q in range(held.size):
        z[SUM_N + q] = h[D_I + held[q]] - h[IH_E + held[q]]
    for q in range(held.size):
        up, down = on_up[q], on_down[q]
        room_u, room_d, psi_u, psi_d = z[ROOM_U + q], z[ROOM_D + q], z[PSI_U + q], z[PSI_D + q]
        change_u, change_d = z[SUM_N + q] - z[SUM_U + q], -z[SUM_N + q] - z[SUM_D + q]
        d_u, d_d = pair_step(room_u, psi_u, change_u, mu), pair_step(room_d, psi_d, change_d, mu)
        z[D_PSI_U + q], z[D_PSI_D + q] = up * d_u, down * d_d
        z[RATIO + q] = max(z[RATIO + q], max(-up * change_u / room_u, -down * change_d / room_d))
        z[RATIO_DUAL + q] = max(z[RATIO_DUAL + q], max(-up * d_u / psi_u, -down * d_d / psi_d))
    rp, rd = 0.0, 0.0
    for q in range(held.size):
        rp, rd = max(rp, z[RATIO + q]), max(rd, z[RATIO_DUAL + q])
    return rp, rd


@kernel
def move_held(k, hold, g, z, ap, ad):
    """Go along the directions."""
    n, longest = hold[HELD_SLOTS].size, hold[LONGEST]
    for q in range(n):
        z[PSI_U + q] += ad * z[D_PSI_U + q]
        z[PSI_D + q] += ad * z[D_PSI_D + q]
    for s in range(k):
        for side in range(2):
            c = side_of(g[s], side)
            for q in range(n):
                c[R_C + q] += ap * c[DR_C + q]
                c[R_D + q] += ap * c[DR_D + q]
                c[Z_C + q] += ad * c[DZ_C + q]
                c[K_C + q] += ad * c[DK_C + q]
                c[Z_D + q] += ad * c[DZ_D + q]
                c[K_D + q] += ad * c[DK_D + q]
            for m in range(longest):
                w = window(g[s], side, m, longest)
                for q in range(n):
                    w[P_W + q] += ap * w[DP_W + q]
                    w[V_W + q] += ap * w[DV_W + q]
                    w[Y_W + q] += ad * w[DY_W + q]


@kernel
def rooms(h, x, k, hold, g, z):
    """Gathers the iterate of charge and discharge, and what is left of the fuse (ROOM_U, ROOM_D) beside what is held (HELD_U, HELD_D)."""
    held = hold[HELD_SLOTS]
    n = held.size
    for q in range(n):
        t = held[q]
        net = h[IMPORT + t] - h[EXPORT + t]
        z[HELD_U + q], z[HELD_D + q] = 0.0, 0.0
        z[ROOM_U + q], z[ROOM_D + q] = h[EXPORT_MAX + t] + net, h[IMPORT_MAX + t] - net
    for s in range(k):
        y, v = x[s * STORE_SIZE : (s + 1) * STORE_SIZE], g[s]
        for q in range(n):
            v[CHARGE_Q + q], v[DISCHARGE_Q + q] = y[CHARGE + held[q]], y[DISCHARGE + held[q]]
        for q in range(n):
            z[HELD_U + q] += v[UPWARD + ON_C + q] * v[UPWARD + R_C + q] + v[UPWARD + ON_D + q] * v[UPWARD + R_D + q]
            z[HELD_D + q] += (
                v[DOWNWARD + ON_C + q] * v[DOWNWARD + R_C + q] + v[DOWNWARD + ON_D + q] * v[DOWNWARD + R_D + q]
            )
    for q in range(n):
        z[ROOM_U + q] -= z[HELD_U + q]
        z[ROOM_D + q] -= z[HELD_D + q]


@kernel
def products_held(h, x, k, hold, g, z):
    """Sum and number of the products that are 0 at an optimum."""
    n, longest, on_up, on_down = hold[HELD_SLOTS].size, hold[LONGEST], hold[ON][UP], hold[ON][DOWN]
    rooms(h, x, k, hold, g, z)
    total, count = 0.0, 0.0
    for q in range(n):
        total += on_up[q] * max(z[ROOM_U + q], 0.0) * z[PSI_U + q] + on_down[q] * max(z[ROOM_D + q], 0.0) * z[PSI_D + q]
        count += on_up[q] + on_down[q]
    for s in range(k):
        v = g[s]
        for side in range(2):
            c = side_of(v, side)
            up = 1.0 if side == UP else 0.0
            for q in range(n):
                charge, discharge = v[CHARGE_Q + q], v[DISCHARGE_Q + q]
                x1, x2 = (
                    choose(up, charge, v[CHARGE_MAX_Q + q] - charge),
                    choose(up, v[DISCHARGE_MAX_Q + q] - discharge, discharge),
                )
                r_c, r_d = c[R_C + q], c[R_D + q]
                total += c[ON_C + q] * (r_c * c[Z_C + q] + (x1 - r_c) * c[K_C + q])
                total += c[ON_D + q] * (r_d * c[Z_D + q] + (x2 - r_d) * c[K_D + q])
                count += 2.0 * (c[ON_C + q] + c[ON_D + q])
            for m in range(longest):
                w = window(v, side, m, longest)
                for q in range(n):
                    price = w[EDGE_PRICE + q]
                    on = 1.0 if price > TINY else 0.0
                    total += on * (w[V_W + q] * w[Y_W + q] + w[P_W + q] * (price - w[Y_W + q]))
                    count += 2.0 * on
    return total, count
