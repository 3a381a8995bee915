"""Reserve in a home's Newton system: what a store holds in a slot, condensed beside its charge and discharge.

A held column is one slot of one direction. Upward, r_c ≤ charge and r_d ≤ discharge_max − discharge; downward, r_c ≤ charge_max − charge and
r_d ≤ discharge: in both, x1 and x2 are the headrooms. The windows bind them to the fills after m = 1, 2, .. slots of activation:
    upward   fill[τ] + below − m·(gain·r_c + drain·r_d) ≥ fill_min[τ]
    downward fill[τ] − above + m·(gain·r_c + drain·r_d) ≤ fill_max[τ]
Windows that cover one slot share its price of leaving the band, so that their duals never sum to more (docs/dispatch.md says why that is exact enough
for directions; the certificate judges the result by the true programme).

With zeta = (price of power, price of room for upward, for downward reserve) of the home in the slot, everything of a slot is eliminated but the fills it touches:
those at its begin and end and at the ends of its windows, and three functionals U of them, one for each price in zeta.
"""

from osb_hub.dispatch.structured.condense import PROXIMAL, SOFTEN, TINY
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.rows import *

UP, DOWN = 0, 1
ABSENT = 1e12  # stiffness of what there is not

# kept of a store and column
R_C, Z_C, K_C, R_D, Z_D, K_D, WINDOWS = range(7)  # then P, V, Y of each window
PER_WINDOW = 3

# condensed, of a store and column
(S1, S2, K1, K2, N11, N12, N22, NU1, NU2, NUU, E_F, B_F, C0, D0, H2, LEFT, HAS_C, HAS_D, KEEP1, KEEP2) = range(20)
COLUMN_SIZE = 20  # then weight and base of each window

# condensed, of a store and held slot
(
    P11, P12, P22, GC, GD, IM_, AL_N, AL_U, AL_D, FLOW_, NET0, R0_U, R0_D, BASE_U, BASE_D,
    TU1, TU2, TD1, TD2, QU1, QU2, QD1, QD2, QQ_UU, QQ_UD, QQ_DD,
) = range(26)  # fmt: skip
SLOT_SIZE = 26
# functionals of the fills a slot touches: flow, and what the three prices act on; then the windows' own
Y_, U_N, U_U, U_D, F_U, F_D = range(6)
# of a home and held slot: the 3 × 3 matrix W, its Cholesky-free inverse, then zeta and its parts
(
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
    G_NU,
    G_ND,
    G_UU,
    G_UD,
    G_DD,
    R_U,
    R_DN,
) = range(19)
ZETA_SIZE = 19


