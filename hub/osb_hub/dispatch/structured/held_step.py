"""The step of what a home holds in reserve: directions, how far they may go, the move, and a first iterate."""

from osb_hub.dispatch.structured.held import *
from osb_hub.dispatch.structured.held_rows import gather, gather_window
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.memory import edge_dual
from osb_hub.dispatch.structured.reserve_rows import *
from osb_hub.dispatch.structured.rows import *


@kernel
def directions_held(h, x, k, slots, mu, hold, space, z):
    """Changes of what is held and of its duals; puts those of charge and discharge where `directions` finds them. Returns the largest ratios."""
    held, longest = hold[4], hold[7]
    n = held.size
    held_functionals(x, k, slots, DF, hold, space, z)  # leaves the changes of the fills
    rp, rd = 0.0, 0.0
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        w, up, down = space[0][s], space[1][s, UP], space[1][s, DOWN]
        change_powers(w, up, down, space[3][s], z, n, longest)
        for q in range(n):
            t, rho = held[q], z[ZETA_N + q]
            y[IH_C + t], y[G_C + t] = 1.0, -w[CHANGE_C + q] - rho
            y[IH_D + t], y[G_D + t] = 1.0, -w[CHANGE_D + q] + rho
        change_side(w, up, 1.0, n, mu)
        change_side(w, down, -1.0, n, mu)
        for m in range(longest):
            change_window(w, up, space[2][s, UP, m], space[3][s, m + 1], m, 1.0, n, mu)
            change_window(w, down, space[2][s, DOWN, m], space[3][s, m + 1], m, -1.0, n, mu)
        for q in range(n):
            rp, rd = max(rp, w[RATIO_P + q]), max(rd, w[RATIO_D + q])
    return rp, rd


@kernel
def change_powers(w, up, down, touched, z, n, longest):
    """Changes of charge, discharge and of what is held of both."""
    for q in range(n):
        w[CHANGE_C + q], w[CHANGE_D + q] = 0.0, 0.0  # for now: what the windows' fills do, upward and downward
        w[RATIO_P + q] = w[FLOW_ + q]  # and the flow
    for l_ in range(longest + 1):
        u = touched[l_]
        for q in range(n):
            w[RATIO_P + q] += u[Y_ + q] * u[CHANGE + q]
            w[CHANGE_C + q] += u[F_U + q] * u[CHANGE + q]
            w[CHANGE_D + q] += u[F_D + q] * u[CHANGE + q]
    for q in range(n):
        fu, fd, flow, rho = w[CHANGE_C + q], w[CHANGE_D + q], w[RATIO_P + q], z[ZETA_N + q]
        pu = z[HAS_U + q] * (z[WORTH_U + q] - z[ZETA_U + q])
        pd = z[HAS_D_ + q] * (z[WORTH_D + q] - z[ZETA_D + q])
        gain, drain = w[GAIN_H + q], w[DRAIN_H + q]
        nu = w[IM_ + q] * flow + w[AL_N + q] * rho - w[AL_U + q] * pu - w[AL_D + q] * pd
        a = w[TU1 + q] * pu + w[TD1 + q] * pd + gain * nu - rho - w[GC + q] - w[QU1 + q] * fu - w[QD1 + q] * fd
        b = w[TU2 + q] * pu + w[TD2 + q] * pd - drain * nu + rho - w[GD + q] - w[QU2 + q] * fu - w[QD2 + q] * fd
        dc, dd = w[ON_C + q] * (w[P11 + q] * a + w[P12 + q] * b), w[ON_D + q] * (w[P12 + q] * a + w[P22 + q] * b)
        r1, r2 = up[K1 + q] * dc + gain * fu + pu, drain * fu + pu - up[K2 + q] * dd
        up[MOVE_C + q] = up[HAS_C + q] * (up[C0 + q] + up[N11 + q] * r1 + up[N12 + q] * r2)
        up[MOVE_D + q] = up[HAS_D + q] * (up[D0 + q] + up[N12 + q] * r1 + up[N22 + q] * r2)
        r1, r2 = pd - down[K1 + q] * dc - gain * fd, down[K2 + q] * dd - drain * fd + pd
        down[MOVE_C + q] = down[HAS_C + q] * (down[C0 + q] + down[N11 + q] * r1 + down[N12 + q] * r2)
        down[MOVE_D + q] = down[HAS_D + q] * (down[D0 + q] + down[N12 + q] * r1 + down[N22 + q] * r2)
        w[CHANGE_C + q], w[CHANGE_D + q], w[RATIO_P + q], w[RATIO_D + q] = dc, dd, 0.0, 0.0


