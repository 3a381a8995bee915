"""Reserve in a home's Newton system: what a store holds in its held slots, condensed beside its charge and discharge.

A held column is one slot of one direction. Upward, r_c ≤ charge and r_d ≤ discharge_max − discharge; downward, r_c ≤ charge_max − charge and
r_d ≤ discharge: in both, x1 and x2 are the headrooms. The windows bind them to the fills after m = 1, 2, .. slots of activation:
    upward   fill[τ] + below − m·(gain·r_c + drain·r_d) ≥ fill_min[τ]
    downward fill[τ] − above + m·(gain·r_c + drain·r_d) ≤ fill_max[τ]
Windows that cover one slot share its price of leaving the band, so that their duals never sum to more (docs/dispatch.md says why that is exact enough
for directions; the certificate judges the result by the true programme).

With zeta = (price of power, price of room for upward, for downward reserve) of the home in the slot, everything of a slot is eliminated but the fills it touches:
those at its begin and end and at the ends of its windows, and three functionals U of them, one for each price in zeta.
"""

from osb_hub.dispatch.structured.condense import PROXIMAL, SOFTEN
from osb_hub.dispatch.structured.held_rows import gather_window
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.reserve_rows import *
from osb_hub.dispatch.structured.rows import *


@kernel
def headrooms(w, c, side, n):
    """What there is to hold: S1 and S2 are left of it."""
    for q in range(n):
        x1 = w[CHARGE_H + q] if side == UP else w[CHARGE_MAX_H + q] - w[CHARGE_H + q]
        x2 = w[DISCHARGE_MAX_H + q] - w[DISCHARGE_H + q] if side == UP else w[DISCHARGE_H + q]
        c[S1 + q] = max(x1 - c[RC + q], LEAST_ROOM) if c[HAS_C + q] > 0.0 else 1.0
        c[S2 + q] = max(x2 - c[RD + q], LEAST_ROOM) if c[HAS_D + q] > 0.0 else 1.0
        c[RC + q] = c[RC + q] if c[HAS_C + q] > 0.0 else 1.0
        c[RD + q] = c[RD + q] if c[HAS_D + q] > 0.0 else 1.0
        c[DRAINED + q] = w[GAIN_H + q] * c[HAS_C + q] * c[RC + q] + w[DRAIN_H + q] * c[HAS_D + q] * c[RD + q]


@kernel
def condense_side(y, w, c, windows, side, hold, slots, mu):
    """All columns of one direction of a store."""
    n, longest = hold[4].size, hold[7]
    headrooms(w, c, side, n)
    for q in range(n):
        c[H2 + q], c[PULL + q] = 0.0, 0.0
    for m in range(longest):
        v = windows[m]
        gather_window(y, hold, side, m, slots, v)
        for q in range(n):
            on = 1.0 if v[PRICE_W + q] > 0.0 else 0.0
            dual = min(v[Y_W + q], v[PRICE_W + q] * (1.0 - 3e-7)) + 1.0 - on
            z = v[PRICE_W + q] + 2.0 * (1.0 - on) - dual
            inside = v[INSIDE + q] - (m + 1) * c[DRAINED + q]
            both = 1.0 / (dual * z)
            weight = on / ((v[P_W + q] * dual + v[V_W + q] * z) * both + 1.0 - on)
            base = on * dual - (inside + mu * (dual - z) * both) * weight
            v[Y_W + q], v[WEIGHT + q], v[BASE + q] = on * dual, weight, base
            c[H2 + q] += (m + 1) * (m + 1) * weight
            c[PULL + q] += (m + 1) * base
    for q in range(n):
        has_c, has_d, square, pull = c[HAS_C + q], c[HAS_D + q], c[H2 + q], c[PULL + q]
        gain, drain = w[GAIN_H + q], w[DRAIN_H + q]
        i1, i2, ir, id_ = 1.0 / c[S1 + q], 1.0 / c[S2 + q], 1.0 / c[RC + q], 1.0 / c[RD + q]
        k1, k2 = has_c * c[KC + q] * i1, has_d * c[KD + q] * i2
        h1 = has_c * (c[ZC + q] * ir + PROXIMAL) + (1.0 - has_c) * ABSENT
        h2 = has_d * (c[ZD + q] * id_ + PROXIMAL) + (1.0 - has_d) * ABSENT
        a1, a2 = h1 + k1 + gain * gain * square, h2 + k2 + drain * drain * square
        f1, f2 = h1 + k1, h2 + k2
        cross = gain * drain * square
        idet = 1.0 / (f1 * f2 + drain * drain * square * f1 + gain * gain * square * f2)
        n11, n12, n22 = a2 * idet, -cross * idet, a1 * idet
        g1, g2 = has_c * mu * (ir - i1) - gain * pull, has_d * mu * (id_ - i2) - drain * pull
        c[K1 + q], c[K2 + q], c[N11 + q], c[N12 + q], c[N22 + q] = k1, k2, n11, n12, n22
        c[NU1 + q], c[NU2 + q], c[NUU + q] = n11 + n12, n12 + n22, n11 + 2.0 * n12 + n22
        c[E_F + q], c[B_F + q] = gain * f2 * idet, drain * f1 * idet
        c[C0 + q], c[D0 + q] = n11 * g1 + n12 * g2, n12 * g1 + n22 * g2
        c[LEFT + q] = f1 * f2 * idet  # 1 − (share of the windows' stiffness that the reserve itself takes)
        c[KEEP1 + q] = k1 * (h1 * a2 + gain * gain * square * f2) * idet  # of the stiffness k that charge still feels
        c[KEEP2 + q] = k2 * (h2 * a1 + drain * drain * square * f1) * idet


