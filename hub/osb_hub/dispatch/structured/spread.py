"""How the fills of a home carry a price from one slot to another: b[i]·K⁻¹·b[j]ᵀ for all pairs of columns.

K⁻¹ of a block-tridiagonal K is semiseparable: seen from its own block, a column changes from block to block by a small matrix, carry[t] = −G[t]·B[t],
where G[t] is the inverse of the backward Schur complement. So all pairs cost O(columns²·size²), and only `size` rows are alive at a time.
"""

from math import sqrt

from osb_hub.dispatch.structured.blocks import SMALL, cholesky, cholesky_two
from osb_hub.dispatch.structured.kernel import kernel


@kernel
def spread(diagonal, below, lower, coupling, size, blocks, begins, here, before, out, carry, start, small, rows):
    """Add b[i]·K⁻¹·b[j]ᵀ to out[i, j], j ≤ i.

    Column c belongs to block t, begins[t] ≤ c < begins[t+1]: it has here[:, c] in that block and before[:, c] in the one before.
    """
    backward(diagonal, below, coupling, size, blocks, carry, start, small)
    last_rows = small[3]
    for t in range(blocks):
        first, last = begins[t], begins[t + 1]
        if size == 1:
            pass_one(carry, t, first, last, here, before, out, rows[0])
        elif size == 2:
            pass_two(carry, t, first, last, here, before, out, rows[0], rows[1])
        else:
            pass_many(carry, size, t, first, last, here, before, out, rows)
        for c in range(first, last):
            # u = L⁻¹·before of the block before; the column begins with (start·startᵀ)⁻¹·(here − coupling·u)
            u, w = last_rows[0], last_rows[1]
            for i in range(size):
                v = 0.0
                if t > 0:
                    v = before[i, c]
                    for j in range(i):
                        v -= lower[i * size + j, t - 1] * u[j]
                    v *= lower[i * size + i, t - 1]
                u[i] = v
            for i in range(size):
                v = here[i, c]
                for j in range(size):
                    v -= coupling[i * size + j, t] * u[j]
                for j in range(i):
                    v -= start[i * size + j, t] * w[j]
                w[i] = v * start[i * size + i, t]
            for i in range(size - 1, -1, -1):
                v = w[i]
                for j in range(i + 1, size):
                    v -= start[j * size + i, t] * rows[j, c]
                rows[i, c] = v * start[i * size + i, t]
            # in the block before: L⁻ᵀ·(u − couplingᵀ·column)
            for i in range(size - 1, -1, -1):
                v = 0.0
                if t > 0:
                    v = u[i]
                    for j in range(size):
                        v -= coupling[j * size + i, t] * rows[j, c]
                    for j in range(i + 1, size):
                        v -= lower[j * size + i, t - 1] * w[j]
                    v *= lower[i * size + i, t - 1]
                w[i] = v
            for i in range(c, last):
                v = 0.0
                for s in range(size):
                    v += here[s, i] * rows[s, c] + before[s, i] * w[s]
                out[i, c] += v


@kernel
def pass_one(carry, t, first, last, here, before, out, w):
    r = carry[0, t]
    for c in range(first, last):
        row = out[c]
        f = before[0, c] + here[0, c] * r
        for j in range(first):
            row[j] += f * w[j]
    for j in range(first):
        w[j] *= r


@kernel
def pass_two(carry, t, first, last, here, before, out, p, q):
    r00, r01, r10, r11 = carry[0, t], carry[1, t], carry[2, t], carry[3, t]
    for c in range(first + 1, last):
        row = out[c]
        f0 = before[0, c] + here[0, c] * r00 + here[1, c] * r10
        f1 = before[1, c] + here[0, c] * r01 + here[1, c] * r11
        for j in range(first):
            row[j] += f0 * p[j] + f1 * q[j]
    row = out[first]
    f0 = before[0, first] + here[0, first] * r00 + here[1, first] * r10
    f1 = before[1, first] + here[0, first] * r01 + here[1, first] * r11
    for j in range(first):
        u, v = p[j], q[j]
        row[j] += f0 * u + f1 * v
        p[j] = r00 * u + r01 * v
        q[j] = r10 * u + r11 * v


@kernel
def pass_many(carry, size, t, first, last, here, before, out, rows):
    for c in range(first, last):
        row = out[c]
        for s in range(size):
            f = before[s, c]
            for i in range(size):
                f += here[i, c] * carry[i * size + s, t]
            w = rows[s]
            for j in range(first):
                row[j] += f * w[j]
    for s in range(size):
        z = rows[size + s]
        f = carry[s * size, t]
        w = rows[0]
        for j in range(first):
            z[j] = f * w[j]
        for i in range(1, size):
            f = carry[s * size + i, t]
            w = rows[i]
            for j in range(first):
                z[j] += f * w[j]
    for s in range(size):
        z, w = rows[size + s], rows[s]
        for j in range(first):
            w[j] = z[j]


@kernel
def backward(diagonal, below, coupling, size, blocks, carry, start, small):
    """carry[t], and start[t]: the factor of D − Bᵀ·G·B (next) − B·D⁻¹·Bᵀ (last), with which a column begins (diagonal as reciprocal)."""
    k = size
    if k == 1:
        v = 0.0
        for t in range(blocks - 1, -1, -1):
            m = diagonal[0, t] - v * v
            r = 1.0 / sqrt(max(m, SMALL))
            v = below[0, t] * r if t > 0 else 0.0
            carry[0, t] = -v * r
            c = coupling[0, t]
            start[0, t] = 1.0 / sqrt(max(m - c * c, SMALL))
        return
    if k == 2:
        backward_two(diagonal, below, coupling, blocks, carry, start)
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