@kernel
def change_side(w, c, sign, n, mu):
    """Changes of the duals of one direction, and the ratios of change to distance. sign: +1 upward, −1 downward."""
    for q in range(n):
        has_c, has_d, dc, dd = c[HAS_C + q], c[HAS_D + q], c[MOVE_C + q], c[MOVE_D + q]
        s_c, s_d = sign * w[CHANGE_C + q] - dc, -sign * w[CHANGE_D + q] - dd
        ir, i1, id_, i2 = 1.0 / c[RC + q], 1.0 / c[S1 + q], 1.0 / c[RD + q], 1.0 / c[S2 + q]
        zc, kc, zd, kd = c[ZC + q], c[KC + q], c[ZD + q], c[KD + q]
        dzc, dkc = mu * ir - zc - zc * ir * dc, mu * i1 - kc - kc * i1 * s_c
        dzd, dkd = mu * id_ - zd - zd * id_ * dd, mu * i2 - kd - kd * i2 * s_d
        c[DZ_C + q], c[DK_C + q], c[DZ_D + q], c[DK_D + q] = has_c * dzc, has_c * dkc, has_d * dzd, has_d * dkd
        primal = max(has_c * max(-dc * ir, -s_c * i1), has_d * max(-dd * id_, -s_d * i2))
        zc, kc, zd, kd = zc + 1.0 - has_c, kc + 1.0 - has_c, zd + 1.0 - has_d, kd + 1.0 - has_d
        dual = max(has_c * max(-dzc / zc, -dkc / kc), has_d * max(-dzd / zd, -dkd / kd))
        w[RATIO_P + q], w[RATIO_D + q] = max(w[RATIO_P + q], primal), max(w[RATIO_D + q], dual)


@kernel
def change_window(w, c, v, u, m, sign, n, mu):
    """As change_side for the windows of m + 1 slots."""
    for q in range(n):
        on = 1.0 if v[PRICE_W + q] > 0.0 else 0.0
        off = 1.0 - on
        got_c = c[HAS_C + q] * (c[RC + q] + c[MOVE_C + q])
        got_d = c[HAS_D + q] * (c[RD + q] + c[MOVE_D + q])
        drained = w[GAIN_H + q] * got_c + w[DRAIN_H + q] * got_d
        inside = v[INSIDE + q] + sign * u[CHANGE + q] - (m + 1) * drained
        p, room, dual = v[P_W + q] + off, v[V_W + q] + off, v[Y_W + q] + off
        z = v[PRICE_W + q] + 2.0 * off - dual
        iz, iy = 1.0 / z, 1.0 / dual
        dy = -(inside + mu * iz - mu * iy) / (p * iz + room * iy)
        dp, dv = mu * iz - p + p * iz * dy, mu * iy - room - room * iy * dy
        v[DP + q], v[DV + q], v[DY + q] = on * dp, on * dv, on * dy
        w[RATIO_P + q] = max(w[RATIO_P + q], on * max(-dp / p, -dv / room))
        w[RATIO_D + q] = max(w[RATIO_D + q], on * max(-dy * iy, dy * iz))


@kernel
def walk_room(h, k, hold, space, z, psi, mu, dual_step):
    """The home's connection: import and export must have room for what is held. Returns the ratios, or moves its price by dual_step (unless that is 0)."""
    held, column = hold[4], hold[5]
    rp, rd = 0.0, 0.0
    for side in range(2):
        sign = 1.0 if side == UP else -1.0
        for q in range(held.size):
            j, t = column[side, q], held[q]
            if j < 0:
                continue
            limit, got = (h[EXPORT_MAX + t], z[GOT_U + q]) if side == UP else (h[IMPORT_MAX + t], z[GOT_D + q])
            room = max(limit + sign * (h[IMPORT + t] - h[EXPORT + t]) - got, LEAST_ROOM)
            d_room = sign * (h[D_I + t] - h[IH_E + t])
            for s in range(k):
                d_room -= space[1][s, side, MOVE_C + q] + space[1][s, side, MOVE_D + q]
            dz = mu / room - psi[j] - psi[j] / room * d_room
            rp, rd = max(rp, -d_room / room), max(rd, -dz / psi[j])
            psi[j] += dual_step * dz
    return rp, rd


@kernel
def move_held(k, hold, space, primal, dual):
    """Go that far along the directions."""
    n, longest = hold[4].size, hold[7]
    for s in range(k):
        for side in range(2):
            c = space[1][s, side]
            for q in range(n):
                c[RC + q] += primal * c[MOVE_C + q]
                c[ZC + q] += dual * c[DZ_C + q]
                c[KC + q] += dual * c[DK_C + q]
                c[RD + q] += primal * c[MOVE_D + q]
                c[ZD + q] += dual * c[DZ_D + q]
                c[KD + q] += dual * c[DK_D + q]
            for m in range(longest):
                v = space[2][s, side, m]
                for q in range(n):
                    v[P_W + q] += primal * v[DP + q]
                    v[V_W + q] += primal * v[DV + q]
                    v[Y_W + q] += dual * v[DY + q]


