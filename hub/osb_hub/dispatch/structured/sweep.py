"""One pass over a partition: every home takes its step at the new prices and is linearised anew.

Feeders are handled in the order given, children before parents. Only `total` and `link_total` leave the partition: the sensitivity and the link vector
(net, −reserve, −reliability·reserve) of everything in it, once its own limits are eliminated.
"""

import numpy as np

from osb_hub.dispatch.structured.condense import TINY
from osb_hub.dispatch.structured.feeder import eliminate, fit_limits, weights
from osb_hub.dispatch.structured.held import HELD_SIZE
from osb_hub.dispatch.structured.held_rows import keep_held, make_held, recall_held
from osb_hub.dispatch.structured.held_step import hide_bands, products_held, start_held
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.memory import keep, load_home, load_store, recall, start_home, start_store
from osb_hub.dispatch.structured.newton import newton
from osb_hub.dispatch.structured.prices import home_prices
from osb_hub.dispatch.structured.reserve_rows import R_C, R_D
from osb_hub.dispatch.structured.rows import *
from osb_hub.dispatch.structured.spread import full
from osb_hub.dispatch.structured.step import complementarity, take_step
from osb_hub.dispatch.structured.weighted import add_weighted, mirror
from osb_hub.dispatch.structured.yields import yields

LAGGARD = 0.4  # a home whose step was shorter is centred once more
STEP, CENTRE, LINEARISE = 0, 1, 2
LEAST = 0.3  # of the mean complementarity aimed at, for a home that is ahead
LEAST_OWN, MOST_OWN = 0.05, 0.9  # of its own complementarity, where a home aims by its own step


@kernel
def make_room(stores, slots, hold):
    """Space for one home's matrices."""
    longest, columns = hold[7], full(slots + hold[0].size)
    k = max(stores, 1) * longest
    return (
        np.zeros((k * k, slots)),  # diagonal
        np.zeros((k * k, slots)),  # below
        np.zeros((k * k, slots)),  # lower
        np.zeros((k, slots)),  # right
        np.zeros((5, max(k, 2), max(k, 2))),  # small
        np.zeros((k * k, slots)),  # coupling
        np.zeros((k, columns)),  # here
        np.zeros((k, columns)),  # before
        np.zeros((k * k, slots)),  # carry
        np.zeros((2 * k, columns)),  # rows
        np.zeros((k * k, slots)),  # start
        make_held(stores, longest),
        np.zeros(HELD_SIZE),
        np.zeros(hold[0].size),  # pulls
    )


@kernel
def fetch(h, x, i, first, k, data, fills, hold, holding, dt, hard, slots):
    store_data, home_data = data
    load_home(h, i, home_data, dt, slots)
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        load_store(y, first + s, store_data, fills[0], fills[1], dt, hard, slots)
        if holding:
            hide_bands(y, slots, hold[3])


@kernel
def start(feeders, homes_of, stores_of, data, fills, peaks, kept, reserves, hold, net_price, dt, hard, mu, most_stores):
    """First iterates of all homes of these feeders."""
    slots = net_price.size
    h, x = np.zeros(HOME_SIZE), np.zeros(max(most_stores, 1) * STORE_SIZE)
    peak = kept[6]
    kept_held, at, psi, _reliability, holds = reserves
    space = make_held(most_stores, hold[7])
    for f in feeders:
        for i in range(homes_of[f], homes_of[f + 1]):
            first, k = stores_of[i], stores_of[i + 1] - stores_of[i]
            fetch(h, x, i, first, k, data, fills, hold, False, dt, hard, slots)
            for t in range(slots):
                h[PRICE + t] = net_price[t]
            start_home(h, peak[i], slots, mu, 1e3 * peaks[0][i], 1e-3 * peaks[1][i])
            for s in range(k):
                start_store(x[s * STORE_SIZE : (s + 1) * STORE_SIZE], slots, mu)
                if holds[i]:
                    hide_bands(x[s * STORE_SIZE : (s + 1) * STORE_SIZE], slots, hold[3])
            if holds[i]:
                recall_held(x, k, first, hold, kept_held, at, space)
                start_held(h, x, k, slots, hold, space, psi[i], mu)
                keep_held(k, first, hold, kept_held, at, space)
            keep(h, x, i, first, k, kept, slots)


