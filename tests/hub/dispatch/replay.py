"""A schedule stepped through, slot by slot: what a meter in every home and feeder would have seen, and what it costs.

For the tests: it shares nothing with the hub. Powers that a store cannot do are an error here, not clipped.
"""

from types import SimpleNamespace

import numpy as np
from scipy.optimize import linprog

INF = np.inf


def replay(f, market, charge_w, discharge_w, pv_used_w):
    """Fills, flows, excesses [S|H|F, T] and costs [EUR] by who pays; reserve is left out (see `most_reserve`)."""
    S, H, F, T, dt = f.stores, f.homes, f.feeders, f.slots, f.slot_h
    r = SimpleNamespace(
        fill=np.zeros((S, T)),
        below=np.zeros((S, T)),
        above=np.zeros((S, T)),
        net=np.zeros((H, T)),
        fuse_excess=np.zeros((H, T)),
        feeder_net=np.zeros((F, T)),
        import_excess=np.zeros((F, T)),
        export_excess=np.zeros((F, T)),
        portfolio_net=np.zeros(T),
        wear=0.0,
        comfort=0.0,
        household_energy=0.0,
        feeder_penalty=0.0,
        portfolio_energy=0.0,
        requests=0.0,
        missing=0.0,
    )
    peak = np.array(f.peak_floor_w, dtype=float)
    now = np.array(f.fill0_wh, dtype=float)
    parents = [ancestors(f, g) for g in range(F)]
    for t in range(T):
        c, d = (np.asarray(x[:, t], dtype=float) for x in (charge_w, discharge_w))
        now = f.retention[:, t] * now + dt * (f.eta_in[:, t] * c - d / f.eta_out[:, t] + f.usage_w[:, t])
        r.fill[:, t] = now
        r.below[:, t] = np.where(now < f.fill_min_wh[:, t], f.fill_min_wh[:, t] - now, 0)
        r.above[:, t] = np.where(now > f.fill_max_wh[:, t], now - f.fill_max_wh[:, t], 0)
        for out, price in ((r.below, f.below_price), (r.above, f.above_price)):
            r.comfort += sum(out[s, t] * price[s, t] for s in np.flatnonzero(out[:, t]) if price[s, t] < INF)
        r.wear += float(np.dot(f.wear_price[:, t], c + d)) * dt

        net = f.load_w[:, t] - pv_used_w[:, t] + np.bincount(f.store_home, c - d, minlength=H)
        r.net[:, t] = net
        drawn, fed = np.where(net > 0, net, 0), np.where(net < 0, -net, 0)
        r.fuse_excess[:, t] = np.maximum(0, np.maximum(drawn - f.import_max_w[:, t], fed - f.export_max_w[:, t]))
        r.household_energy += float(np.dot(f.import_price[:, t], drawn) - np.dot(f.export_price[:, t], fed)) * dt
        peak = np.maximum(peak, drawn)

        own = np.bincount(f.home_feeder, net, minlength=F)
        for g in range(F):
            for node in parents[g]:
                r.feeder_net[node, t] += own[g]
        for g in range(F):
            r.import_excess[g, t] = max(0.0, r.feeder_net[g, t] - f.feeder_import_max_w[g, t])
            r.export_excess[g, t] = max(0.0, -r.feeder_net[g, t] - f.feeder_export_max_w[g, t])
            r.feeder_penalty += f.feeder_penalty[g, t] * dt * (r.import_excess[g, t] + r.export_excess[g, t])

        total = float(net.sum())
        r.portfolio_net[t] = total
        r.portfolio_energy += dt * total * (market.buy_price[t] if total > 0 else market.sell_price[t])
        for request in market.requests:
            if t in request.slots:
                baseline = request.baseline_w[request.slots.index(t)]
                delivered = baseline - total if request.direction == "up" else total - baseline
                short = max(0.0, request.power_w - delivered)
                r.requests += dt * (request.shortfall_penalty * short - request.price * (request.power_w - short))
                r.missing += dt * request.shortfall_penalty * short
    r.household_peak = float(np.dot(f.peak_price, peak - f.peak_floor_w))
    r.end_value = -float(np.dot(f.end_value, now))
    return r


