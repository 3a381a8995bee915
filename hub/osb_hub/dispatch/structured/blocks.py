"""The block-tridiagonal matrix of a home's fills: one block of stores × stores per slot, coupled to the slot before.

Blocks lie as rows over the slots: entry (s, r) of the block of slot t is at [s·stores + r, t]. `below[.., t]` couples slot t (rows) to t−1 (columns).
Everything goes through Cholesky factors, never through inverses of blocks: where two stores of a home can stand in for one another, a product of
inverses would lose what tells them apart. Homes with one or two stores are written out; the rest goes through small loops.
"""

from math import sqrt

from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.rows import *

SMALL = 1e-14


@kernel
def assemble(h, x, k, slots, diagonal, below, right):
    """The matrix, and its right side [stores, slots]: what the values of fills lack."""
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        b = right[s]
        for t in range(slots):
            worth = y[IM + t] * y[FLOW + t] + y[ALPHA + t] * h[REST + t] * h[IQ + t]
            y[DUAL_F + t] = worth
            b[t] = -(worth + y[G_F + t])
        for t in range(slots - 1):
            b[t] += y[RETENTION + t + 1] * y[DUAL_F + t + 1]
        for r in range(k):
            z = x[r * STORE_SIZE : (r + 1) * STORE_SIZE]
            same = 1.0 if r == s else 0.0
            i = s * k + r
            for t in range(slots):
                v = y[ALPHA + t] * z[ALPHA + t] * h[IQ + t] + same * y[IM + t]
                diagonal[i, t] = v + same * y[H_F + t]
                below[i, t] = -z[RETENTION + t] * v
            for t in range(slots - 1):
                diagonal[i, t] -= y[RETENTION + t + 1] * below[i, t + 1]