@kernel
def condense_column(y, kept, col, t, side, windows, share, slots, mu, v):
    """One store and column: v is filled; share is that of each window's slot in the price of leaving the band."""
    gain, drain = y[GAIN + t], y[DRAIN + t]
    has_c, has_d = y[CHARGE_MAX + t] > TINY, y[DISCHARGE_MAX + t] > TINY
    if side == UP:
        x1, x2 = y[CHARGE + t], y[DISCHARGE_MAX + t] - y[DISCHARGE + t]
    else:
        x1, x2 = y[CHARGE_MAX + t] - y[CHARGE + t], y[DISCHARGE + t]
    row = kept[col]
    r_c, r_d = (row[R_C] if has_c else 0.0), (row[R_D] if has_d else 0.0)
    s1 = max(x1 - r_c, 1e-9) if has_c else 1.0
    s2 = max(x2 - r_d, 1e-9) if has_d else 1.0
    k1 = row[K_C] / s1 if has_c else 0.0
    k2 = row[K_D] / s2 if has_d else 0.0
    h1 = row[Z_C] / r_c + PROXIMAL if has_c else ABSENT
    h2 = row[Z_D] / r_d + PROXIMAL if has_d else ABSENT
    drained = gain * r_c + drain * r_d
    square, pull = 0.0, 0.0
    for m in range(windows):
        tau = t + m
        weight, base = 0.0, 0.0
        if side == UP:
            price, inside = (
                y[BELOW_PRICE_KEPT + tau] * share[tau],
                y[FILL + tau] - (m + 1) * drained - y[FILL_MIN + tau],
            )
        else:
            price, inside = (
                y[ABOVE_PRICE_KEPT + tau] * share[tau],
                y[FILL_MAX + tau] - y[FILL + tau] - (m + 1) * drained,
            )
        if price > TINY:
            p, w, dual = (
                row[WINDOWS + 3 * m],
                row[WINDOWS + 3 * m + 1],
                min(row[WINDOWS + 3 * m + 2], price * (1.0 - 3e-7)),
            )
            z = price - dual
            weight = 1.0 / (p / z + w / dual)
            base = dual - (inside + mu / z - mu / dual) * weight
        v[COLUMN_SIZE + 2 * m], v[COLUMN_SIZE + 2 * m + 1] = weight, base
        square += (m + 1) * (m + 1) * weight
        pull += (m + 1) * base
    a1, a2 = h1 + k1 + gain * gain * square, h2 + k2 + drain * drain * square
    f1, f2 = h1 + k1, h2 + k2
    cross = gain * drain * square
    idet = 1.0 / (f1 * f2 + drain * drain * square * f1 + gain * gain * square * f2)
    n11, n12, n22 = a2 * idet, -cross * idet, a1 * idet
    g1 = (mu / r_c - mu / s1 if has_c else 0.0) - gain * pull
    g2 = (mu / r_d - mu / s2 if has_d else 0.0) - drain * pull
    v[S1], v[S2], v[K1], v[K2] = s1, s2, k1, k2
    v[N11], v[N12], v[N22] = n11, n12, n22
    v[NU1], v[NU2] = n11 + n12, n12 + n22
    v[NUU] = n11 + 2.0 * n12 + n22
    v[E_F], v[B_F] = gain * f2 * idet, drain * f1 * idet
    v[C0], v[D0] = n11 * g1 + n12 * g2, n12 * g1 + n22 * g2
    v[H2] = square
    v[LEFT] = f1 * f2 * idet  # 1 − (share of the windows' stiffness that the reserve itself takes)
    v[KEEP1] = k1 * (h1 * a2 + gain * gain * square * f2) * idet  # of the stiffness k that charge still feels
    v[KEEP2] = k2 * (h2 * a1 + drain * drain * square * f1) * idet
    v[HAS_C], v[HAS_D] = 1.0 if has_c else 0.0, 1.0 if has_d else 0.0


