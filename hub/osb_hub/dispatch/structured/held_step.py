"""The step of what a home holds in reserve: directions, how far they may go, the move, and a first iterate."""

from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.memory import edge_dual
from osb_hub.dispatch.structured.reserve import *
from osb_hub.dispatch.structured.rows import *


@kernel
def directions_held(h, x, k, slots, hold, worth, cv, sv, uv, zv, moves):
    """Changes of what is held, moves [stores, columns, 2]; puts the changes of charge and discharge where `directions` finds them."""
    held, up_of, down_of, longest = hold[4], hold[5], hold[6], hold[7]
    for q in range(held.size):
        t, ju, jd = held[q], up_of[q], down_of[q]
        z = zv[q]
        rho = z[ZETA_N]
        pu = worth[ju] - z[ZETA_U] if ju >= 0 else 0.0
        pd = worth[jd] - z[ZETA_D] if jd >= 0 else 0.0
        for s in range(k):
            y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
            v, u = sv[s, q], uv[s, q]
            flow, fu, fd = 0.0, 0.0, 0.0
            for l_ in range(min(longest, slots - t) + 1):
                tau = t + l_ - 1
                if tau >= 0:
                    f = y[DF + tau]
                    flow += u[Y_, l_] * f
                    fu += u[F_U, l_] * f
                    fd += u[F_D, l_] * f
            gain, drain = y[GAIN + t], y[DRAIN + t]
            nu = v[IM_] * (flow + v[FLOW_]) + v[AL_N] * rho - v[AL_U] * pu - v[AL_D] * pd
            a = -v[GC] + v[TU1] * pu + v[TD1] * pd + gain * nu - rho - v[QU1] * fu - v[QD1] * fd
            b = -v[GD] + v[TU2] * pu + v[TD2] * pd - drain * nu + rho - v[QU2] * fu - v[QD2] * fd
            dc = v[P11] * a + v[P12] * b if y[CHARGE_MAX + t] > TINY else 0.0
            dd = v[P12] * a + v[P22] * b if y[DISCHARGE_MAX + t] > TINY else 0.0
            y[IH_C + t], y[G_C + t] = 1.0, -dc - rho
            y[IH_D + t], y[G_D + t] = 1.0, -dd + rho
            if ju >= 0:
                c = cv[s, ju]
                r1, r2 = c[K1] * dc + gain * fu + pu, -c[K2] * dd + drain * fu + pu
                moves[s, ju, 0] = c[HAS_C] * (c[C0] + c[N11] * r1 + c[N12] * r2)
                moves[s, ju, 1] = c[HAS_D] * (c[D0] + c[N12] * r1 + c[N22] * r2)
            if jd >= 0:
                c = cv[s, jd]
                r1, r2 = -c[K1] * dc - gain * fd + pd, c[K2] * dd - drain * fd + pd
                moves[s, jd, 0] = c[HAS_C] * (c[C0] + c[N11] * r1 + c[N12] * r2)
                moves[s, jd, 1] = c[HAS_D] * (c[D0] + c[N12] * r1 + c[N22] * r2)


@kernel
def pair_step(value, dual, change, mu):
    """Change of the dual, and the ratios, of one product value·dual = mu."""
    dz = mu / value - dual - dual / value * change
    return dz, -change / value, -dz / dual


