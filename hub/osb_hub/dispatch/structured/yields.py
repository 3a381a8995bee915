"""How a home yields to prices: −∂(net, −reserve)/∂(price of net, worth of reserve), for the feeder and the portfolio to add up."""

from osb_hub.dispatch.structured.held import place, times
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.newton import PEAK_PRICE, STIFFNESS
from osb_hub.dispatch.structured.reserve import *
from osb_hub.dispatch.structured.rows import *
from osb_hub.dispatch.structured.spread import spread


@kernel
def yields(h, x, p, k, slots, room, holding, hold, scale, out):
    """Add the home's part to out[i, j], j ≤ i, in the order of columns: per slot net, then upward, then downward reserve.

    scale [columns]: the reliability by which what is held is weighted. What yields does so in its own slot, through the peak and through the fills.
    """
    diagonal, below, lower, small, coupling = room[0], room[1], room[2], room[4], room[16]
    here, before, carry, rows, start = room[5], room[6], room[7], room[8], room[9]
    uv, zv, pulls = room[12], room[13], room[14]
    held, up_of, down_of, longest, net_at, col_at = hold[4], hold[5], hold[6], hold[7], hold[8], hold[9]
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
        yields_held(
            h, k, slots, held, up_of, down_of, longest, per_block, net_at, col_at, uv, zv, scale, here, before, out
        )
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
        for c in range(v.size):
            f = v[c] * weight
            row = out[c]
            for j in range(c + 1):
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
def yields_held(
    h, k, slots, held, up_of, down_of, longest, per_block, net_at, col_at, uv, zv, scale, here, before, out
):
    for q in range(held.size):
        t, ju, jd = held[q], up_of[q], down_of[q]
        z = zv[q]
        both = h[BOTH + t]
        n0, n1, n2 = times(z, both, both if ju >= 0 else 0.0, -both if jd >= 0 else 0.0)
        cn = net_at[t]
        out[cn, cn] -= both * (n0 + (n1 if ju >= 0 else 0.0) - (n2 if jd >= 0 else 0.0))
        u0, u1, u2, d0, d1, d2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        cu, cd = -1, -1
        su, sd = 0.0, 0.0
        if ju >= 0:
            cu, su = col_at[ju], scale[ju]
            u0, u1, u2 = times(z, z[G_NU], z[G_UU], z[G_UD] if jd >= 0 else 0.0)
            out[cu, cu] += su * su * (z[G_UU] - (z[G_NU] * u0 + z[G_UU] * u1 + z[G_UD] * u2))
            out[cu, cn] -= su * both * (u0 + u1 - u2)
        if jd >= 0:
            cd, sd = col_at[jd], scale[jd]
            d0, d1, d2 = times(z, z[G_ND], z[G_UD] if ju >= 0 else 0.0, z[G_DD])
            out[cd, cd] += sd * sd * (z[G_DD] - (z[G_ND] * d0 + z[G_UD] * d1 + z[G_DD] * d2))
            out[cd, cn] -= sd * both * (d0 + d1 - d2)
            if ju >= 0:
                out[cd, cu] += su * sd * (z[G_UD] - (z[G_NU] * d0 + z[G_UU] * d1 + z[G_UD] * d2))
        own = min(t + longest - 1, slots - 1) // per_block if per_block > 1 else t
        for s in range(k):
            u = uv[s, q]
            for l_ in range(min(longest, slots - t) + 1):
                tau = t + l_ - 1
                if tau < 0:
                    continue
                b, i = place(tau, s, k, per_block)
                f, g, e = u[U_N, l_], u[U_U, l_], u[U_D, l_]
                put(here, before, own, b, i, cn, f * n0 + g * n1 + e * n2)
                if ju >= 0:
                    put(here, before, own, b, i, cu, su * (f * u0 + g * u1 + e * u2 - g))
                if jd >= 0:
                    put(here, before, own, b, i, cd, sd * (f * d0 + g * d1 + e * d2 - e))
