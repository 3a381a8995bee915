"""A feeder's limits, eliminated: what its parent sees of it is a smaller sensitivity and a shifted net.

A limit is soft: y is its price between 0 and its penalty, v the room below it, p the excess. In a slot without reserve both sides act on the net, so that
they are one row with the price phi = y[import] − y[export]. In a slot with reserve the import limit acts on net + downward, the export limit on −net + upward
reserve: two rows, each with one or two entries in the columns (net, −reserve).
"""

from math import sqrt

from osb_hub.dispatch.structured.kernel import kernel

BOTH_SIDES, IMPORT_SIDE, EXPORT_SIDE = 0, 1, 2
UNLIMITED = 1e9  # kW
BOUNDARY = 0.98


@kernel
def limit_weight(y, v, p, limit, price, mu):
    """Y' = base + weight·flow' of one limit `flow ≤ limit`."""
    z = price - y
    weight = 1.0 / (p / z + v / y)
    return y - (limit + mu / z - mu / y) * weight, weight


@kernel
def weights(state, limits, penalty, mu, row_slot, row_side, theta, base):
    """Phi' = base + theta·flow' of each row; theta is 0 where there is no limit."""
    for r in range(theta.size):
        t = row_slot[r]
        theta[r], base[r] = 0.0, 0.0
        for side in range(2):
            if row_side[r] == BOTH_SIDES or row_side[r] == side + 1:
                if limits[side, t] < UNLIMITED and penalty[t] > 0.0:
                    b, w = limit_weight(
                        state[0, side, t], state[1, side, t], state[2, side, t], limits[side, t], penalty[t], mu
                    )
                    theta[r] += w
                    base[r] += -b if row_side[r] == BOTH_SIDES and side == 1 else b


@kernel
def row_price(state, row_slot, row_side, phi):
    """Phi of each row, from the limits' states."""
    for r in range(phi.size):
        t = row_slot[r]
        if row_side[r] == BOTH_SIDES:
            phi[r] = state[0, 0, t] - state[0, 1, t]
        else:
            phi[r] = state[0, row_side[r] - 1, t]


@kernel
def row_entries(r, row_side, row_column):
    """Coefficients of a row at (net, reserve column)."""
    if row_side[r] == BOTH_SIDES:
        return 1.0, 0.0
    other = -1.0 if row_column[r] >= 0 else 0.0
    return (1.0 if row_side[r] == IMPORT_SIDE else -1.0), other


@kernel
def eliminate(s, link, flow, phi, theta, base, rows, root, lower, yielding, pull):
    """Take the rows' own prices out of link' = link − s·(price change above + Cᵀ·phi change). Replaces s and link by what the parent sees.

    `lower` is the factor of I + √theta·C·s·Cᵀ·√theta, `yielding` = L⁻¹·√theta·C·s, `pull` = L⁻¹·(what phi lacks)/√theta: kept for `descend`.
    """
    _row_slot, row_side, row_net, row_column = rows
    n, count = link.size, theta.size
    any_ = False
    for r in range(count):
        root[r] = sqrt(theta[r])
        any_ = any_ or theta[r] > 0.0
    if not any_:
        return
    for r in range(count):
        a, b = row_entries(r, row_side, row_column)
        f = root[r] * a
        source = s[row_net[r]]
        y = yielding[r]
        for j in range(n):
            y[j] = f * source[j]
        if b != 0.0:
            f = root[r] * b
            source = s[row_column[r]]
            for j in range(n):
                y[j] += f * source[j]
        for q in range(count):
            a, b = row_entries(q, row_side, row_column)
            v = a * y[row_net[q]]
            if b != 0.0:
                v += b * y[row_column[q]]
            lower[r, q] = v * root[q]
        lower[r, r] += 1.0
        pull[r] = (base[r] + theta[r] * flow[r] - phi[r]) / root[r] if theta[r] > 0.0 else 0.0
    for i in range(count):  # the factor's transpose, row by row, and the forward substitution with it
        v = pull[i]
        for k in range(i):
            v -= lower[k, i] * pull[k]
        subtract_rows(lower, lower, lower, i, i, i, count)
        subtract_rows(yielding, lower, yielding, i, i, 0, n)
        d = 1.0 / sqrt(lower[i, i])
        for j in range(i, count):
            lower[i, j] *= d
        for j in range(n):
            yielding[i, j] *= d
        pull[i] = v * d
    for i in range(n):
        subtract_rows(s, yielding, yielding, i, count, 0, i + 1)
    for i in range(n):
        for j in range(i):
            s[j, i] = s[i, j]
    for k in range(count):
        y = yielding[k]
        for j in range(n):
            link[j] -= y[j] * pull[k]


