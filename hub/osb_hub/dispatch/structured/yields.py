"""How a home yields to prices: −∂(net, −reserve)/∂(price of net, worth of reserve), for the feeder and the portfolio to add up."""

from osb_hub.dispatch.structured.held import *
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.newton import PEAK_PRICE, STIFFNESS
from osb_hub.dispatch.structured.places import (
    BEFORE,
    BEGINS,
    BEGINS_WIDE,
    BLOCK,
    BLOCK_WIDE,
    DOWN_OF,
    FORTH,
    HELD_AT,
    HELD_SLOTS,
    HERE,
    LONGEST,
    NET_AT,
    ON,
    PLACES,
    PLACES_WIDE,
    Q_OF,
    SIDE_OF,
    UP_OF,
    WEIGHTED_AT,
)
from osb_hub.dispatch.structured.reserve import *
from osb_hub.dispatch.structured.rows import *
from osb_hub.dispatch.structured.spread import spread


@kernel
def yields(h, x, p, k, slots, room, holding, hold, g, z, reliability, out):
    """Add the home's part to out[i, j], j ≤ i, in the order of columns.

    What is held stands there twice: plain, and weighted by `reliability` [columns]. What yields does so in its own slot, through the peak and through the fills.
    """
    here, before, forth = room[HERE], room[BEFORE], room[FORTH]
    longest, net_at, held_at, weighted_at = hold[LONGEST], hold[NET_AT], hold[HELD_AT], hold[WEIGHTED_AT]
    wide = holding and longest > 1
    begins, block_of = (hold[BEGINS_WIDE], hold[BLOCK_WIDE]) if wide else (hold[BEGINS], hold[BLOCK])
    per_block, places = (longest, hold[PLACES_WIDE]) if holding else (1, hold[PLACES])
    blocks, size = (slots + per_block - 1) // per_block, k * per_block
    peaks = 1 if p[PEAK_PRICE] > 0.0 else 0
    for i in range(size + peaks):
        for c in range(block_of.size):
            here[i, c], before[i, c] = 0.0, 0.0
    for t in range(slots):
        out[net_at[t], net_at[t]] += h[BOTH + t] * (1.0 - h[BOTH + t] * h[IQ + t])
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        for t in range(slots):
            c = net_at[t]
            v = y[ALPHA + t] * h[BOTH + t] * h[IQ + t]
            if per_block == 1:
                here[s, c], before[s, c] = v, -y[RETENTION + t] * v
            else:
                put(here, before, block_of[c], t, s, k, places, c, v)
                if t > 0:
                    put(here, before, block_of[c], t - 1, s, k, places, c, -y[RETENTION + t] * v)
    if holding:
        yields_held(k, slots, hold, block_of, places, g, z, reliability, here, before, out)
    if peaks == 1:
        weight = 1.0 / p[STIFFNESS]
        v = forth[size]
        for c in range(block_of.size):
            v[c] = 0.0
        for t in range(slots):
            v[net_at[t]] = h[SHADE + t]
        if holding:
            for j in range(held_at.size):
                per_peak = z[(PER_PEAK_U if hold[SIDE_OF][j] == UP else PER_PEAK_D) + hold[Q_OF][j]]
                v[held_at[j]], v[weighted_at[j]] = -per_peak, -reliability[j] * per_peak
        for c in range(block_of.size):
            here[size, c] = weight * v[c]
    spread(room, size, blocks, begins, block_of, peaks, out)


@kernel
def put(here, before, own, t, s, k, places, column, value):
    """Add to a column of block `own`, at the fill of store s at the end of slot t."""
    block, i = places[0][t], places[1][t] * k + s
    if block == own:
        here[i, column] += value
    else:
        before[i, column] += value


