"""Reserve in a home's Newton system: what a store holds in a slot, condensed beside its charge and discharge.

A held column is one slot of one direction. Upward, r_c ≤ charge and r_d ≤ discharge_max − discharge; downward, r_c ≤ charge_max − charge and
r_d ≤ discharge: in both, x1 and x2 are the headrooms. The windows bind them to the fills after m = 1, 2, .. slots of activation:
    upward   fill[τ] + below − m·(gain·r_c + drain·r_d) ≥ fill_min[τ]
    downward fill[τ] − above + m·(gain·r_c + drain·r_d) ≤ fill_max[τ]
Windows that cover one slot share its price of leaving the band, so that their duals never sum to more (docs/dispatch.md says why that is exact enough
for directions; the certificate judges the result by the true programme).

With zeta = (price of power, price of room for upward, for downward reserve) of the home in the slot, everything of a slot is eliminated but the fills it touches:
those at its begin and end and at the ends of its windows, and three functionals U of them, one for each price in zeta.

All of it lies in rows, as in rows.py, but over the held slots q only: slot_rows, then those of each direction, then those of each fill that a slot touches
(l = 0 .. longest, the fill at the end of slot t + l − 1), then those of each window.
"""

from osb_hub.dispatch.structured.condense import PROXIMAL, SOFTEN, TINY
from osb_hub.dispatch.structured.kernel import inlined, kernel
from osb_hub.dispatch.structured.rows import *

UP, DOWN = 0, 1
ABSENT = 1e12  # stiffness of what there is not
INSIDE = 1.0 - 3e-7  # of its price: as far as the dual of a window may go

# kept of a store: rows over the columns
KEPT_PAIRS, KEPT_C, KEPT_D = 6, 0, 3  # R_C, Z_C, K_C, R_D, Z_D, K_D; then P, V, Y of each window
PER_WINDOW = 3

# of a store and held slot: data and iterate of the slot, then condensed
(
    GAIN_Q, DRAIN_Q, CHARGE_MAX_Q, DISCHARGE_MAX_Q, HAS_C, HAS_D,
    CHARGE_Q, DISCHARGE_Q, IH_C_Q, IH_D_Q, G_C_Q, G_D_Q, BALANCE,
    P11, P12, P22, GC, GD, IM_, AL_N, AL_U, AL_D, FLOW_, BASE_U, BASE_D,
    KAPPA_U, KAPPA_D, BY_N_U, BY_N_D, BY_U_U, BY_U_D, BY_D_U, BY_D_D, C_UU, C_UD, C_DD, D_FLOW, D_UP, D_DOWN, D_C, D_D,
) = range(0, 41 * STRIDE, STRIDE)  # fmt: skip
# of a store, direction and held slot: the iterate, condensed, and its changes
(
    ON_C, ON_D, R_C, Z_C, K_C, R_D, Z_D, K_D,
    S1, S2, K1, K2, H1, H2, N11, N12, N22, NU1, NU2, NUU, E_F, B_F, C0, D0, SQUARE, PULL, DRAINED, LEFT, KEEP1, KEEP2, TAU1, TAU2, Q1, Q2,
    DR_C, DR_D, DZ_C, DK_C, DZ_D, DK_D,
) = range(0, 40 * STRIDE, STRIDE)  # fmt: skip
UPWARD, SIDE_SIZE = 41 * STRIDE, 40 * STRIDE
DOWNWARD = UPWARD + SIDE_SIZE
# of a store, held slot and fill that it touches: functionals of the fills (flow, and what the three prices act on; the windows' own), and W·(U_N, U_U, U_D)
(Y_, U_N, U_U, U_D, F_U, F_D, T_N, T_U, T_D, FILL_L) = range(0, 10 * STRIDE, STRIDE)
TOUCHED, TOUCHED_SIZE = DOWNWARD + SIDE_SIZE, 10 * STRIDE
# of a store, direction, window and held slot
(EDGE, EDGE_PRICE, P_W, V_W, Y_W, WEIGHT, BASE, DP_W, DV_W, DY_W) = range(0, 10 * STRIDE, STRIDE)
WINDOW_SIZE = 10 * STRIDE


