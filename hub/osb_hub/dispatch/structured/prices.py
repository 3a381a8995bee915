"""Prices on their way down: from the portfolio through the feeders to what a home sees."""

from osb_hub.dispatch.structured.feeder import descend, row_entries, row_price, step_limits
from osb_hub.dispatch.structured.held import WORTH_D, WORTH_U
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.places import HELD_SLOTS, Q_OF, SIDE_OF
from osb_hub.dispatch.structured.reserve import UP
from osb_hub.dispatch.structured.rows import *


@kernel
def descend_all(
    feeders, parent, full, rows, elimination, state, limits, penalty, feeder_mu, loose, goal, change, steps, moves
):  # fmt: skip
    """From the top down: each feeder's step, and what its homes are to aim at and where prices stand after it.

    full [columns]: the portfolio's full Newton change. goal [F, T + J]: change of the price of net, and of what feeders take from the worth
    of reserve, on the path above and at the feeder, at full length; change [F, columns] the same as the columns see it.
    """
    row_slot, row_side, row_net, row_column = rows
    theta, base, root, lower, yielding, pull, phi, moved = elimination
    for n in range(feeders.size - 1, -1, -1):
        f = feeders[n]
        up = parent[f]
        for c in range(full.size):
            change[f, c] = change[up, c] if up >= 0 else full[c]
        for c in range(goal.shape[1]):
            goal[f, c] = goal[up, c] if up >= 0 else 0.0
        descend(change[f], theta[f], root[f], lower[f], yielding[f], pull[f], moved[f])
        step_limits(
            state[f], limits[f], penalty[f], feeder_mu[f], row_slot, row_side, theta[f], base[f], phi[f], moved[f], loose, moves
        )  # fmt: skip
        for r in range(row_slot.size):
            a, b = row_entries(r, row_side, row_column)
            target = phi[f, r] + moved[f, r]
            change[f, row_net[r]] += a * moved[f, r]
            goal[f, row_slot[r]] += a * target
            if b != 0.0:
                change[f, row_column[r]] += b * moved[f, r]
                goal[f, steps[row_column[r]]] += target
        row_price(state[f], row_slot, row_side, phi[f])


@kernel
def path_prices(feeders, parent, rows, phi, path, steps):
    """Path [F, T + J]: sum of the feeders' own prices above and at each feeder, of net and of what they take from the worth of reserve."""
    row_slot, row_side, _row_net, row_column = rows
    for n in range(feeders.size - 1, -1, -1):
        f = feeders[n]
        up = parent[f]
        for c in range(path.shape[1]):
            path[f, c] = path[up, c] if up >= 0 else 0.0
        for r in range(row_slot.size):
            path[f, row_slot[r]] += -phi[f, r] if row_side[r] == 2 else phi[f, r]
            if row_column[r] >= 0:
                path[f, steps[row_column[r]]] += phi[f, r]


@kernel
def home_prices(h, z, reliability, hold, net_price, reserve_price, path, slots):
    """Prices that a home sees: of net, and what a kW that is held earns it."""
    col_side, col_q = hold[SIDE_OF], hold[Q_OF]
    for t in range(slots):
        h[PRICE + t] = net_price[t] + path[t]
    for q in range(hold[HELD_SLOTS].size):
        z[WORTH_U + q], z[WORTH_D + q] = 0.0, 0.0
    for j in range(col_q.size):
        z[(WORTH_U if col_side[j] == UP else WORTH_D) + col_q[j]] = reliability[j] * reserve_price[j] - path[slots + j]
