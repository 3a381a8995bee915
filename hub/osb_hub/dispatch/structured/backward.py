"""The fills' matrix taken apart from its end: how a column changes from one block to the next, and the factor it begins with."""

from math import sqrt

from osb_hub.dispatch.structured.blocks import SMALL, cholesky, cholesky_three, cholesky_two, under_three
from osb_hub.dispatch.structured.kernel import kernel


@kernel
def backward(diagonal, below, coupling, size, blocks, carry, start, small):
    """carry[t], and start[t]: the factor of D − Bᵀ·G·B (next) − B·D⁻¹·Bᵀ (last), with which a column begins (diagonal as reciprocal)."""
    k = size
    if k == 1:
        square = 0.0  # of below, over the Schur complement of the slot after
        for t in range(blocks - 1, -1, -1):
            m, o, c = diagonal[0, t] - square, below[0, t] if t > 0 else 0.0, coupling[0, t]
            inverse = 1.0 / max(m, SMALL)
            square = o * o * inverse
            carry[0, t] = -o * inverse
            start[0, t] = 1.0 / sqrt(max(m - c * c, SMALL))
        return
    if k == 2:
        backward_two(diagonal, below, coupling, blocks, carry, start)
        return
    if k == 3:
        backward_three(diagonal, below, coupling, blocks, carry, start)
        return
    m, v, a = small[0], small[1], small[2]
    v[:, :] = 0.0
    for t in range(blocks - 1, -1, -1):
        for i in range(k):
            for j in range(i + 1):
                f = diagonal[i * k + j, t]
                for n in range(k):
                    f -= v[n, i] * v[n, j]
                m[i, j] = f
                for n in range(k):
                    f -= coupling[i * k + n, t] * coupling[j * k + n, t]
                a[i, j] = f
        cholesky(m, k)
        cholesky(a, k)
        for i in range(k):
            for j in range(i + 1):
                start[i * k + j, t] = a[i, j]
        for j in range(k):
            for i in range(k):  # v = m⁻¹·B
                f = below[i * k + j, t] if t > 0 else 0.0
                for n in range(i):
                    f -= m[i, n] * v[n, j]
                v[i, j] = f * m[i, i]
            for i in range(k - 1, -1, -1):  # carry = −m⁻ᵀ·v
                f = -v[i, j]
                for n in range(i + 1, k):
                    f -= m[n, i] * carry[n * k + j, t]
                carry[i * k + j, t] = f * m[i, i]


@kernel
def backward_two(diagonal, below, coupling, blocks, carry, start):
    v00, v01, v10, v11 = 0.0, 0.0, 0.0, 0.0
    for t in range(blocks - 1, -1, -1):
        m00 = diagonal[0, t] - v00 * v00 - v10 * v10
        m01 = diagonal[1, t] - v00 * v01 - v10 * v11
        m11 = diagonal[3, t] - v01 * v01 - v11 * v11
        r0, l_, r1 = cholesky_two(m00, m01, m11)
        v00, v01, v10, v11 = 0.0, 0.0, 0.0, 0.0
        if t > 0:
            v00, v01 = below[0, t] * r0, below[1, t] * r0
            v10, v11 = (below[2, t] - l_ * v00) * r1, (below[3, t] - l_ * v01) * r1
        c10, c11 = -v10 * r1, -v11 * r1
        carry[0, t], carry[1, t] = (-v00 - l_ * c10) * r0, (-v01 - l_ * c11) * r0
        carry[2, t], carry[3, t] = c10, c11
        a, b, c, d = coupling[0, t], coupling[1, t], coupling[2, t], coupling[3, t]
        r0, l_, r1 = cholesky_two(m00 - a * a - b * b, m01 - a * c - b * d, m11 - c * c - d * d)
        start[0, t], start[2, t], start[3, t] = r0, l_, r1


@kernel
def backward_three(diagonal, below, coupling, blocks, carry, start):
    d, o, g = diagonal, below, coupling
    a0, a1, a2, b0, b1, b2, c0, c1, c2 = (
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
    )  # columns of v = L⁻¹·B of the block after
    for t in range(blocks - 1, -1, -1):
        m00, m10 = d[0, t] - a0 * a0 - a1 * a1 - a2 * a2, d[3, t] - a0 * b0 - a1 * b1 - a2 * b2
        m11, m20 = d[4, t] - b0 * b0 - b1 * b1 - b2 * b2, d[6, t] - a0 * c0 - a1 * c1 - a2 * c2
        m21, m22 = d[7, t] - b0 * c0 - b1 * c1 - b2 * c2, d[8, t] - c0 * c0 - c1 * c1 - c2 * c2
        r0, l10, r1, l20, l21, r2 = cholesky_three(m00, m10, m11, m20, m21, m22)
        a0, a1, a2, b0, b1, b2, c0, c1, c2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        if t > 0:
            a0, a1, a2 = under_three(o[0, t], o[3, t], o[6, t], r0, l10, r1, l20, l21, r2)
            b0, b1, b2 = under_three(o[1, t], o[4, t], o[7, t], r0, l10, r1, l20, l21, r2)
            c0, c1, c2 = under_three(o[2, t], o[5, t], o[8, t], r0, l10, r1, l20, l21, r2)
        carry[0, t], carry[3, t], carry[6, t] = back_three(a0, a1, a2, r0, l10, r1, l20, l21, r2)
        carry[1, t], carry[4, t], carry[7, t] = back_three(b0, b1, b2, r0, l10, r1, l20, l21, r2)
        carry[2, t], carry[5, t], carry[8, t] = back_three(c0, c1, c2, r0, l10, r1, l20, l21, r2)
        g0, g1, g2, g3, g4, g5, g6, g7, g8 = (
            g[0, t], g[1, t], g[2, t], g[3, t], g[4, t], g[5, t], g[6, t], g[7, t], g[8, t]
        )  # fmt: skip
        r0, l10, r1, l20, l21, r2 = cholesky_three(
            m00 - g0 * g0 - g1 * g1 - g2 * g2,
            m10 - g3 * g0 - g4 * g1 - g5 * g2,
            m11 - g3 * g3 - g4 * g4 - g5 * g5,
            m20 - g6 * g0 - g7 * g1 - g8 * g2,
            m21 - g6 * g3 - g7 * g4 - g8 * g5,
            m22 - g6 * g6 - g7 * g7 - g8 * g8,
        )
        start[0, t], start[3, t], start[4, t] = r0, l10, r1
        start[6, t], start[7, t], start[8, t] = l20, l21, r2


@kernel
def back_three(v0, v1, v2, r0, l10, r1, l20, l21, r2):
    """−L⁻ᵀ·v."""
    c2 = -v2 * r2
    c1 = (-v1 - l21 * c2) * r1
    return (-v0 - l10 * c1 - l20 * c2) * r0, c1, c2