@kernel
def products_held(h, x, k, slots, hold, space, z, psi):
    """Sum and number of the products that are 0 at an optimum."""
    held, column, longest = hold[4], hold[5], hold[7]
    n = held.size
    total, count = 0.0, 0.0
    for side in range(2):
        for q in range(n):
            z[SUM_N + q] = 0.0
        for s in range(k):
            w, c = space[0][s], space[1][s, side]
            gather(x[s * STORE_SIZE : (s + 1) * STORE_SIZE], held, w)
            for q in range(n):
                x1 = w[CHARGE_H + q] if side == UP else w[CHARGE_MAX_H + q] - w[CHARGE_H + q]
                x2 = w[DISCHARGE_MAX_H + q] - w[DISCHARGE_H + q] if side == UP else w[DISCHARGE_H + q]
                has_c, has_d, rc, rd = c[HAS_C + q], c[HAS_D + q], c[RC + q], c[RD + q]
                total += has_c * (rc * c[ZC + q] + (x1 - rc) * c[KC + q])
                total += has_d * (rd * c[ZD + q] + (x2 - rd) * c[KD + q])
                count += 2.0 * (has_c + has_d)
                z[SUM_N + q] += has_c * rc + has_d * rd
            for m in range(longest):
                v = space[2][s, side, m]
                for q in range(n):
                    on = 1.0 if v[PRICE_W + q] > 0.0 else 0.0
                    total += on * (v[V_W + q] * v[Y_W + q] + v[P_W + q] * (v[PRICE_W + q] - v[Y_W + q]))
                    count += 2.0 * on
        for q in range(n):
            j, t = column[side, q], held[q]
            if j >= 0:
                net = h[IMPORT + t] - h[EXPORT + t]
                room = h[EXPORT_MAX + t] + net if side == UP else h[IMPORT_MAX + t] - net
                total += max(room - z[SUM_N + q], 0.0) * psi[j]
                count += 1.0
    return total, count


@kernel
def start_held(h, x, k, slots, hold, space, psi, mu):
    """A first iterate: a quarter of the headroom, or what half of the connection's room allows."""
    held, column, longest = hold[4], hold[5], hold[7]
    for side in range(2):
        for q in range(held.size):
            j, t = column[side, q], held[q]
            if j < 0:
                continue
            net = h[IMPORT + t] - h[EXPORT + t]
            room = h[EXPORT_MAX + t] + net if side == UP else h[IMPORT_MAX + t] - net
            total = 0.0
            for s in range(k):
                y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
                total += y[CHARGE + t] + y[CHARGE_MAX + t] + y[DISCHARGE_MAX + t] + y[DISCHARGE + t]
            part = min(0.25, 0.5 * max(room, 1e-6) / max(total, 1e-6))
            for s in range(k):
                y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
                c = space[1][s, side]
                x1 = y[CHARGE + t] if side == UP else y[CHARGE_MAX + t] - y[CHARGE + t]
                x2 = y[DISCHARGE_MAX + t] - y[DISCHARGE + t] if side == UP else y[DISCHARGE + t]
                drained = 0.0
                if c[HAS_C + q] > 0.0:
                    r = part * x1
                    c[RC + q], c[ZC + q], c[KC + q] = r, mu / r, mu / (x1 - r)
                    room -= r
                    drained += y[GAIN + t] * r
                if c[HAS_D + q] > 0.0:
                    r = part * x2
                    c[RD + q], c[ZD + q], c[KD + q] = r, mu / r, mu / (x2 - r)
                    room -= r
                    drained += y[DRAIN + t] * r
                c[DRAINED + q] = drained
            psi[j] = mu / max(room, 1e-6)
        for s in range(k):
            for m in range(longest):
                v = space[2][s, side, m]
                gather_window(x[s * STORE_SIZE : (s + 1) * STORE_SIZE], hold, side, m, slots, v)
                for q in range(held.size):
                    price = v[PRICE_W + q]
                    v[P_W + q], v[V_W + q], v[Y_W + q] = 0.0, 0.0, 0.0
                    if price > 0.0:
                        dual = edge_dual(v[INSIDE + q] - (m + 1) * space[1][s, side, DRAINED + q], price, mu)
                        v[P_W + q], v[V_W + q], v[Y_W + q] = mu / (price - dual), mu / dual, dual


@kernel
def hide_bands(y, slots, share):
    """Where windows cover a slot they stand for its band."""
    for t in range(slots):
        y[BELOW_PRICE_KEPT + t], y[ABOVE_PRICE_KEPT + t] = y[BELOW_PRICE + t], y[ABOVE_PRICE + t]
        if share[UP, t] > 0.0:
            y[BELOW_PRICE + t] = 0.0
        if share[DOWN, t] > 0.0:
            y[ABOVE_PRICE + t] = 0.0