@kernel
def condense_slot(y, t, mu, up, down, has_up, has_down, v, u, longest):
    """One store and held slot: eliminate charge and discharge; fills v and the functionals u [6, longest + 1]."""
    gain, drain = y[GAIN + t], y[DRAIN + t]
    has_c, has_d = y[CHARGE_MAX + t] > TINY, y[DISCHARGE_MAX + t] > TINY
    hcc = 1.0 / y[IH_C + t] if has_c else ABSENT
    hdd = 1.0 / y[IH_D + t] if has_d else ABSENT
    hcd = 0.0
    gc, gd = y[G_C + t], y[G_D + t]
    if not has_c:
        gc = 0.0
    if not has_d:
        gd = 0.0
    v[TU1], v[TU2], v[TD1], v[TD2], v[QU1], v[QU2], v[QD1], v[QD2] = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if has_up:
        c = up
        k1, k2 = c[K1], c[K2]
        hcc += c[KEEP1]
        hdd += c[KEEP2]
        hcd += k1 * k2 * c[N12]
        gc += c[HAS_C] * (-mu / c[S1] - k1 * c[C0])
        gd += c[HAS_D] * (mu / c[S2] + k2 * c[D0])
        v[TU1], v[TU2], v[QU1], v[QU2] = k1 * c[NU1], -k2 * c[NU2], -k1 * c[E_F], k2 * c[B_F]
    if has_down:
        c = down
        k1, k2 = c[K1], c[K2]
        hcc += c[KEEP1]
        hdd += c[KEEP2]
        hcd += k1 * k2 * c[N12]
        gc += c[HAS_C] * (mu / c[S1] + k1 * c[C0])
        gd += c[HAS_D] * (-mu / c[S2] - k2 * c[D0])
        v[TD1], v[TD2], v[QD1], v[QD2] = -k1 * c[NU1], k2 * c[NU2], -k1 * c[E_F], k2 * c[B_F]
    idet = 1.0 / (hcc * hdd - hcd * hcd)
    p11, p12, p22 = hdd * idet, -hcd * idet, hcc * idet
    v[P11], v[P12], v[P22], v[GC], v[GD] = p11, p12, p22, gc, gd
    # φ = (gain, −drain), η = (1, −1)
    pf1, pf2 = p11 * gain - p12 * drain, p12 * gain - p22 * drain  # P·φ
    pn1, pn2 = p11 - p12, p12 - p22  # P·η
    m11 = gain * pf1 - drain * pf2 + SOFTEN
    m12, m22 = pf1 - pf2, pn1 - pn2
    im = 1.0 / m11
    al = m12 * im
    al_u = (pf1 * v[TU1] + pf2 * v[TU2]) * im
    al_d = (pf1 * v[TD1] + pf2 * v[TD2]) * im
    kappa_u = pf1 * v[QU1] + pf2 * v[QU2]
    kappa_d = pf1 * v[QD1] + pf2 * v[QD2]
    v[IM_], v[AL_N], v[AL_U], v[AL_D] = im, al, al_u, al_d
    x0c, x0d = y[CHARGE + t] - (p11 * gc + p12 * gd), y[DISCHARGE + t] - (p12 * gc + p22 * gd)
    flow = y[FILL + t] - y[INFLOW + t] - gain * x0c + drain * x0d
    if t > 0:
        flow -= y[RETENTION + t] * y[FILL + t - 1]
    v[FLOW_] = flow
    v[NET0] = x0c - x0d
    pu1, pu2 = p11 * v[TU1] + p12 * v[TU2], p12 * v[TU1] + p22 * v[TU2]  # P·τ
    pd1, pd2 = p11 * v[TD1] + p12 * v[TD2], p12 * v[TD1] + p22 * v[TD2]
    qu1, qu2 = p11 * v[QU1] + p12 * v[QU2], p12 * v[QU1] + p22 * v[QU2]  # P·q
    qd1, qd2 = p11 * v[QD1] + p12 * v[QD2], p12 * v[QD1] + p22 * v[QD2]
    v[BASE_U], v[BASE_D] = -(qu1 * gc + qu2 * gd), -(qd1 * gc + qd2 * gd)
    v[QQ_UU] = v[QU1] * qu1 + v[QU2] * qu2
    v[QQ_UD] = v[QU1] * qd1 + v[QU2] * qd2
    v[QQ_DD] = v[QD1] * qd1 + v[QD2] * qd2
    v[R0_U] = -(pu1 * gc + pu2 * gd) + (up[C0] + up[D0] if has_up else 0.0)
    v[R0_D] = -(pd1 * gc + pd2 * gd) + (down[C0] + down[D0] if has_down else 0.0)
    for l_ in range(longest + 1):
        for i in range(6):
            u[i, l_] = 0.0
    if has_up:
        for m in range(longest):
            u[F_U, m + 1] = (m + 1) * up[COLUMN_SIZE + 2 * m]
    if has_down:
        for m in range(longest):
            u[F_D, m + 1] = (m + 1) * down[COLUMN_SIZE + 2 * m]
    w_u = up[E_F] + up[B_F] if has_up else 0.0
    w_d = down[E_F] + down[B_F] if has_down else 0.0
    for l_ in range(longest + 1):
        fu, fd = u[F_U, l_], u[F_D, l_]
        flow_l = kappa_u * fu + kappa_d * fd
        if l_ == 0:
            flow_l -= y[RETENTION + t]
        elif l_ == 1:
            flow_l += 1.0
        u[Y_, l_] = flow_l
        u[U_N, l_] = al * flow_l - (qu1 - qu2) * fu - (qd1 - qd2) * fd
        u[U_U, l_] = al_u * flow_l + (w_u - v[TU1] * qu1 - v[TU2] * qu2) * fu - (v[TU1] * qd1 + v[TU2] * qd2) * fd
        u[U_D, l_] = al_d * flow_l - (v[TD1] * qu1 + v[TD2] * qu2) * fu - (w_d + v[TD1] * qd1 + v[TD2] * qd2) * fd
    b_nn = m22 - m12 * al
    b_u = pn1 * v[TU1] + pn2 * v[TU2] - m12 * al_u
    b_d = pn1 * v[TD1] + pn2 * v[TD2] - m12 * al_d
    b_uu = v[TU1] * pu1 + v[TU2] * pu2 - al_u * al_u * m11 + (up[NUU] if has_up else 0.0)
    b_ud = v[TU1] * pd1 + v[TU2] * pd2 - al_u * al_d * m11
    b_dd = v[TD1] * pd1 + v[TD2] * pd2 - al_d * al_d * m11 + (down[NUU] if has_down else 0.0)
    return b_nn, b_u, b_d, b_uu, b_ud, b_dd
