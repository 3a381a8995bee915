"""How the fills of a home carry a price from one slot to another: b[i]·K⁻¹·b[j]ᵀ for all pairs of columns.

K⁻¹ of a block-tridiagonal K is semiseparable: seen from its own block, a column changes from block to block by a small matrix, carry[t] = −G[t]·B[t],
where G[t] is the inverse of the backward Schur complement. So all pairs cost O(columns²·size), and only `size` rows are alive at a time.
"""

from osb_hub.dispatch.structured.backward import backward
from osb_hub.dispatch.structured.kernel import inlined, kernel
from osb_hub.dispatch.structured.workspace import VECTOR


@kernel
def spread(room, size, blocks, begins, block_of, peaks, out):
    """Add b[i]·K⁻¹·b[j]ᵀ, and what a peak adds, to out[i, j], j ≤ i.

    Column c belongs to block t = block_of[c], begins[t] ≤ c < begins[t+1]: b[c] is here[:, c] in that block and before[:, c] in the one before.
    peaks: 1 where a peak couples all slots as well; then here[size]·forth[size]ᵀ is what it adds. Else 0.
    """
    diagonal, below, lower, coupling, _right, small, here, before, forth, back, along, live, carry, start = room
    if size > 0:
        backward(diagonal, below, coupling, size, blocks, carry, start, small)
        column_starts(lower, coupling, carry, start, size, block_of, here, before, forth, back, along)
    rows = size + peaks
    if peaks == 1:
        for c in range(block_of.size):
            along[size, c] = here[size, c]
    for r in range(rows):
        for c in range(live.shape[1]):
            live[r, c] = 0.0
    for t in range(blocks):
        first, last = begins[t], begins[t + 1]
        reach = (first + VECTOR - 1) // VECTOR * VECTOR  # beyond what is alive there are zeros
        for c in range(first, last):
            r = 0
            while r + 4 <= rows:
                add_four(out, c, along, live, r, reach)
                r += 4
            if r + 3 == rows:
                add_three(out, c, along, live, r, reach)
            elif r + 2 == rows:
                add_two(out, c, along, live, r, reach)
            elif r + 1 == rows:
                add_one(out, c, along, live, r, reach)
            for i in range(c, last):
                v = 0.0
                for s in range(size):
                    v += here[s, i] * forth[s, c] + before[s, i] * back[s, c]
                if peaks == 1:
                    v += here[size, i] * forth[size, c]
                out[i, c] += v
        pass_on(carry, size, t, reach, live)
        for r in range(rows):
            for c in range(first, last):
                live[r, c] = forth[r, c]


@inlined
def add_one(out, c, f, a, r, n):
    f0 = f[r, c]
    for j in range(n):
        out[c, j] += f0 * a[r, j]


@inlined
def add_two(out, c, f, a, r, n):
    f0, f1 = f[r, c], f[r + 1, c]
    for j in range(n):
        out[c, j] += f0 * a[r, j] + f1 * a[r + 1, j]


@inlined
def add_three(out, c, f, a, r, n):
    f0, f1, f2 = f[r, c], f[r + 1, c], f[r + 2, c]
    for j in range(n):
        out[c, j] += f0 * a[r, j] + f1 * a[r + 1, j] + f2 * a[r + 2, j]


@inlined
def add_four(out, c, f, a, r, n):
    f0, f1, f2, f3 = f[r, c], f[r + 1, c], f[r + 2, c], f[r + 3, c]
    for j in range(n):
        out[c, j] += f0 * a[r, j] + f1 * a[r + 1, j] + f2 * a[r + 2, j] + f3 * a[r + 3, j]


@inlined
def pass_on(carry, size, t, reach, live):
    """What is alive, seen from the next block: carry[t]·live."""
    if size == 1:
        f = carry[0, t]
        for j in range(reach):
            live[0, j] *= f
    elif size == 2:
        f00, f01, f10, f11 = carry[0, t], carry[1, t], carry[2, t], carry[3, t]
        for j in range(reach):
            u, v = live[0, j], live[1, j]
            live[0, j], live[1, j] = f00 * u + f01 * v, f10 * u + f11 * v
    elif size == 3:
        f00, f01, f02 = carry[0, t], carry[1, t], carry[2, t]
        f10, f11, f12 = carry[3, t], carry[4, t], carry[5, t]
        f20, f21, f22 = carry[6, t], carry[7, t], carry[8, t]
        for j in range(reach):
            u, v, w = live[0, j], live[1, j], live[2, j]
            live[0, j] = f00 * u + f01 * v + f02 * w
            live[1, j] = f10 * u + f11 * v + f12 * w
            live[2, j] = f20 * u + f21 * v + f22 * w
    elif size > 3:
        pass_on_many(carry, size, t, reach, live)


@kernel
def pass_on_many(carry, size, t, reach, live):
    at = live.shape[0] // 2
    for s in range(size):
        for j in range(reach):
            live[at + s, j] = 0.0
        for i in range(size):
            f = carry[s * size + i, t]
            for j in range(reach):
                live[at + s, j] += f * live[i, j]
    for s in range(size):
        for j in range(reach):
            live[s, j] = live[at + s, j]


@kernel
def column_starts(lower, coupling, carry, start, size, block_of, here, before, forth, back, along):
    """How a column begins: in its own block (forth) and in the one before (back), and its part in what is alive (along)."""
    n = block_of.size
    for i in range(size):  # u = L⁻¹·before, of the block before
        u, b = back[i], before[i]
        for c in range(n):
            u[c] = b[c]
        for j in range(i):
            f, w = lower[i * size + j], back[j]
            for c in range(n):
                u[c] -= f[max(block_of[c] - 1, 0)] * w[c]
        f = lower[i * size + i]
        for c in range(n):
            u[c] *= f[max(block_of[c] - 1, 0)]
    for i in range(size):  # (start·startᵀ)·forth = here − coupling·u
        v, b = forth[i], here[i]
        for c in range(n):
            v[c] = b[c]
        for j in range(size):
            f, w = coupling[i * size + j], back[j]
            for c in range(n):
                v[c] -= f[block_of[c]] * w[c]
        for j in range(i):
            f, w = start[i * size + j], forth[j]
            for c in range(n):
                v[c] -= f[block_of[c]] * w[c]
        f = start[i * size + i]
        for c in range(n):
            v[c] *= f[block_of[c]]
    for i in range(size - 1, -1, -1):
        v = forth[i]
        for j in range(i + 1, size):
            f, w = start[j * size + i], forth[j]
            for c in range(n):
                v[c] -= f[block_of[c]] * w[c]
        f = start[i * size + i]
        for c in range(n):
            v[c] *= f[block_of[c]]
    for i in range(size - 1, -1, -1):  # back = L⁻ᵀ·(u − couplingᵀ·forth)
        u = back[i]
        for j in range(size):
            f, w = coupling[j * size + i], forth[j]
            for c in range(n):
                u[c] -= f[block_of[c]] * w[c]
        for j in range(i + 1, size):
            f, w = lower[j * size + i], back[j]
            for c in range(n):
                u[c] -= f[max(block_of[c] - 1, 0)] * w[c]
        f = lower[i * size + i]
        for c in range(n):
            u[c] *= f[max(block_of[c] - 1, 0)] * (1.0 if block_of[c] > 0 else 0.0)
    for s in range(size):
        v, b = along[s], before[s]
        for c in range(n):
            v[c] = b[c]
        for i in range(size):
            f, w = carry[i * size + s], here[i]
            for c in range(n):
                v[c] += f[block_of[c]] * w[c]
