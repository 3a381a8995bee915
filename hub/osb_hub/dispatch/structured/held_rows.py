"""Held columns between what is kept, a home's plain rows and the workspaces of its held slots."""

import numpy as np

from osb_hub.dispatch.structured.condense import TINY
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.reserve_rows import *
from osb_hub.dispatch.structured.rows import *


@kernel
def make_held(stores, longest):
    """Workspaces of a home's stores: slots, sides, windows, touched fills."""
    return (
        np.zeros((stores, SLOT_SIZE)),
        np.zeros((stores, 2, SIDE_SIZE)),
        np.zeros((stores, 2, longest, WINDOW_SIZE)),
        np.zeros((stores, longest + 1, TOUCH_SIZE)),
    )


@kernel
def recall_held(x, k, first, hold, kept, at, space):
    """What is kept of held columns into the workspaces; and which of charge and discharge a store has."""
    w_, c_, win_ = space[0], space[1], space[2]
    side_of, place_of, held, longest = hold[1], hold[2], hold[4], hold[7]
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        table = kept[at[first + s]]
        for q in range(held.size):
            w_[s, ON_C + q] = 1.0 if y[CHARGE_MAX + held[q]] > TINY else 0.0
            w_[s, ON_D + q] = 1.0 if y[DISCHARGE_MAX + held[q]] > TINY else 0.0
            for side in range(2):
                c_[s, side, HAS_C + q], c_[s, side, HAS_D + q] = 0.0, 0.0
        for j in range(side_of.size):
            c, q = c_[s, side_of[j]], place_of[j]
            c[HAS_C + q], c[HAS_D + q] = w_[s, ON_C + q], w_[s, ON_D + q]
            for r in range(WINDOWS):
                c[r * STRIDE + q] = table[r, j]
            for m in range(longest):
                for r in range(PER_WINDOW):
                    win_[s, side_of[j], m, r * STRIDE + q] = table[WINDOWS + PER_WINDOW * m + r, j]


@kernel
def keep_held(k, first, hold, kept, at, space):
    c_, win_ = space[1], space[2]
    side_of, place_of, longest = hold[1], hold[2], hold[7]
    for s in range(k):
        table = kept[at[first + s]]
        for j in range(side_of.size):
            c, q = c_[s, side_of[j]], place_of[j]
            for r in range(WINDOWS):
                table[r, j] = c[r * STRIDE + q]
            for m in range(longest):
                for r in range(PER_WINDOW):
                    table[WINDOWS + PER_WINDOW * m + r, j] = win_[s, side_of[j], m, r * STRIDE + q]


@kernel
def gather(y, held, w):
    """A store's plain rows in its held slots."""
    for q in range(held.size):
        t = held[q]
        w[GAIN_H + q], w[DRAIN_H + q] = y[GAIN + t], y[DRAIN + t]
        w[CHARGE_H + q], w[DISCHARGE_H + q] = y[CHARGE + t], y[DISCHARGE + t]
        w[CHARGE_MAX_H + q], w[DISCHARGE_MAX_H + q] = y[CHARGE_MAX + t], y[DISCHARGE_MAX + t]
        w[IH_C_H + q], w[IH_D_H + q], w[G_C_H + q], w[G_D_H + q] = y[IH_C + t], y[IH_D + t], y[G_C + t], y[G_D + t]
        kept = y[RETENTION + t] if t > 0 else 0.0
        w[KEEPS + q] = kept
        w[BALANCE + q] = y[FILL + t] - y[INFLOW + t] - kept * y[FILL + max(t - 1, 0)]


@kernel
def gather_window(y, hold, side, m, slots, v):
    """Price and distance inside of the edge that each slot's window of m + 1 slots minds."""
    share, held, length = hold[3], hold[4], hold[6]
    for q in range(held.size):
        tau = min(held[q] + m, slots - 1)
        edge, price = y[FILL + tau] - y[FILL_MIN + tau], y[BELOW_PRICE_KEPT + tau]
        if side == DOWN:
            edge, price = y[FILL_MAX + tau] - y[FILL + tau], y[ABOVE_PRICE_KEPT + tau]
        price *= share[side, tau]
        v[PRICE_W + q] = price if m < length[side, q] and price > TINY else 0.0
        v[INSIDE + q] = edge