@kernel
def assemble_wide(h, x, k, slots, per_block, places, diagonal, below, right):
    """As assemble, with `per_block` slots in a block: windows of reserve reach over that many."""
    size = k * per_block
    block_of, at_of = places
    diagonal[:, :] = 0.0
    below[:, :] = 0.0
    right[:, :] = 0.0
    blocks = (slots + per_block - 1) // per_block
    for t in range(slots, blocks * per_block):
        for s in range(k):
            i = (t % per_block) * k + s
            diagonal[i * size + i, t // per_block] = 1.0
    for t in range(slots):
        b, at = block_of[t], at_of[t] * k
        b0, at0 = block_of[max(t - 1, 0)], at_of[max(t - 1, 0)] * k
        for s in range(k):
            y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
            i, i0 = at + s, at0 + s
            worth = y[IM + t] * y[FLOW + t] + y[ALPHA + t] * h[REST + t] * h[IQ + t]
            right[i, b] -= worth + y[G_F + t]
            diagonal[i * size + i, b] += y[H_F + t]
            if t > 0:
                right[i0, b0] += y[RETENTION + t] * worth
            for r in range(k):
                z = x[r * STORE_SIZE : (r + 1) * STORE_SIZE]
                j, j0 = at + r, at0 + r
                v = y[ALPHA + t] * z[ALPHA + t] * h[IQ + t] + (y[IM + t] if r == s else 0.0)
                diagonal[i * size + j, b] += v
                if t > 0:
                    diagonal[i0 * size + j0, b0] += y[RETENTION + t] * z[RETENTION + t] * v
                    if b0 == b:
                        diagonal[i * size + j0, b] -= z[RETENTION + t] * v
                        diagonal[i0 * size + j, b] -= y[RETENTION + t] * v
                    else:
                        below[i * size + j0, b] -= z[RETENTION + t] * v


@kernel
def cholesky(a, k):
    """Replace the lower part of a by its factor, with the diagonal as its reciprocal."""
    for i in range(k):
        for j in range(i):
            v = a[i, j]
            for n in range(j):
                v -= a[i, n] * a[j, n]
            a[i, j] = v * a[j, j]
        v = a[i, i]
        for n in range(i):
            v -= a[i, n] * a[i, n]
        a[i, i] = 1.0 / sqrt(max(v, SMALL))


@kernel
def cholesky_two(m00, m01, m11):
    """Factor of a 2 × 2 matrix: reciprocals of its diagonal, and what is below."""
    r0 = 1.0 / sqrt(max(m00, SMALL))
    l_ = m01 * r0
    return r0, l_, 1.0 / sqrt(max(m11 - l_ * l_, SMALL))


@kernel
def cholesky_three(m00, m10, m11, m20, m21, m22):
    """Factor of a 3 × 3 matrix: reciprocals of its diagonal, and what is below."""
    r0 = 1.0 / sqrt(max(m00, SMALL))
    l10, l20 = m10 * r0, m20 * r0
    r1 = 1.0 / sqrt(max(m11 - l10 * l10, SMALL))
    l21 = (m21 - l20 * l10) * r1
    return r0, l10, r1, l20, l21, 1.0 / sqrt(max(m22 - l20 * l20 - l21 * l21, SMALL))


@kernel
def under_three(b0, b1, b2, r0, l10, r1, l20, l21, r2):
    """A row b·L⁻ᵀ, L being a factor by cholesky_three."""
    c0 = b0 * r0
    c1 = (b1 - c0 * l10) * r1
    return c0, c1, (b2 - c0 * l20 - c1 * l21) * r2


@kernel
def factor_three(diagonal, below, slots, lower, coupling):
    """As factor, for three stores."""
    r0, l10, r1, l20, l21, r2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    d, b = diagonal, below
    for t in range(slots):
        a0, a1, a2, b0, b1, b2, c0, c1, c2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        if t > 0:
            a0, a1, a2 = under_three(b[0, t], b[1, t], b[2, t], r0, l10, r1, l20, l21, r2)
            b0, b1, b2 = under_three(b[3, t], b[4, t], b[5, t], r0, l10, r1, l20, l21, r2)
            c0, c1, c2 = under_three(b[6, t], b[7, t], b[8, t], r0, l10, r1, l20, l21, r2)
        r0, l10, r1, l20, l21, r2 = cholesky_three(
            d[0, t] - a0 * a0 - a1 * a1 - a2 * a2,
            d[3, t] - b0 * a0 - b1 * a1 - b2 * a2,
            d[4, t] - b0 * b0 - b1 * b1 - b2 * b2,
            d[6, t] - c0 * a0 - c1 * a1 - c2 * a2,
            d[7, t] - c0 * b0 - c1 * b1 - c2 * b2,
            d[8, t] - c0 * c0 - c1 * c1 - c2 * c2,
        )
        coupling[0, t], coupling[1, t], coupling[2, t] = a0, a1, a2
        coupling[3, t], coupling[4, t], coupling[5, t] = b0, b1, b2
        coupling[6, t], coupling[7, t], coupling[8, t] = c0, c1, c2
        lower[0, t], lower[3, t], lower[4, t] = r0, l10, r1
        lower[6, t], lower[7, t], lower[8, t] = l20, l21, r2


@kernel
def factor(diagonal, below, k, slots, lower, coupling, small):
    """The factor: lower[t] of each slot's block (diagonal as reciprocal), coupling[t] to the slot before."""
    if k == 1:
        d, o, r, c = diagonal[0], below[0], lower[0], coupling[0]
        last, square = 0.0, 0.0
        for t in range(slots):
            b = o[t] if t > 0 else 0.0
            c[t] = b * last
            square = 1.0 / max(d[t] - b * b * square, SMALL)  # the next slot waits for this alone, not for its root
            last = sqrt(square)
            r[t] = last
    elif k == 2:
        r0, l_, r1 = 0.0, 0.0, 0.0
        for t in range(slots):
            c00, c01, c10, c11 = 0.0, 0.0, 0.0, 0.0
            if t > 0:
                c00, c10 = below[0, t] * r0, below[2, t] * r0
                c01, c11 = (below[1, t] - c00 * l_) * r1, (below[3, t] - c10 * l_) * r1
            r0, l_, r1 = cholesky_two(
                diagonal[0, t] - c00 * c00 - c01 * c01,
                diagonal[1, t] - c00 * c10 - c01 * c11,
                diagonal[3, t] - c10 * c10 - c11 * c11,
            )
            coupling[0, t], coupling[1, t], coupling[2, t], coupling[3, t] = c00, c01, c10, c11
            lower[0, t], lower[2, t], lower[3, t] = r0, l_, r1
    elif k == 3:
        factor_three(diagonal, below, slots, lower, coupling)
    else:
        m, w = small[0], small[1]
        for t in range(slots):
            for i in range(k):
                for j in range(k):
                    w[i, j] = 0.0
                    if t > 0:  # w = below·m⁻ᵀ, with m of the slot before
                        v = below[i * k + j, t]
                        for n in range(j):
                            v -= w[i, n] * m[j, n]
                        w[i, j] = v * m[j, j]
                    coupling[i * k + j, t] = w[i, j]
            for i in range(k):
                for j in range(i + 1):
                    v = diagonal[i * k + j, t]
                    for n in range(k):
                        v -= w[i, n] * w[j, n]
                    m[i, j] = v
            cholesky(m, k)
            for i in range(k):
                for j in range(i + 1):
                    lower[i * k + j, t] = m[i, j]


@kernel
def solve(lower, coupling, k, slots, b):
    """Solve in place for b [stores, slots]."""
    if k == 1:
        r, c, y = lower[0], coupling[0], b[0]
        last = 0.0
        for t in range(slots):
            last = (y[t] - c[t] * last) * r[t]
            y[t] = last
        last = 0.0
        for t in range(slots - 1, -1, -1):
            v = y[t]
            if t + 1 < slots:
                v -= c[t + 1] * last
            last = v * r[t]
            y[t] = last
    elif k == 2:
        p, q = b[0], b[1]
        y0, y1 = 0.0, 0.0
        for t in range(slots):
            v0 = p[t] - coupling[0, t] * y0 - coupling[1, t] * y1
            v1 = q[t] - coupling[2, t] * y0 - coupling[3, t] * y1
            y0 = v0 * lower[0, t]
            y1 = (v1 - lower[2, t] * y0) * lower[3, t]
            p[t], q[t] = y0, y1
        for t in range(slots - 1, -1, -1):
            v0, v1 = p[t], q[t]
            if t + 1 < slots:
                v0 -= coupling[0, t + 1] * y0 + coupling[2, t + 1] * y1
                v1 -= coupling[1, t + 1] * y0 + coupling[3, t + 1] * y1
            y1 = v1 * lower[3, t]
            y0 = (v0 - lower[2, t] * y1) * lower[0, t]
            p[t], q[t] = y0, y1
    else:
        for t in range(slots):
            for i in range(k):
                v = b[i, t]
                if t > 0:
                    for j in range(k):
                        v -= coupling[i * k + j, t] * b[j, t - 1]
                for j in range(i):
                    v -= lower[i * k + j, t] * b[j, t]
                b[i, t] = v * lower[i * k + i, t]
        for t in range(slots - 1, -1, -1):
            for i in range(k - 1, -1, -1):
                v = b[i, t]
                if t + 1 < slots:
                    for j in range(k):
                        v -= coupling[j * k + i, t + 1] * b[j, t + 1]
                for j in range(i + 1, k):
                    v -= lower[j * k + i, t] * b[j, t]
                b[i, t] = v * lower[i * k + i, t]
