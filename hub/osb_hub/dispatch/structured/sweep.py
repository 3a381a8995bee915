"""One pass over a partition: every home takes its step at the new prices and is linearised anew.

Feeders are handled in the order given, children before parents. Only `total` and `link_total` leave the partition: the sensitivity and the link vector
(net, −reserve, −reliability·reserve) of everything in it, once its own limits are eliminated.
"""

from osb_hub.dispatch.structured.feeder import eliminate, fit_limits, weights
from osb_hub.dispatch.structured.held import HELD_D, HELD_U, R_DOWN, R_UP
from osb_hub.dispatch.structured.held_rows import keep_held, keep_room, load_held, recall_held, recall_room
from osb_hub.dispatch.structured.held_step import products_held, rooms
from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.memory import keep, load_home, load_store, recall
from osb_hub.dispatch.structured.newton import newton
from osb_hub.dispatch.structured.places import HELD_AT, NET_AT, Q_OF, SIDE_OF, SLOT_OF, WEIGHTED_AT
from osb_hub.dispatch.structured.prices import home_prices
from osb_hub.dispatch.structured.reserve import UP
from osb_hub.dispatch.structured.rows import *
from osb_hub.dispatch.structured.step import complementarity, take_step
from osb_hub.dispatch.structured.yields import yields

AT_FIRST = 4  # steps of a home by itself, at most
WHOLE = 0.99
STEP, CENTRE, LINEARISE = 0, 1, 2
LEAST = 0.3  # of the mean complementarity aimed at, for a home that is ahead
LEAST_OWN, MOST_OWN = 0.05, 0.9  # of its own complementarity, where a home aims by its own step


@kernel
def fetch(h, x, g, z, p, i, first, k, data, fills, kept, reserves, hold, dt, hard, grain, slots):
    """The data and the kept iterate of home i into the workspaces."""
    kept_held, at, psi, _reliability, holds = reserves
    load_home(h, i, data[1], dt, slots)
    for s in range(k):
        y = x[s * STORE_SIZE : (s + 1) * STORE_SIZE]
        load_store(y, first + s, data[0], fills[0], fills[1], dt, hard, slots)
        if holds[i]:
            load_held(y, g[s], slots, hold)
            recall_held(g[s], kept_held[at[first + s]], hold)
    if holds[i]:
        recall_room(z, psi[i], hold)
    recall(h, x, p, i, first, k, kept, slots, grain)


@kernel
def put_back(h, x, g, z, i, first, k, kept, reserves, hold, slots):
    """The iterate of home i out of the workspaces."""
    kept_held, at, psi, _reliability, holds = reserves
    keep(h, x, i, first, k, kept, slots)
    if holds[i]:
        keep_room(z, psi[i], hold)
        for s in range(k):
            keep_held(g[s], kept_held[at[first + s]], hold)