@kernel
def yields_held(k, slots, hold, block_of, places, g, z, reliability, here, before, out):
    held, up_of, down_of, longest, net_at, held_at, weighted_at = (
        hold[HELD_SLOTS],
        hold[UP_OF],
        hold[DOWN_OF],
        hold[LONGEST],
        hold[NET_AT],
        hold[HELD_AT],
        hold[WEIGHTED_AT],
    )
    on_up, on_down = hold[ON][UP], hold[ON][DOWN]
    n = held.size
    # W·(net's column), W·(upward's), W·(downward's), in rows that are not needed any more
    for q in range(n):
        both, up, down = z[B_Q + q], on_up[q], on_down[q]
        w00, w01, w02, w11, w12, w22 = z[W00 + q], z[W01 + q], z[W02 + q], z[W11 + q], z[W12 + q], z[W22 + q]
        g_nu, g_nd, g_uu, g_ud, g_dd = z[G_NU + q], z[G_ND + q], z[G_UU + q], down * up * z[G_UD + q], z[G_DD + q]
        n0, n1, n2 = (
            both * (w00 + up * w01 - down * w02),
            both * (w01 + up * w11 - down * w12),
            both * (w02 + up * w12 - down * w22),
        )
        u0, u1, u2 = (
            w00 * g_nu + w01 * g_uu + w02 * g_ud,
            w01 * g_nu + w11 * g_uu + w12 * g_ud,
            w02 * g_nu + w12 * g_uu + w22 * g_ud,
        )
        d0, d1, d2 = (
            w00 * g_nd + w01 * g_ud + w02 * g_dd,
            w01 * g_nd + w11 * g_ud + w12 * g_dd,
            w02 * g_nd + w12 * g_ud + w22 * g_dd,
        )
        z[REST_N + q], z[REST_U + q], z[REST_D + q] = n0, n1, n2
        z[ZETA_N + q], z[ZETA_U + q], z[ZETA_D + q] = u0, u1, u2
        z[PEAK_N + q], z[PEAK_U + q], z[PEAK_D + q] = d0, d1, d2
        # of the slot itself, by pairs of net, upward and downward
        z[NN + q] = -both * (n0 + up * n1 - down * n2)
        z[NU + q] = -both * (u0 + up * u1 - down * u2)
        z[ND + q] = -both * (d0 + up * d1 - down * d2)
        z[UU + q] = g_uu - (g_nu * u0 + g_uu * u1 + g_ud * u2)
        z[UD + q] = g_ud - (g_nu * d0 + g_uu * d1 + g_ud * d2)
        z[DD + q] = g_dd - (g_nd * d0 + g_ud * d1 + g_dd * d2)
    for q in range(n):
        t, ju, jd = held[q], up_of[q], down_of[q]
        c = net_at[t]
        out[c, c] += z[NN + q]
        if ju >= 0:
            add_pair(out, c, held_at[ju], weighted_at[ju], reliability[ju], z[NU + q], z[UU + q])
        if jd >= 0:
            add_pair(out, c, held_at[jd], weighted_at[jd], reliability[jd], z[ND + q], z[DD + q])
            if ju >= 0:
                v, f, e = z[UD + q], reliability[ju], reliability[jd]
                out[held_at[jd], held_at[ju]] += v
                out[weighted_at[ju], held_at[jd]] += f * v
                out[weighted_at[jd], held_at[ju]] += e * v
                out[weighted_at[jd], weighted_at[ju]] += e * f * v
    for s in range(k):
        for l_ in range(longest + 1):
            u = touched(g[s], l_)
            for q in range(n):
                a, b, c = u[U_N + q], u[U_U + q], u[U_D + q]
                u[T_N + q] = a * z[REST_N + q] + b * z[REST_U + q] + c * z[REST_D + q]
                u[T_U + q] = a * z[ZETA_N + q] + b * z[ZETA_U + q] + c * z[ZETA_D + q] - b
                u[T_D + q] = a * z[PEAK_N + q] + b * z[PEAK_U + q] + c * z[PEAK_D + q] - c
            for q in range(n):
                t, ju, jd = held[q], up_of[q], down_of[q]
                tau = t + l_ - 1
                if 0 <= tau < slots:
                    b, i = places[0][tau], places[1][tau] * k + s
                    target = here if b == block_of[net_at[t]] else before
                    target[i, net_at[t]] += u[T_N + q]
                    if ju >= 0:
                        target[i, held_at[ju]] += u[T_U + q]
                        target[i, weighted_at[ju]] += reliability[ju] * u[T_U + q]
                    if jd >= 0:
                        target[i, held_at[jd]] += u[T_D + q]
                        target[i, weighted_at[jd]] += reliability[jd] * u[T_D + q]


@kernel
def add_pair(out, c, plain, weighted, f, cross, own):
    """One held column in its own slot, plain and weighted by f: with net's column c, and with itself."""
    out[plain, c] += cross
    out[plain, plain] += own
    out[weighted, c] += f * cross
    out[weighted, plain] += f * own
    out[weighted, weighted] += f * f * own
