"""How the fills of a home carry a price from one slot to another: b[i]·K⁻¹·b[j]ᵀ for all pairs of columns.

K⁻¹ of a block-tridiagonal K is semiseparable: seen from its own block, a column changes from block to block by a small matrix, carry[t] = −G[t]·B[t],
where G[t] is the inverse of the backward Schur complement. So all pairs cost O(columns²·size²), and only `size` rows are alive at a time.
"""

from osb_hub.dispatch.structured.backward import backward
from osb_hub.dispatch.structured.kernel import kernel

VECTOR = 16  # numbers


@kernel
def full(n):
    """N rounded up to whole vectors: a loop that ends in the middle of one runs its last rounds one by one. What is beyond n is 0."""
    return (n + VECTOR - 1) // VECTOR * VECTOR


@kernel
def spread(diagonal, below, lower, coupling, size, blocks, begins, here, before, out, carry, start, small, rows):
    """Add b[i]·K⁻¹·b[j]ᵀ to out[i, j], j ≤ i.

    Column c belongs to block t, begins[t] ≤ c < begins[t+1]: it has here[:, c] in that block and before[:, c] in the one before.
    Rows of `out`, `here`, `before` and `rows` are whole vectors long.
    """
    backward(diagonal, below, coupling, size, blocks, carry, start, small)
    for s in range(size):
        for c in range(rows.shape[1]):
            rows[s, c] = 0.0
    for t in range(blocks):
        first, last = begins[t], begins[t + 1]
        if size == 1:
            pass_one(carry, t, first, last, here, before, out, rows[0])
            begin_one(lower, coupling, start, t, first, last, here, before, out, rows[0])
        elif size == 2:
            pass_two(carry, t, first, last, here, before, out, rows[0], rows[1])
            begin_many(lower, coupling, start, 2, t, first, last, here, before, out, small, rows)
        elif size == 3:
            pass_three(carry, t, first, last, here, before, out, rows[0], rows[1], rows[2])
            begin_many(lower, coupling, start, 3, t, first, last, here, before, out, small, rows)
        else:
            pass_many(carry, size, t, first, last, here, before, out, rows)
            begin_many(lower, coupling, start, size, t, first, last, here, before, out, small, rows)


@kernel
def begin_one(lower, coupling, start, t, first, last, here, before, out, row):
    """Columns that begin in block t: seen from it, and among themselves. As begin_many, for one store."""
    l_, m, f = (lower[0, t - 1] if t > 0 else 0.0), coupling[0, t], start[0, t]
    for c in range(first, last):
        u = before[0, c] * l_
        v = (here[0, c] - m * u) * f * f
        w = (u - m * v) * l_
        row[c] = v
        for i in range(c, last):
            out[i, c] += here[0, i] * v + before[0, i] * w


@kernel
def begin_many(lower, coupling, start, size, t, first, last, here, before, out, small, rows):
    last_rows = small[3]
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
    """Columns that have begun before block t: what they say to those that begin there, and what is left of them."""
    r, n = carry[0, t], full(first)
    for c in range(first + 1, last):
        row = out[c]
        f = before[0, c] + here[0, c] * r
        for j in range(n):
            row[j] += f * w[j]
    row = out[first]
    f = before[0, first] + here[0, first] * r
    for j in range(n):
        v = w[j]
        row[j] += f * v
        w[j] = r * v


@kernel
def pass_two(carry, t, first, last, here, before, out, p, q):
    r00, r01, r10, r11, n = carry[0, t], carry[1, t], carry[2, t], carry[3, t], full(first)
    for c in range(first + 1, last):
        row = out[c]
        f0 = before[0, c] + here[0, c] * r00 + here[1, c] * r10
        f1 = before[1, c] + here[0, c] * r01 + here[1, c] * r11
        for j in range(n):
            row[j] += f0 * p[j] + f1 * q[j]
    row = out[first]
    f0 = before[0, first] + here[0, first] * r00 + here[1, first] * r10
    f1 = before[1, first] + here[0, first] * r01 + here[1, first] * r11
    for j in range(n):
        u, v = p[j], q[j]
        row[j] += f0 * u + f1 * v
        p[j] = r00 * u + r01 * v
        q[j] = r10 * u + r11 * v


@kernel
def pass_three(carry, t, first, last, here, before, out, p, q, o):
    r00, r01, r02, r10, r11, r12 = carry[0, t], carry[1, t], carry[2, t], carry[3, t], carry[4, t], carry[5, t]
    r20, r21, r22, n = carry[6, t], carry[7, t], carry[8, t], full(first)
    for c in range(first, last):
        row = out[c]
        a, b, d = here[0, c], here[1, c], here[2, c]
        f0 = before[0, c] + a * r00 + b * r10 + d * r20
        f1 = before[1, c] + a * r01 + b * r11 + d * r21
        f2 = before[2, c] + a * r02 + b * r12 + d * r22
        for j in range(n):
            row[j] += f0 * p[j] + f1 * q[j] + f2 * o[j]
    for j in range(n):
        u, v, w = p[j], q[j], o[j]
        p[j] = r00 * u + r01 * v + r02 * w
        q[j] = r10 * u + r11 * v + r12 * w
        o[j] = r20 * u + r21 * v + r22 * w


@kernel
def pass_many(carry, size, t, first, last, here, before, out, rows):
    n = full(first)
    for c in range(first, last):
        row = out[c]
        for s in range(size):
            f = before[s, c]
            for i in range(size):
                f += here[i, c] * carry[i * size + s, t]
            w = rows[s]
            for j in range(n):
                row[j] += f * w[j]
    for s in range(size):
        z = rows[size + s]
        f = carry[s * size, t]
        w = rows[0]
        for j in range(n):
            z[j] = f * w[j]
        for i in range(1, size):
            f = carry[s * size + i, t]
            w = rows[i]
            for j in range(n):
                z[j] += f * w[j]
    for s in range(size):
        z, w = rows[size + s], rows[s]
        for j in range(n):
            w[j] = z[j]