def ancestors(f, feeder):
    """The feeder and all above it."""
    nodes = []
    while feeder != -1:
        nodes.append(feeder)
        feeder = int(f.feeder_parent[feeder])
    return nodes


def most_reserve(f, market, r, charge_w, discharge_w):
    """What reserve costs at the least [EUR] beside these powers, and of that the penalty: one small programme.

    With every limit as it stands: bands and feeders are left no further for the sake of reserve. `r` is the replay.
    """
    cost, high, rows, right = [], [], [], []
    constant, missing = 0.0, []

    def x(price=0.0, most=INF):
        cost.append(price)
        high.append(most)
        return len(cost) - 1

    def at_most(terms, limit):
        rows.append(terms)
        right.append(limit)

    for product in market.reserve:
        up = product.direction == "up"
        offered = x(most=product.power_w if product.offered else 0.0)
        for t in product.slots:
            by_home = {h: [] for h in range(f.homes)}
            for s in range(f.stores):
                h = f.store_home[s]
                if f.backup[h] or f.reliability[h, t] == 0:
                    continue
                if up:
                    rc, rd = x(most=charge_w[s, t]), x(most=f.discharge_max_w[s, t] - discharge_w[s, t])
                else:
                    rc, rd = x(most=f.charge_max_w[s, t] - charge_w[s, t]), x(most=discharge_w[s, t])
                by_home[h] += [rc, rd]
                for m in range(1, product.endurance + 1):
                    if t + m - 1 < f.slots:
                        fill = r.fill[s, t + m - 1]
                        room = fill - f.fill_min_wh[s, t + m - 1] if up else f.fill_max_wh[s, t + m - 1] - fill
                        drain = {rc: m * f.slot_h * f.eta_in[s, t], rd: m * f.slot_h / f.eta_out[s, t]}
                        at_most(drain, max(0.0, room))
            for h, columns in by_home.items():
                room = f.export_max_w[h, t] + r.net[h, t] if up else f.import_max_w[h, t] - r.net[h, t]
                at_most(dict.fromkeys(columns, 1.0), max(0.0, room))
            for g in range(f.feeders):
                limit = f.feeder_export_max_w[g, t] if up else f.feeder_import_max_w[g, t]
                room = limit + r.feeder_net[g, t] if up else limit - r.feeder_net[g, t]
                below = [c for h in by_home if g in ancestors(f, f.home_feeder[h]) for c in by_home[h]]
                at_most(dict.fromkeys(below, 1.0), max(0.0, room))
            promise = {c: -f.reliability[h, t] for h in by_home for c in by_home[h]}
            if product.offered:
                cost[offered] -= product.price * f.slot_h
                at_most({offered: 1 + product.pool_margin, **promise}, 0.0)
            else:
                constant -= product.price * f.slot_h * product.power_w
                short = x(product.shortfall_penalty * f.slot_h)
                missing.append(short)
                at_most({short: -1.0, **promise}, -(1 + product.pool_margin) * product.power_w)
    if not cost:
        return 0.0, 0.0
    matrix = np.zeros((len(rows), len(cost)))
    for i, terms in enumerate(rows):
        for column, value in terms.items():
            matrix[i, column] = value
    finite = np.isfinite(right)
    found = linprog(
        np.array(cost) * 1000,
        matrix[finite],
        np.array(right)[finite] / 1000,
        bounds=np.column_stack([np.zeros(len(cost)), np.array(high).clip(min=0) / 1000]),
    )
    assert found.status == 0, found.message
    penalty = sum(found.x[c] * cost[c] for c in missing) * 1000
    return constant + found.fun, penalty