@kernel
def sweep(
    feeders, parent, homes_of, stores_of, data, fills, kept, reserves, hold, home_mu,
    net_goal, reserve_goal, net_now, reserve_now, goal, path,
    rows, elimination, state, limits, penalty, feeder_mu, feeder_weight, inner, buffers,
    dt, hard, grain, mu_goal, shrink, is_first, loose, most_stores, total, link_total, now_total,
):  # fmt: skip
    """Step (unless it is the first pass) and linearise the homes of these feeders; add what the portfolio sees to total and link_total,
    and what homes do now, in the same columns, to now_total.

    shrink: part of its complementarity that each home is to keep. loose: feeders' room follows from what flows.
    net_goal [T], reserve_goal [J]: the portfolio's prices to step to; net_now, reserve_now: those after its step. goal, path: see descend_all, path_prices.
    Returns complementarity, its count, the sums of step lengths and the number of homes.
    """
    slots = net_now.size
    theta_, base_, root_, lower_, yielding_, pull_, phi_, _moved = elimination
    row_slot, row_side, _row_net, row_column = rows
    col_slot, col_side, net_at, col_at = hold[0], hold[1], hold[8], hold[9]
    columns = slots + col_slot.size
    wide = columns + col_slot.size  # the same reserve once more, weighted by reliability
    h, x = np.zeros(HOME_SIZE), np.zeros(max(most_stores, 1) * STORE_SIZE)
    room = make_room(most_stores, slots, hold)
    own_, s_, link, flow = (
        np.zeros((columns, full(columns))),
        np.zeros((wide, wide)),
        np.zeros(wide),
        np.zeros(row_slot.size),
    )
    plain = np.ones(col_slot.size)
    net, got = np.zeros(slots), np.zeros(col_slot.size)
    doing, calls, net_now_ = np.zeros(columns), np.zeros((2, slots)), np.zeros(slots)
    worth, links = np.zeros(col_slot.size), np.zeros(col_slot.size)
    kept_held, at, psi, reliability, holds = reserves
    peak = kept[6]
    products, pairs, sum_p, sum_d, homes = 0.0, 0.0, 0.0, 0.0, 0
    for f in feeders:
        own = inner[f]
        if own >= 0:
            s_[:, :] = buffers[0][own]
            s_[:columns, columns:] = 0.0
            link[:] = buffers[1][own]
            net[:] = buffers[2][own, :slots]
            got[:] = buffers[2][own, slots:columns]
            doing[:] = buffers[3][own, :columns]
            buffers[3][own] = 0.0
            buffers[0][own] = 0.0
            buffers[1][own] = 0.0
            buffers[2][own] = 0.0
        else:
            s_[:, :] = 0.0
            link[:] = 0.0
            net[:] = 0.0
            got[:] = 0.0
            doing[:] = 0.0
        for i in range(homes_of[f], homes_of[f + 1]):
            first, k = stores_of[i], stores_of[i + 1] - stores_of[i]
            p, holding = peak[i], holds[i]
            fetch(h, x, i, first, k, data, fills, hold, holding, dt, hard, slots)
            recall(h, x, p, i, first, k, kept, slots, grain)
            if holding:
                recall_held(x, k, first, hold, kept_held, at, room[11])
            shortest = 1.0
            for phase in range(STEP, LINEARISE + 1):
                if (phase == STEP and is_first) or (phase == CENTRE and shortest >= LAGGARD):
                    continue
                if phase == LINEARISE:
                    home_prices(h, worth, reliability[i], hold, net_now, reserve_now, path[f], slots)
                else:
                    home_prices(h, worth, reliability[i], hold, net_goal, reserve_goal, goal[f], slots)
                mu = home_mu[i]
                if phase != STEP:
                    c, n = all_products(h, x, p, k, slots, room, holding, hold, psi[i])
                    mu = max(c / n, mu_goal)
                if phase == LINEARISE:
                    products += c
                    pairs += n
                    if is_first:
                        mu = mu_goal
                    elif loose or shrink == 1.0:
                        mu = max(shrink * c / n, LEAST * mu_goal)
                    else:
                        short = 1.0 - shortest
                        mu = max(min(max(short * short, LEAST_OWN), MOST_OWN) * c / n, 0.5 * mu_goal)
                    home_mu[i] = mu
                    keep(h, x, i, first, k, kept, slots)
                    if holding:
                        keep_held(k, first, hold, kept_held, at, room[11])
                    add_doing(h, x, k, first, slots, holding, hold, kept_held, at, reliability[i], doing, now_total)
                newton(h, x, p, k, slots, mu, room, holding, hold, psi[i], worth, links)
                if phase != LINEARISE:
                    ap, ad = take_step(h, x, p, k, slots, mu, room, holding, hold, psi[i])
                    if phase == STEP:
                        shortest = min(ap, ad)
                        sum_p += ap
                        sum_d += ad
                        homes += 1
            yields(h, x, p, k, slots, room, holding, hold, plain, own_)
            add_weighted(own_, holding, col_at, reliability[i], s_)
            for t in range(slots):
                net[t] += h[NET + t]
                link[net_at[t]] += h[NET + t]
            if holding:
                for j in range(links.size):
                    got[j] += links[j]
                    link[col_at[j]] -= links[j]
                    link[columns + j] -= reliability[i, j] * links[j]
        mirror(s_, columns, col_at)
        for t in range(slots):
            net_now_[t], calls[0, t], calls[1, t] = doing[t], 0.0, 0.0
        for j in range(col_slot.size):
            calls[col_side[j], col_slot[j]] += doing[slots + j]
        if loose or is_first:
            fit_limits(
                state[f], limits[f], penalty[f], feeder_weight[f] * mu_goal, net_now_, calls[0], calls[1], is_first
            )
        if is_first:
            phi_[f] = 0.0  # prices at which the homes have just been linearised
        feeder_mu[f] = feeder_weight[f] * mu_goal
        for r in range(row_slot.size):
            sign = -1.0 if row_side[r] == 2 else 1.0
            flow[r] = sign * net[row_slot[r]]
            if row_column[r] >= 0:
                for j in range(col_at.size):
                    if col_at[j] == row_column[r]:
                        flow[r] += got[j]
        weights(state[f], limits[f], penalty[f], feeder_mu[f], row_slot, row_side, theta_[f], base_[f])
        before = link.copy()
        eliminate(s_, link, flow, phi_[f], theta_[f], base_[f], rows, root_[f], lower_[f], yielding_[f], pull_[f])
        up = parent[f]
        if up >= 0:
            at_ = inner[up]
            buffers[0][at_] += s_
            buffers[1][at_] += link
            for c in range(columns):
                buffers[3][at_, c] += doing[c]
            for t in range(slots):
                buffers[2][at_, t] += net[t] + link[net_at[t]] - before[net_at[t]]
            for j in range(col_at.size):
                buffers[2][at_, slots + j] += got[j] - (link[col_at[j]] - before[col_at[j]])
        else:
            total += s_
            link_total += link
    return products, pairs, sum_p, sum_d, homes


@kernel
def all_products(h, x, p, k, slots, room, holding, hold, psi):
    c, n = complementarity(h, x, p, k, slots)
    if holding:
        a, b = products_held(h, x, k, slots, hold, room[11], room[12], psi)
        c += a
        n += b
    return c, n


@kernel
def add_doing(h, x, k, first, slots, holding, hold, kept_held, at, reliability, doing, now_total):
    """What a home does in its iterate: net and reserve, to its feeder's sum; the reserve by its reliability to the portfolio's."""
    net_at, col_at = hold[8], hold[9]
    for t in range(slots):
        net = h[IMPORT + t] - h[EXPORT + t]
        doing[t] += net
        now_total[net_at[t]] += net
    if holding:
        for j in range(col_at.size):
            t = hold[0][j]
            for s in range(k):
                y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
                table = kept_held[at[first + s]]
                r = table[R_C, j] if y[CHARGE_MAX + t] > TINY else 0.0
                r += table[R_D, j] if y[DISCHARGE_MAX + t] > TINY else 0.0
                doing[slots + j] += r
                now_total[now_total.size - col_at.size + j] -= reliability[j] * r