@kernel
def sweep(
    feeders, parent, homes_of, stores_of, data, fills, kept, reserves, hold, home_mu,
    net_goal, reserve_goal, net_now, reserve_now, goal, path,
    rows, elimination, state, limits, penalty, feeder_mu, feeder_weight, inner, buffers,
    dt, hard, grain, mu_goal, shrink, laggard, is_first, loose, home_space, feeder_space, total, link_total, now_total,
):  # fmt: skip
    """Step (unless it is the first pass) and linearise the homes of these feeders; add what the portfolio sees to total and link_total,
    and what homes do now, in the same columns, to now_total.

    shrink: part of its complementarity that each home is to keep. laggard: a home whose step was shorter is centred once more. loose: feeders' room follows from what flows.
    net_goal [T], reserve_goal [J]: the portfolio's prices to step to; net_now, reserve_now: those after its step. goal, path: see descend_all, path_prices.
    Returns complementarity, its count, the sums of step lengths and the number of homes.
    """
    slots = net_now.size
    theta_, base_, root_, lower_, yielding_, pull_, phi_, _moved = elimination
    row_slot, row_side, _row_net, row_column = rows
    col_slot, col_side, net_at, held_at, weighted_at, col_q = (
        hold[SLOT_OF],
        hold[SIDE_OF],
        hold[NET_AT],
        hold[HELD_AT],
        hold[WEIGHTED_AT],
        hold[Q_OF],
    )
    columns = slots + col_slot.size
    wide = columns + col_slot.size  # the same reserve once more, weighted by reliability
    h, x, g, z, room = home_space
    s_, link, flow, net, got, doing, calls, net_now_, before = feeder_space
    reliability, holds, peak = reserves[3], reserves[4], kept[6]
    products, pairs, sum_p, sum_d, homes = 0.0, 0.0, 0.0, 0.0, 0
    for f in feeders:
        own = inner[f]
        if own >= 0:
            for c in range(wide):
                take(s_[c], buffers[0][own, c], wide)
            take(link, buffers[1][own], wide)
            take(net, buffers[2][own], slots)
            take(got, buffers[2][own, slots:], columns - slots)
            take(doing, buffers[3][own], columns)
        else:
            s_[:, :] = 0.0
            link[:] = 0.0
            net[:] = 0.0
            got[:] = 0.0
            doing[:] = 0.0
        for i in range(homes_of[f], homes_of[f + 1]):
            first, k = stores_of[i], stores_of[i + 1] - stores_of[i]
            p, holding = peak[i], holds[i]
            fetch(h, x, g, z, p, i, first, k, data, fills, kept, reserves, hold, dt, hard, grain, slots)
            if is_first:
                for _ in range(AT_FIRST):  # to its own optimum at the first prices, before anyone hears of it
                    home_prices(h, z, reliability[i], hold, net_now, reserve_now, path[f], slots)
                    newton(h, x, p, k, slots, mu_goal, room, holding, hold, g, z)
                    ap, ad = take_step(h, x, p, k, slots, mu_goal, holding, hold, g, z)
                    if min(ap, ad) >= WHOLE:
                        break
            shortest = 1.0
            for phase in range(STEP, LINEARISE + 1):
                if (phase == STEP and is_first) or (phase == CENTRE and shortest >= laggard):
                    continue
                if phase == LINEARISE:
                    home_prices(h, z, reliability[i], hold, net_now, reserve_now, path[f], slots)
                else:
                    home_prices(h, z, reliability[i], hold, net_goal, reserve_goal, goal[f], slots)
                mu = home_mu[i]
                if phase != STEP:
                    c, n = complementarity(h, x, p, k, slots)
                    if holding:
                        c_held, n_held = products_held(h, x, k, hold, g, z)
                        c, n = c + c_held, n + n_held
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
                    put_back(h, x, g, z, i, first, k, kept, reserves, hold, slots)
                    add_doing(h, x, k, slots, holding, hold, g, z, reliability[i], doing, now_total)
                newton(h, x, p, k, slots, mu, room, holding, hold, g, z)
                if phase != LINEARISE:
                    ap, ad = take_step(h, x, p, k, slots, mu, holding, hold, g, z)
                    if phase == STEP:
                        shortest = min(ap, ad)
                        sum_p += ap
                        sum_d += ad
                        homes += 1
            yields(h, x, p, k, slots, room, holding, hold, g, z, reliability[i], s_)
            for t in range(slots):
                net[t] += h[NET + t]
                link[net_at[t]] += h[NET + t]
            if holding:
                for j in range(col_slot.size):
                    r = z[(R_UP if col_side[j] == UP else R_DOWN) + col_q[j]]
                    got[j] += r
                    link[held_at[j]] -= r
                    link[weighted_at[j]] -= reliability[i, j] * r
        for i in range(wide):
            for j in range(i):
                s_[j, i] = s_[i, j]
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
                for j in range(held_at.size):
                    if held_at[j] == row_column[r]:
                        flow[r] += got[j]
        weights(state[f], limits[f], penalty[f], feeder_mu[f], row_slot, row_side, theta_[f], base_[f])
        for c in range(wide):
            before[c] = link[c]
        eliminate(s_, link, flow, phi_[f], theta_[f], base_[f], rows, root_[f], lower_[f], yielding_[f], pull_[f])
        up = parent[f]
        if up >= 0:
            at_ = inner[up]
            add_rows(buffers[0][at_], buffers[1][at_], s_, link)
            for c in range(columns):
                buffers[3][at_, c] += doing[c]
            for t in range(slots):
                buffers[2][at_, t] += net[t] + link[net_at[t]] - before[net_at[t]]
            for j in range(held_at.size):
                buffers[2][at_, slots + j] += got[j] - (link[held_at[j]] - before[held_at[j]])
        else:
            add_rows(total, link_total, s_, link)
    return products, pairs, sum_p, sum_d, homes


@kernel
def take(target, source, n):
    """Move the first n numbers and leave zeros."""
    for c in range(n):
        target[c], source[c] = source[c], 0.0


@kernel
def add_rows(total, link_total, s_, link):
    """Add a feeder's sensitivity and link vector."""
    n = link.size
    for c in range(n):
        link_total[c] += link[c]
        target, source = total[c], s_[c]
        for j in range(n):
            target[j] += source[j]


@kernel
def add_doing(h, x, k, slots, holding, hold, g, z, reliability, doing, now_total):
    """What a home does in its iterate: net and reserve, to its feeder's sum; the reserve by its reliability to the portfolio's."""
    col_side, net_at, weighted_at, col_q = hold[SIDE_OF], hold[NET_AT], hold[WEIGHTED_AT], hold[Q_OF]
    for t in range(slots):
        net = h[IMPORT + t] - h[EXPORT + t]
        doing[t] += net
        now_total[net_at[t]] += net
    if holding:
        rooms(h, x, k, hold, g, z)
        for j in range(col_q.size):
            r = z[(HELD_U if col_side[j] == UP else HELD_D) + col_q[j]]
            doing[slots + j] += r
            now_total[weighted_at[j]] -= reliability[j] * r