@kernel
def condense_slots(w, up, down, n, mu):
    """Eliminate charge and discharge in all held slots of a store."""
    for q in range(n):
        gain, drain, on_c, on_d = w[GAIN_H + q], w[DRAIN_H + q], w[ON_C + q], w[ON_D + q]
        uk1, uk2, dk1, dk2 = up[K1 + q], up[K2 + q], down[K1 + q], down[K2 + q]
        uc, ud, dc, dd = up[C0 + q], up[D0 + q], down[C0 + q], down[D0 + q]
        hcc = 1.0 / (w[IH_C_H + q] + (1.0 - on_c) / ABSENT) + up[KEEP1 + q] + down[KEEP1 + q]
        hdd = 1.0 / (w[IH_D_H + q] + (1.0 - on_d) / ABSENT) + up[KEEP2 + q] + down[KEEP2 + q]
        hcd = uk1 * uk2 * up[N12 + q] + dk1 * dk2 * down[N12 + q]
        gc = (
            on_c * w[G_C_H + q]
            - up[HAS_C + q] * (mu / up[S1 + q] + uk1 * uc)
            + down[HAS_C + q] * (mu / down[S1 + q] + dk1 * dc)
        )
        gd = (
            on_d * w[G_D_H + q]
            + up[HAS_D + q] * (mu / up[S2 + q] + uk2 * ud)
            - down[HAS_D + q] * (mu / down[S2 + q] + dk2 * dd)
        )
        tu1, tu2, td1, td2 = uk1 * up[NU1 + q], -uk2 * up[NU2 + q], -dk1 * down[NU1 + q], dk2 * down[NU2 + q]
        qu1, qu2, qd1, qd2 = -uk1 * up[E_F + q], uk2 * up[B_F + q], -dk1 * down[E_F + q], dk2 * down[B_F + q]
        idet = 1.0 / (hcc * hdd - hcd * hcd)
        p11, p12, p22 = hdd * idet, -hcd * idet, hcc * idet
        # φ = (gain, −drain), η = (1, −1)
        pf1, pf2 = p11 * gain - p12 * drain, p12 * gain - p22 * drain  # P·φ
        pn1, pn2 = p11 - p12, p12 - p22  # P·η
        m11, m12, m22 = gain * pf1 - drain * pf2 + SOFTEN, pf1 - pf2, pn1 - pn2
        im = 1.0 / m11
        al_n, al_u, al_d = m12 * im, (pf1 * tu1 + pf2 * tu2) * im, (pf1 * td1 + pf2 * td2) * im
        x0c, x0d = w[CHARGE_H + q] - (p11 * gc + p12 * gd), w[DISCHARGE_H + q] - (p12 * gc + p22 * gd)
        pu1, pu2 = p11 * tu1 + p12 * tu2, p12 * tu1 + p22 * tu2  # P·τ
        pd1, pd2 = p11 * td1 + p12 * td2, p12 * td1 + p22 * td2
        w[P11 + q], w[P12 + q], w[P22 + q], w[GC + q], w[GD + q] = p11, p12, p22, gc, gd
        w[TU1 + q], w[TU2 + q], w[TD1 + q], w[TD2 + q] = tu1, tu2, td1, td2
        w[QU1 + q], w[QU2 + q], w[QD1 + q], w[QD2 + q] = qu1, qu2, qd1, qd2
        w[IM_ + q], w[AL_N + q], w[AL_U + q], w[AL_D + q] = im, al_n, al_u, al_d
        w[FLOW_ + q] = w[BALANCE + q] - gain * x0c + drain * x0d
        w[NET0 + q] = x0c - x0d
        w[R0_U + q] = uc + ud - (pu1 * gc + pu2 * gd)
        w[R0_D + q] = dc + dd - (pd1 * gc + pd2 * gd)
        w[B_NN + q] = m22 - m12 * al_n
        w[B_U + q] = pn1 * tu1 + pn2 * tu2 - m12 * al_u
        w[B_D + q] = pn1 * td1 + pn2 * td2 - m12 * al_d
        w[B_UU + q] = tu1 * pu1 + tu2 * pu2 - al_u * al_u * m11 + up[NUU + q]
        w[B_UD + q] = tu1 * pd1 + tu2 * pd2 - al_u * al_d * m11
        w[B_DD + q] = td1 * pd1 + td2 * pd2 - al_d * al_d * m11 + down[NUU + q]