@kernel
def subtract_rows(target, weight, source, i, count, first, n):
    """Target[i, j] −= Σ weight[k, i]·source[k, j], k < count, first ≤ j < n: four rows at a time."""
    k = 0
    while k + 4 <= count:
        f0, f1, f2, f3 = weight[k, i], weight[k + 1, i], weight[k + 2, i], weight[k + 3, i]
        for j in range(first, n):
            target[i, j] -= f0 * source[k, j] + f1 * source[k + 1, j] + f2 * source[k + 2, j] + f3 * source[k + 3, j]
        k += 4
    while k < count:
        f = weight[k, i]
        for j in range(first, n):
            target[i, j] -= f * source[k, j]
        k += 1


@kernel
def descend(above, theta, root, lower, yielding, pull, change):
    """The change of each row's phi, given that of the prices above."""
    count, n = theta.size, above.size
    any_ = False
    for r in range(count):
        change[r] = 0.0
        any_ = any_ or theta[r] > 0.0
    if not any_:
        return
    for k in range(count):
        v = pull[k]
        y = yielding[k]
        for j in range(n):
            v -= y[j] * above[j]
        change[k] = v
    for k in range(count - 1, -1, -1):
        v = change[k]
        top = lower[k]
        for j in range(k + 1, count):
            v -= top[j] * change[j]
        change[k] = v / top[k]
    for k in range(count):
        change[k] *= root[k]


@kernel
def step_limits(state, limits, penalty, mu, row_slot, row_side, theta, base, phi, change, loose, moves):
    """Move the limits' prices along with phi' = phi + change. Where `loose`, room and excess follow from what flows."""
    ratio, ratio_p = BOUNDARY, BOUNDARY
    slots = penalty.size
    moves[:, :, :] = 0.0
    for r in range(theta.size):
        if theta[r] <= 0.0:
            continue
        t = row_slot[r]
        flow = (phi[r] + change[r] - base[r]) / theta[r]
        for side in range(2):
            if row_side[r] != BOTH_SIDES and row_side[r] != side + 1:
                continue
            if limits[side, t] < UNLIMITED and penalty[t] > 0.0:
                y, v, p = state[0, side, t], state[1, side, t], state[2, side, t]
                z = penalty[t] - y
                b, w = limit_weight(y, v, p, limits[side, t], penalty[t], mu)
                dy = b + w * (-flow if row_side[r] == BOTH_SIDES and side == 1 else flow) - y
                dv, dp = mu / y - v - v / y * dy, mu / z - p + p / z * dy
                moves[0, side, t], moves[1, side, t], moves[2, side, t] = dy, dv, dp
                ratio = max(ratio, -dy / y, dy / z)
                ratio_p = max(ratio_p, -dp / p, -dv / v)
    length, length_p = BOUNDARY / ratio, 0.0 if loose else BOUNDARY / ratio_p
    for side in range(2):
        for t in range(slots):
            state[0, side, t] += length * moves[0, side, t]
            state[1, side, t] += length_p * moves[1, side, t]
            state[2, side, t] += length_p * moves[2, side, t]


@kernel
def fit_limits(state, limits, penalty, mu, net, up, down, first):
    """Room v and excess p of each limit from what flows (up, down [T]: reserve that may be called): v − p = limit − flow, v·p = mu²/(y·z).

    On the central path that is where they are; off it no step of theirs can hold up the homes. At first the prices are set as well.
    """
    for side in range(2):
        for t in range(penalty.size):
            limit, price = limits[side, t], penalty[t]
            if limit >= UNLIMITED or price <= 0.0:
                state[0, side, t], state[1, side, t], state[2, side, t] = 0.0, 1.0, 1.0
                continue
            d = limit - (net[t] + down[t] if side == 0 else up[t] - net[t])
            if first:
                inside = max(d, 0.2 * abs(limit) + 0.1)
                q = 2.0 * mu + inside * price
                state[0, side, t] = (q - sqrt(max(q * q - 4.0 * inside * mu * price, 0.0))) / (2.0 * inside)
            y = state[0, side, t]
            product = mu * mu / (y * (price - y))
            root = sqrt(d * d + 4.0 * product)
            state[1, side, t] = 0.5 * (d + root) if d > 0.0 else 2.0 * product / (root - d)
            state[2, side, t] = 0.5 * (root - d) if d < 0.0 else 2.0 * product / (root + d)