@kernel
def choose(on, value, other):
    """Value where on = 1, other where on = 0. Never as a weighted sum: the compiler may reorder it, and would lose the smaller."""
    return value if on > 0.5 else other


def held_size(longest: int) -> int:
    """Numbers in a store's workspace for held reserve."""
    return TOUCHED + (longest + 1) * TOUCHED_SIZE + 2 * longest * WINDOW_SIZE


@inlined
def side_of(g, side):
    at = UPWARD + side * SIDE_SIZE
    return g[at : at + SIDE_SIZE]


@inlined
def touched(g, l_):
    at = TOUCHED + l_ * TOUCHED_SIZE
    return g[at : at + TOUCHED_SIZE]


@inlined
def window(g, side, m, longest):
    at = TOUCHED + (longest + 1) * TOUCHED_SIZE + (side * longest + m) * WINDOW_SIZE
    return g[at : at + WINDOW_SIZE]


@kernel
def gather(y, source, held, shift, slots, g, target):
    """A row of a store at the held slots, `shift` slots later; 0 outside the horizon."""
    for q in range(held.size):
        t = held[q] + shift
        g[target + q] = y[source + t] if 0 <= t < slots else 0.0


@kernel
def condense_columns(g, side, held, longest, mu):
    """What is held of one direction, eliminated: it takes k = k1, k2 of the headrooms' stiffness and leaves weights to prices and windows."""
    c = side_of(g, side)
    n = held.size
    up = 1.0 if side == UP else 0.0
    sign = 2.0 * up - 1.0
    for q in range(n):
        on_c, on_d = c[ON_C + q], c[ON_D + q]
        x1 = choose(up, g[CHARGE_Q + q], g[CHARGE_MAX_Q + q] - g[CHARGE_Q + q])
        x2 = choose(up, g[DISCHARGE_MAX_Q + q] - g[DISCHARGE_Q + q], g[DISCHARGE_Q + q])
        r_c, r_d = c[R_C + q], c[R_D + q]
        s1, s2 = choose(on_c, max(x1 - r_c, 1e-9), 1.0), choose(on_d, max(x2 - r_d, 1e-9), 1.0)
        c[S1 + q], c[S2 + q] = s1, s2
        c[K1 + q], c[K2 + q] = on_c * c[K_C + q] / s1, on_d * c[K_D + q] / s2
        h1, h2 = c[Z_C + q] / r_c + PROXIMAL, c[Z_D + q] / r_d + PROXIMAL
        c[H1 + q], c[H2 + q] = choose(on_c, h1, ABSENT), choose(on_d, h2, ABSENT)
        c[DRAINED + q] = g[GAIN_Q + q] * on_c * r_c + g[DRAIN_Q + q] * on_d * r_d
        c[SQUARE + q] = 0.0
        c[PULL + q] = 0.0
    for m in range(longest):
        w, fills = window(g, side, m, longest), touched(g, m + 1)
        many = m + 1.0
        for q in range(n):
            price = w[EDGE_PRICE + q]
            on = 1.0 if price > TINY else 0.0
            price = choose(on, price, 1.0)
            inside = sign * (fills[FILL_L + q] - w[EDGE + q]) - many * c[DRAINED + q]
            dual = min(w[Y_W + q], price * INSIDE)
            z = price - dual
            weight = on / (w[P_W + q] / z + w[V_W + q] / dual)
            base = on * dual - (inside + mu / z - mu / dual) * weight
            w[WEIGHT + q], w[BASE + q] = weight, base
            c[SQUARE + q] += many * many * weight
            c[PULL + q] += many * base
    for q in range(n):
        gain, drain, square, pull = g[GAIN_Q + q], g[DRAIN_Q + q], c[SQUARE + q], c[PULL + q]
        on_c, on_d, h1, h2, k1, k2 = c[ON_C + q], c[ON_D + q], c[H1 + q], c[H2 + q], c[K1 + q], c[K2 + q]
        f1, f2 = h1 + k1, h2 + k2
        a1, a2 = f1 + gain * gain * square, f2 + drain * drain * square
        idet = 1.0 / (f1 * f2 + drain * drain * square * f1 + gain * gain * square * f2)
        n11, n12, n22 = a2 * idet, -gain * drain * square * idet, a1 * idet
        b1, b2 = on_c * mu / c[S1 + q], on_d * mu / c[S2 + q]
        g1, g2 = on_c * mu / c[R_C + q] - b1 - gain * pull, on_d * mu / c[R_D + q] - b2 - drain * pull
        c0, d0 = n11 * g1 + n12 * g2, n12 * g1 + n22 * g2
        e_f, b_f = gain * f2 * idet, drain * f1 * idet
        c[N11 + q], c[N12 + q], c[N22 + q] = n11, n12, n22
        c[NU1 + q], c[NU2 + q], c[NUU + q] = n11 + n12, n12 + n22, n11 + 2.0 * n12 + n22
        c[E_F + q], c[B_F + q], c[C0 + q], c[D0 + q] = e_f, b_f, c0, d0
        c[LEFT + q] = f1 * f2 * idet  # 1 − (share of the windows' stiffness that the reserve itself takes)
        c[KEEP1 + q] = k1 * (h1 * a2 + gain * gain * square * f2) * idet  # of the stiffness k that charge still feels
        c[KEEP2 + q] = k2 * (h2 * a1 + drain * drain * square * f1) * idet
        c[TAU1 + q], c[TAU2 + q] = sign * k1 * (n11 + n12), -sign * k2 * (n12 + n22)
        c[Q1 + q], c[Q2 + q] = -k1 * e_f, k2 * b_f
        c[PULL + q] = -sign * (b1 + k1 * c0)  # now of the gradient of charge
        c[H1 + q] = sign * (b2 + k2 * d0)  # and of discharge


