"""Held columns between what is kept, a store's plain rows and the workspaces of its held slots."""

from osb_hub.dispatch.structured.condense import TINY
from osb_hub.dispatch.structured.held import PSI_D, PSI_U
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.places import (
    HELD_SLOTS,
    LENGTH_OF,
    LONGEST,
    ON,
    Q_OF,
    SHARE,
    SIDE_AT,
    SIDE_OF,
    WINDOW_AT,
)
from osb_hub.dispatch.structured.reserve import *
from osb_hub.dispatch.structured.rows import *


@kernel
def load_held(y, g, slots, hold):
    """A store's data at the held slots and at the ends of windows, whose bands the windows then stand for."""
    share, held, longest, length = hold[SHARE], hold[HELD_SLOTS], hold[LONGEST], hold[LENGTH_OF]
    n = held.size
    gather(y, GAIN, held, 0, slots, g, GAIN_Q)
    gather(y, DRAIN, held, 0, slots, g, DRAIN_Q)
    gather(y, CHARGE_MAX, held, 0, slots, g, CHARGE_MAX_Q)
    gather(y, DISCHARGE_MAX, held, 0, slots, g, DISCHARGE_MAX_Q)
    for q in range(n):
        g[HAS_C + q] = 1.0 if g[CHARGE_MAX_Q + q] > TINY else 0.0
        g[HAS_D + q] = 1.0 if g[DISCHARGE_MAX_Q + q] > TINY else 0.0
    for side in range(2):
        c, on = side_of(g, side), hold[ON][side]
        for q in range(n):
            c[ON_C + q], c[ON_D + q] = on[q] * g[HAS_C + q], on[q] * g[HAS_D + q]
        for m in range(longest):
            w = window(g, side, m, longest)
            gather(y, FILL_MIN if side == UP else FILL_MAX, held, m, slots, w, EDGE)
            gather(y, BELOW_PRICE if side == UP else ABOVE_PRICE, held, m, slots, w, EDGE_PRICE)
            for q in range(n):
                t = held[q] + m
                w[EDGE_PRICE + q] *= share[side, t] if m < length[side, q] else 0.0
    for t in range(slots):
        if share[UP, t] > 0.0:
            y[BELOW_PRICE + t] = 0.0
        if share[DOWN, t] > 0.0:
            y[ABOVE_PRICE + t] = 0.0


@kernel
def recall_held(g, kept, hold):
    """The kept iterate of a store, rows × columns, into its workspace. What stands for columns that are not there stays as it is: positive."""
    side_at, window_at = hold[SIDE_AT], hold[WINDOW_AT]
    for r in range(KEPT_PAIRS):
        for j in range(side_at.size):
            g[side_at[j] + R_C + r * STRIDE] = kept[r, j]
    for m in range(hold[LONGEST]):
        for r in range(PER_WINDOW):
            for j in range(side_at.size):
                g[window_at[j] + m * WINDOW_SIZE + P_W + r * STRIDE] = kept[KEPT_PAIRS + PER_WINDOW * m + r, j]


@kernel
def keep_held(g, kept, hold):
    side_at, window_at = hold[SIDE_AT], hold[WINDOW_AT]
    for r in range(KEPT_PAIRS):
        for j in range(side_at.size):
            kept[r, j] = g[side_at[j] + R_C + r * STRIDE]
    for m in range(hold[LONGEST]):
        for r in range(PER_WINDOW):
            for j in range(side_at.size):
                kept[KEPT_PAIRS + PER_WINDOW * m + r, j] = g[window_at[j] + m * WINDOW_SIZE + P_W + r * STRIDE]


@kernel
def recall_room(z, psi, hold):
    """The prices of room, from columns to held slots."""
    col_side, col_q = hold[SIDE_OF], hold[Q_OF]
    for j in range(col_q.size):
        z[(PSI_U if col_side[j] == UP else PSI_D) + col_q[j]] = psi[j]


@kernel
def keep_room(z, psi, hold):
    col_side, col_q = hold[SIDE_OF], hold[Q_OF]
    for j in range(col_q.size):
        psi[j] = z[(PSI_U if col_side[j] == UP else PSI_D) + col_q[j]]