@kernel
def walk_held(x, k, slots, mu, hold, kept, at, first, cv, moves, move, ap, ad):
    """The ratios of all that is held (move = False), or the move itself. Reads changes of charge and discharge where `directions` left them."""
    col_slot, col_side, col_len, share = hold[0], hold[1], hold[2], hold[3]
    rp, rd = 0.0, 0.0
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        table = kept[at[first + s]]
        for j in range(col_slot.size):
            t, side = col_slot[j], col_side[j]
            row, c = table[j], cv[s, j]
            sign = 1.0 if side == UP else -1.0
            dc, dd = moves[s, j, 0], moves[s, j, 1]
            if c[HAS_C] > 0.0:
                ds = sign * y[IH_C + t] - dc
                dz, r1, r2 = pair_step(row[R_C], row[Z_C], dc, mu)
                dk, r3, r4 = pair_step(c[S1], row[K_C], ds, mu)
                rp, rd = max(rp, r1, r3), max(rd, r2, r4)
                if move:
                    row[R_C] += ap * dc
                    row[Z_C] += ad * dz
                    row[K_C] += ad * dk
            if c[HAS_D] > 0.0:
                ds = -sign * y[IH_D + t] - dd
                dz, r1, r2 = pair_step(row[R_D], row[Z_D], dd, mu)
                dk, r3, r4 = pair_step(c[S2], row[K_D], ds, mu)
                rp, rd = max(rp, r1, r3), max(rd, r2, r4)
                if move:
                    row[R_D] += ap * dd
                    row[Z_D] += ad * dz
                    row[K_D] += ad * dk
            got_c = (0.0 if c[HAS_C] == 0.0 else row[R_C] - (ap * dc if move else 0.0)) + dc
            got_d = (0.0 if c[HAS_D] == 0.0 else row[R_D] - (ap * dd if move else 0.0)) + dd
            drained = y[GAIN + t] * got_c + y[DRAIN + t] * got_d
            for m in range(col_len[j]):
                tau = t + m
                fill = y[FILL + tau] + y[DF + tau]
                if side == UP:
                    price, inside = (
                        y[BELOW_PRICE_KEPT + tau] * share[UP, tau],
                        fill - (m + 1) * drained - y[FILL_MIN + tau],
                    )
                else:
                    price, inside = (
                        y[ABOVE_PRICE_KEPT + tau] * share[DOWN, tau],
                        y[FILL_MAX + tau] - fill - (m + 1) * drained,
                    )
                if price > TINY:
                    at_ = WINDOWS + PER_WINDOW * m
                    p, w, dual = row[at_], row[at_ + 1], min(row[at_ + 2], price * (1.0 - 3e-7))
                    z = price - dual
                    dy = -(inside + mu / z - mu / dual) / (p / z + w / dual)
                    dp = mu / z - p + p / z * dy
                    dw = mu / dual - w - w / dual * dy
                    rp, rd = max(rp, -dp / p, -dw / w), max(rd, -dy / dual, dy / z)
                    if move:
                        row[at_] += ap * dp
                        row[at_ + 1] += ap * dw
                        row[at_ + 2] = dual + ad * dy
    return rp, rd


@kernel
def walk_room(h, k, slots, mu, hold, kept, at, first, cv, psi, moves, move, ap, ad):
    """As walk_held for the home's connection: import and export must have room for what is held."""
    col_slot, col_side = hold[0], hold[1]
    rp, rd = 0.0, 0.0
    for j in range(col_slot.size):
        t, side = col_slot[j], col_side[j]
        net = h[IMPORT + t] - h[EXPORT + t]
        change = h[D_I + t] - h[IH_E + t]
        limit, sign = (h[EXPORT_MAX + t], 1.0) if side == UP else (h[IMPORT_MAX + t], -1.0)
        room, d_room = limit + sign * net, sign * change
        for s in range(k):
            row = kept[at[first + s]][j]
            room -= cv[s, j, HAS_C] * row[R_C] + cv[s, j, HAS_D] * row[R_D]
            d_room -= moves[s, j, 0] + moves[s, j, 1]
        room = max(room, 1e-9)
        dz, r1, r2 = pair_step(room, psi[j], d_room, mu)
        rp, rd = max(rp, r1), max(rd, r2)
        if move:
            psi[j] += ad * dz
    return rp, rd


