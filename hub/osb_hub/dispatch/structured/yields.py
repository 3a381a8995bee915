"""How a home yields to prices: −∂(net, −reserve)/∂(price of net, worth of reserve), for the feeder and the portfolio to add up."""

from osb_hub.dispatch.structured.held import *
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.newton import PEAK_PRICE, STIFFNESS
from osb_hub.dispatch.structured.reserve_rows import *
from osb_hub.dispatch.structured.rows import *
from osb_hub.dispatch.structured.spread import full, spread


@kernel
def yields(h, x, p, k, slots, room, holding, hold, scale, out):
    """Add the home's part to out[i, j], j ≤ i, in the order of columns: per slot net, then upward, then downward reserve.

    scale [columns]: the reliability by which what is held is weighted. What yields does so in its own slot, through the peak and through the fills.
    """
    diagonal, below, lower, small, coupling = room[0], room[1], room[2], room[4], room[5]
    here, before, carry, rows, start = room[6], room[7], room[8], room[9], room[10]
    space, z, pulls = room[11], room[12], room[13]
    longest, net_at, col_at = hold[7], hold[8], hold[9]
    begins = hold[10] if holding and longest > 1 else hold[11]
    per_block = longest if holding else 1
    blocks, size = (slots + per_block - 1) // per_block, k * per_block
    for i in range(size):
        for c in range(here.shape[1]):
            here[i, c] = 0.0
            before[i, c] = 0.0
    for t in range(slots):
        c = net_at[t]
        out[c, c] += h[BOTH + t] * (1.0 - h[BOTH + t] * h[IQ + t])
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for t in range(slots):
            v = y[ALPHA + t] * h[BOTH + t] * h[IQ + t]
            c = net_at[t]
            if per_block == 1:
                here[s, c] = v
                before[s, c] = -y[RETENTION + t] * v if t > 0 else 0.0
            else:
                own = min(t + longest - 1, slots - 1) // per_block
                b, i = place(t, s, k, per_block)
                put(here, before, own, b, i, c, v)
                if t > 0:
                    b, i = place(t - 1, s, k, per_block)
                    put(here, before, own, b, i, c, -y[RETENTION + t] * v)
    if holding:
        yields_held(k, slots, hold, space, z, per_block, scale, here, before, out)
    if p[PEAK_PRICE] > 0.0:
        weight = 1.0 / p[STIFFNESS]
        v = rows[0]
        for c in range(v.size):
            v[c] = 0.0
        for t in range(slots):
            v[net_at[t]] = h[SHADE + t]
        if holding:
            for j in range(col_at.size):
                v[col_at[j]] = -pulls[j] * scale[j]
        for c in range(out.shape[0]):
            f = v[c] * weight
            row = out[c]
            for j in range(full(c + 1)):
                row[j] += f * v[j]
    if k > 0:
        spread(diagonal, below, lower, coupling, size, blocks, begins, here, before, out, carry, start, small, rows)


@kernel
def put(here, before, own, block, i, column, value):
    if block == own:
        here[i, column] += value
    else:
        before[i, column] += value


@kernel
def yields_held(k, slots, hold, space, z, per_block, scale, here, before, out):
    """What the held slots say to one another within their slot, and how their columns act on the fills."""
    held, column, longest, net_at, col_at = hold[4], hold[5], hold[7], hold[8], hold[9]
    n = held.size
    for q in range(n):
        z[SUM_N + q], z[SUM_U + q], z[SUM_D + q] = (
            z[NET_H + q],
            z[HAS_U + q] * z[NET_H + q],
            -z[HAS_D_ + q] * z[NET_H + q],
        )
    times(z, n, SUM_N, SUM_U, SUM_D, NET_N, NET_U, NET_D)
    for q in range(n):
        z[SUM_N + q], z[SUM_U + q], z[SUM_D + q] = z[G_NU + q], z[G_UU + q], z[HAS_D_ + q] * z[G_UD + q]
    times(z, n, SUM_N, SUM_U, SUM_D, UP_N, UP_U, UP_D)
    for q in range(n):
        z[SUM_N + q], z[SUM_U + q], z[SUM_D + q] = z[G_ND + q], z[HAS_U + q] * z[G_UD + q], z[G_DD + q]
    times(z, n, SUM_N, SUM_U, SUM_D, DOWN_N, DOWN_U, DOWN_D)
    for q in range(n):
        t, ju, jd = held[q], column[UP, q], column[DOWN, q]
        both, hu, hd = z[NET_H + q], z[HAS_U + q], z[HAS_D_ + q]
        u0, u1, u2 = z[UP_N + q], z[UP_U + q], z[UP_D + q]
        d0, d1, d2 = z[DOWN_N + q], z[DOWN_U + q], z[DOWN_D + q]
        g_nu, g_uu, g_ud, g_nd, g_dd = z[G_NU + q], z[G_UU + q], z[G_UD + q], z[G_ND + q], z[G_DD + q]
        cn = net_at[t]
        out[cn, cn] -= both * (z[NET_N + q] + hu * z[NET_U + q] - hd * z[NET_D + q])
        if ju >= 0:
            cu, su = col_at[ju], scale[ju]
            out[cu, cu] += su * su * (g_uu - (g_nu * u0 + g_uu * u1 + g_ud * u2))
            out[cu, cn] -= su * both * (u0 + u1 - hd * u2)
        if jd >= 0:
            cd, sd = col_at[jd], scale[jd]
            out[cd, cd] += sd * sd * (g_dd - (g_nd * d0 + g_ud * d1 + g_dd * d2))
            out[cd, cn] -= sd * both * (d0 + hu * d1 - d2)
            if ju >= 0:
                out[cd, col_at[ju]] += scale[ju] * sd * (g_ud - (g_nu * d0 + g_uu * d1 + g_ud * d2))
    for s in range(k):
        for l_ in range(longest + 1):
            u = space[3][s, l_]
            for q in range(n):
                f, g, e = u[U_N + q], u[U_U + q], u[U_D + q]
                z[SUM_N + q] = f * z[NET_N + q] + g * z[NET_U + q] + e * z[NET_D + q]
                z[SUM_U + q] = f * z[UP_N + q] + g * z[UP_U + q] + e * z[UP_D + q] - g
                z[SUM_D + q] = f * z[DOWN_N + q] + g * z[DOWN_U + q] + e * z[DOWN_D + q] - e
            if longest == 1:
                own_rows = here if l_ == 1 else before
                for q in range(n):
                    if l_ == 1 or held[q] > 0:
                        own_rows[s, net_at[held[q]]] += z[SUM_N + q]
                        if column[UP, q] >= 0:
                            own_rows[s, col_at[column[UP, q]]] += scale[column[UP, q]] * z[SUM_U + q]
                        if column[DOWN, q] >= 0:
                            own_rows[s, col_at[column[DOWN, q]]] += scale[column[DOWN, q]] * z[SUM_D + q]
                continue
            for q in range(n):
                t, ju, jd = held[q], column[UP, q], column[DOWN, q]
                tau = t + l_ - 1
                if 0 <= tau < slots:
                    own = min(t + longest - 1, slots - 1) // per_block if per_block > 1 else t
                    b, i = place(tau, s, k, per_block)
                    put(here, before, own, b, i, net_at[t], z[SUM_N + q])
                    if ju >= 0:
                        put(here, before, own, b, i, col_at[ju], scale[ju] * z[SUM_U + q])
                    if jd >= 0:
                        put(here, before, own, b, i, col_at[jd], scale[jd] * z[SUM_D + q])