@kernel
def touch(w, up, down, up_windows, down_windows, touched, n, longest):
    """The functionals of the fills that held slots touch: at their begin (l = 0), their end and the ends of their windows."""
    for l_ in range(longest + 1):
        u = touched[l_]
        a, b = up_windows[max(l_ - 1, 0)], down_windows[max(l_ - 1, 0)]
        begin, end = 1.0 if l_ == 0 else 0.0, 1.0 if l_ == 1 else 0.0
        for q in range(n):
            p11, p12, p22, gain, drain = w[P11 + q], w[P12 + q], w[P22 + q], w[GAIN_H + q], w[DRAIN_H + q]
            tu1, tu2, td1, td2 = w[TU1 + q], w[TU2 + q], w[TD1 + q], w[TD2 + q]
            fu, fd = l_ * a[WEIGHT + q], l_ * b[WEIGHT + q]
            qu1, qu2 = p11 * w[QU1 + q] + p12 * w[QU2 + q], p12 * w[QU1 + q] + p22 * w[QU2 + q]  # P·q
            qd1, qd2 = p11 * w[QD1 + q] + p12 * w[QD2 + q], p12 * w[QD1 + q] + p22 * w[QD2 + q]
            flow = (gain * qu1 - drain * qu2) * fu + (gain * qd1 - drain * qd2) * fd + end - begin * w[KEEPS + q]
            u[F_U + q], u[F_D + q], u[Y_ + q] = fu, fd, flow
            u[U_N + q] = w[AL_N + q] * flow - (qu1 - qu2) * fu - (qd1 - qd2) * fd
            w_u, w_d = up[E_F + q] + up[B_F + q], down[E_F + q] + down[B_F + q]
            u[U_U + q] = w[AL_U + q] * flow + (w_u - tu1 * qu1 - tu2 * qu2) * fu - (tu1 * qd1 + tu2 * qd2) * fd
            u[U_D + q] = w[AL_D + q] * flow - (td1 * qu1 + td2 * qu2) * fu - (w_d + td1 * qd1 + td2 * qd2) * fd
    for q in range(n):
        p11, p12, p22 = w[P11 + q], w[P12 + q], w[P22 + q]
        qu1, qu2 = p11 * w[QU1 + q] + p12 * w[QU2 + q], p12 * w[QU1 + q] + p22 * w[QU2 + q]
        qd1, qd2 = p11 * w[QD1 + q] + p12 * w[QD2 + q], p12 * w[QD1 + q] + p22 * w[QD2 + q]
        w[BASE_U + q], w[BASE_D + q] = -(qu1 * w[GC + q] + qu2 * w[GD + q]), -(qd1 * w[GC + q] + qd2 * w[GD + q])
        w[QQ_UU + q] = w[QU1 + q] * qu1 + w[QU2 + q] * qu2
        w[QQ_UD + q] = w[QU1 + q] * qd1 + w[QU2 + q] * qd2
        w[QQ_DD + q] = w[QD1 + q] * qd1 + w[QD2 + q] * qd2