@kernel
def products_held(h, x, k, hold, kept, at, first, psi):
    """Sum and number of the products that are 0 at an optimum."""
    col_slot, col_side, col_len, share = hold[0], hold[1], hold[2], hold[3]
    total, count = 0.0, 0.0
    for j in range(col_slot.size):
        t, side = col_slot[j], col_side[j]
        net = h[IMPORT + t] - h[EXPORT + t]
        room = h[EXPORT_MAX + t] + net if side == UP else h[IMPORT_MAX + t] - net
        for s in range(k):
            y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
            row = kept[at[first + s]][j]
            if side == UP:
                x1, x2 = y[CHARGE + t], y[DISCHARGE_MAX + t] - y[DISCHARGE + t]
            else:
                x1, x2 = y[CHARGE_MAX + t] - y[CHARGE + t], y[DISCHARGE + t]
            if y[CHARGE_MAX + t] > TINY:
                total += row[R_C] * row[Z_C] + (x1 - row[R_C]) * row[K_C]
                count += 2.0
                room -= row[R_C]
            if y[DISCHARGE_MAX + t] > TINY:
                total += row[R_D] * row[Z_D] + (x2 - row[R_D]) * row[K_D]
                count += 2.0
                room -= row[R_D]
            for m in range(col_len[j]):
                tau = t + m
                price = (
                    y[BELOW_PRICE_KEPT + tau] * share[UP, tau]
                    if side == UP
                    else y[ABOVE_PRICE_KEPT + tau] * share[DOWN, tau]
                )
                if price > TINY:
                    at_ = WINDOWS + PER_WINDOW * m
                    total += row[at_ + 1] * row[at_ + 2] + row[at_] * (price - row[at_ + 2])
                    count += 2.0
        total += max(room, 0.0) * psi[j]
        count += 1.0
    return total, count


@kernel
def start_held(h, x, k, hold, kept, at, first, psi, mu):
    col_slot, col_side, col_len, share = hold[0], hold[1], hold[2], hold[3]
    for j in range(col_slot.size):
        t, side = col_slot[j], col_side[j]
        net = h[IMPORT + t] - h[EXPORT + t]
        room = h[EXPORT_MAX + t] + net if side == UP else h[IMPORT_MAX + t] - net
        part = 0.25
        total = 0.0
        for s in range(k):
            y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
            total += y[CHARGE + t] + y[CHARGE_MAX + t] + y[DISCHARGE_MAX + t] + y[DISCHARGE + t]
        part = min(part, 0.5 * max(room, 1e-6) / max(total, 1e-6))
        for s in range(k):
            y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
            row = kept[at[first + s]][j]
            if side == UP:
                x1, x2 = y[CHARGE + t], y[DISCHARGE_MAX + t] - y[DISCHARGE + t]
            else:
                x1, x2 = y[CHARGE_MAX + t] - y[CHARGE + t], y[DISCHARGE + t]
            r_c, r_d = part * x1, part * x2
            if y[CHARGE_MAX + t] > TINY:
                row[R_C], row[Z_C], row[K_C] = r_c, mu / r_c, mu / (x1 - r_c)
                room -= r_c
            if y[DISCHARGE_MAX + t] > TINY:
                row[R_D], row[Z_D], row[K_D] = r_d, mu / r_d, mu / (x2 - r_d)
                room -= r_d
            drained = y[GAIN + t] * r_c + y[DRAIN + t] * r_d
            for m in range(col_len[j]):
                tau = t + m
                if side == UP:
                    price, inside = (
                        y[BELOW_PRICE_KEPT + tau] * share[UP, tau],
                        y[FILL + tau] - (m + 1) * drained - y[FILL_MIN + tau],
                    )
                else:
                    price, inside = (
                        y[ABOVE_PRICE_KEPT + tau] * share[DOWN, tau],
                        y[FILL_MAX + tau] - y[FILL + tau] - (m + 1) * drained,
                    )
                if price > TINY:
                    at_ = WINDOWS + PER_WINDOW * m
                    dual = edge_dual(inside, price, mu)
                    row[at_ + 2], row[at_ + 1], row[at_] = dual, mu / dual, mu / (price - dual)
        psi[j] = mu / max(room, 1e-6)


@kernel
def hide_bands(y, slots, share):
    """Where windows cover a slot they stand for its band."""
    for t in range(slots):
        y[BELOW_PRICE_KEPT + t], y[ABOVE_PRICE_KEPT + t] = y[BELOW_PRICE + t], y[ABOVE_PRICE + t]
        if share[UP, t] > 0.0:
            y[BELOW_PRICE + t] = 0.0
        if share[DOWN, t] > 0.0:
            y[ABOVE_PRICE + t] = 0.0