@kernel
def condense_slots(y, g, held, on_up, on_down, longest, slots):
    """Charge and discharge of the held slots, eliminated, and the functionals of the fills that are left."""
    n = held.size
    for q in range(n):
        has_c, has_d = g[HAS_C + q], g[HAS_D + q]
        hcc = (
            choose(has_c, 1.0 / choose(has_c, g[IH_C_Q + q], 1.0), ABSENT)
            + g[UPWARD + KEEP1 + q]
            + g[DOWNWARD + KEEP1 + q]
        )
        hdd = (
            choose(has_d, 1.0 / choose(has_d, g[IH_D_Q + q], 1.0), ABSENT)
            + g[UPWARD + KEEP2 + q]
            + g[DOWNWARD + KEEP2 + q]
        )
        hcd = g[UPWARD + K1 + q] * g[UPWARD + K2 + q] * g[UPWARD + N12 + q]
        hcd += g[DOWNWARD + K1 + q] * g[DOWNWARD + K2 + q] * g[DOWNWARD + N12 + q]
        idet = 1.0 / (hcc * hdd - hcd * hcd)
        p11, p12, p22 = hdd * idet, -hcd * idet, hcc * idet
        gc = has_c * (g[G_C_Q + q] + g[UPWARD + PULL + q] + g[DOWNWARD + PULL + q])
        gd = has_d * (g[G_D_Q + q] + g[UPWARD + H1 + q] + g[DOWNWARD + H1 + q])
        g[P11 + q], g[P12 + q], g[P22 + q], g[GC + q], g[GD + q] = p11, p12, p22, gc, gd
    for q in range(n):
        gain, drain, p11, p12, p22 = g[GAIN_Q + q], g[DRAIN_Q + q], g[P11 + q], g[P12 + q], g[P22 + q]
        # φ = (gain, −drain), η = (1, −1)
        pf1, pf2 = p11 * gain - p12 * drain, p12 * gain - p22 * drain  # P·φ
        im = 1.0 / (gain * pf1 - drain * pf2 + SOFTEN)
        g[IM_ + q] = im
        g[AL_N + q] = (pf1 - pf2) * im
        g[AL_U + q] = (pf1 * g[UPWARD + TAU1 + q] + pf2 * g[UPWARD + TAU2 + q]) * im
        g[AL_D + q] = (pf1 * g[DOWNWARD + TAU1 + q] + pf2 * g[DOWNWARD + TAU2 + q]) * im
        g[KAPPA_U + q] = pf1 * g[UPWARD + Q1 + q] + pf2 * g[UPWARD + Q2 + q]
        g[KAPPA_D + q] = pf1 * g[DOWNWARD + Q1 + q] + pf2 * g[DOWNWARD + Q2 + q]
    for q in range(n):
        p11, p12, p22 = g[P11 + q], g[P12 + q], g[P22 + q]
        tu1, tu2, td1, td2 = g[UPWARD + TAU1 + q], g[UPWARD + TAU2 + q], g[DOWNWARD + TAU1 + q], g[DOWNWARD + TAU2 + q]
        qu1, qu2, qd1, qd2 = g[UPWARD + Q1 + q], g[UPWARD + Q2 + q], g[DOWNWARD + Q1 + q], g[DOWNWARD + Q2 + q]
        pu1, pu2 = p11 * qu1 + p12 * qu2, p12 * qu1 + p22 * qu2  # P·q
        pd1, pd2 = p11 * qd1 + p12 * qd2, p12 * qd1 + p22 * qd2
        w_u, w_d = g[UPWARD + E_F + q] + g[UPWARD + B_F + q], g[DOWNWARD + E_F + q] + g[DOWNWARD + B_F + q]
        g[BASE_U + q] = -(pu1 * g[GC + q] + pu2 * g[GD + q])
        g[BASE_D + q] = -(pd1 * g[GC + q] + pd2 * g[GD + q])
        g[BY_N_U + q], g[BY_N_D + q] = pu1 - pu2, pd1 - pd2
        g[BY_U_U + q], g[BY_U_D + q] = w_u - tu1 * pu1 - tu2 * pu2, tu1 * pd1 + tu2 * pd2
        g[BY_D_U + q], g[BY_D_D + q] = td1 * pu1 + td2 * pu2, w_d + td1 * pd1 + td2 * pd2
        square_u, square_d = g[UPWARD + SQUARE + q], g[DOWNWARD + SQUARE + q]
        any_u, any_d = 1.0 if square_u > 0.0 else 0.0, 1.0 if square_d > 0.0 else 0.0
        # a window alone is all of its stiffness; with several, diag(weight) stands apart from weight·weightᵀ/square
        less = 1.0 if longest > 1 else 0.0
        g[C_UU + q] = any_u * (g[UPWARD + LEFT + q] - less) / choose(any_u, square_u, 1.0) - (qu1 * pu1 + qu2 * pu2)
        g[C_DD + q] = any_d * (g[DOWNWARD + LEFT + q] - less) / choose(any_d, square_d, 1.0) - (qd1 * pd1 + qd2 * pd2)
        g[C_UD + q] = -(qu1 * pd1 + qu2 * pd2)
    for l_ in range(longest + 1):
        u = touched(g, l_)
        if l_ == 0:
            for q in range(n):
                u[F_U + q], u[F_D + q] = 0.0, 0.0
                u[Y_ + q] = -y[RETENTION + held[q]]
        else:
            up, down = window(g, UP, l_ - 1, longest), window(g, DOWN, l_ - 1, longest)
            ends = 1.0 if l_ == 1 else 0.0
            for q in range(n):
                u[F_U + q], u[F_D + q] = l_ * up[WEIGHT + q], l_ * down[WEIGHT + q]
                u[Y_ + q] = ends
        for q in range(n):
            fu, fd = u[F_U + q], u[F_D + q]
            flow = u[Y_ + q] + g[KAPPA_U + q] * fu + g[KAPPA_D + q] * fd
            u[Y_ + q] = flow
            u[U_N + q] = g[AL_N + q] * flow - g[BY_N_U + q] * fu - g[BY_N_D + q] * fd
            u[U_U + q] = on_up[q] * (g[AL_U + q] * flow + g[BY_U_U + q] * fu - g[BY_U_D + q] * fd)
            u[U_D + q] = on_down[q] * (g[AL_D + q] * flow - g[BY_D_U + q] * fu - g[BY_D_D + q] * fd)
