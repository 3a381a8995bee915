"""The whole programme written term by term, with loops and named columns, and its optimum and multipliers by HiGHS.

For a handful of homes; it shares nothing with the hub but the fleet, the market and the form of the multipliers.
"""

from types import SimpleNamespace

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from osb_hub.dispatch.result import Multipliers
from osb_hub.dispatch.schedule import Schedule

INF = np.inf
KILO = 1000.0  # solved in kW and kWh


class Terms:
    def __init__(self):
        self.columns, self.cost, self.bounds = {}, [], []
        self.rows = {"equal": [], "most": []}
        self.right = {"equal": [], "most": []}
        self.names = {"equal": {}, "most": {}}

    def x(self, *name, price=0.0, low=0.0, high=INF):
        if name not in self.columns:
            self.columns[name] = len(self.cost)
            self.cost.append(price)
            self.bounds.append((low, high))
        return self.columns[name]

    def row(self, kind, name, terms, right):
        self.names[kind][name] = len(self.right[kind])
        self.rows[kind].append(terms)
        self.right[kind].append(right)

    def matrix(self, kind):
        entries = [(r, c, v) for r, row in enumerate(self.rows[kind]) for c, v in row]
        r, c, v = zip(*entries, strict=True) if entries else ((), (), ())
        return coo_array((v, (r, c)), shape=(len(self.rows[kind]), len(self.cost))).tocsr()

    def solve(self):
        raw = linprog(
            np.array(self.cost) * KILO,
            self.matrix("most"),
            np.array(self.right["most"]) / KILO,
            self.matrix("equal"),
            np.array(self.right["equal"]) / KILO,
            np.array(self.bounds) / KILO,
            method="highs-ds",
            options={"dual_feasibility_tolerance": 1e-9, "primal_feasibility_tolerance": 1e-9},
        )
        return raw


def whole_lp(f, market, fuse_price=None):
    """Status, optimum [EUR], schedule and multipliers of fleet `f`; only the status unless it is "optimal".

    With a `fuse_price` [EUR/Wh] fuses may be broken.
    """
    lp, dt, T = Terms(), f.slot_h, f.slots
    constant = 0.0
    held = {way: {} for way in ("up", "down")}  # slot → product
    for p, product in enumerate(market.reserve):
        held[product.direction] |= {t: p for t in product.slots}
    above = {g: path(f, g) for g in range(f.feeders)}

    net = {h: [[] for _ in range(T)] for h in range(f.homes)}  # import − export, as terms
    for h in range(f.homes):
        peak = lp.x("peak", h, price=f.peak_price[h])
        for t in range(T):
            i = lp.x("import", h, t, price=f.import_price[h, t] * dt)
            e = lp.x("export", h, t, price=-f.export_price[h, t] * dt)
            for way, flow, limit in (("down", i, f.import_max_w), ("up", e, f.export_max_w)):
                over = lp.x("over", way, h, t, price=(fuse_price or 0.0) * dt, high=INF if fuse_price else 0.0)
                lp.row("most", ("fuse", way, h, t), [(flow, 1.0), (over, -1.0)], limit[h, t])
            net[h][t] = [(i, 1.0), (e, -1.0)]
            stores = np.flatnonzero(f.store_home == h)
            flows = [(lp.x("c", s, t), -1.0) for s in stores] + [(lp.x("d", s, t), 1.0) for s in stores]
            used = lp.x("pv", h, t, high=f.pv_w[h, t])
            lp.row("equal", ("home", h, t), [*net[h][t], *flows, (used, 1.0)], f.load_w[h, t])
            lp.row("most", ("peak", h, t), [(i, 1.0), (peak, -1.0)], f.peak_floor_w[h])

    for s in range(f.stores):
        for t in range(T):
            c = lp.x("c", s, t)
            d = lp.x("d", s, t)
            lp.cost[c] = lp.cost[d] = f.wear_price[s, t] * dt
            lp.bounds[c], lp.bounds[d] = (0, f.charge_max_w[s, t]), (0, f.discharge_max_w[s, t])
            e = lp.x("fill", s, t, price=-f.end_value[s] if t == T - 1 else 0.0, low=-INF)
            row, right = [(e, 1.0), (c, -f.eta_in[s, t] * dt), (d, dt / f.eta_out[s, t])], f.usage_w[s, t] * dt
            if t:
                row.append((lp.x("fill", s, t - 1), -f.retention[s, t]))
            else:
                right += f.retention[s, t] * f.fill0_wh[s]
            lp.row("equal", ("store", s, t), row, right)
            for way, sign, edge, price in (
                ("below", -1.0, f.fill_min_wh, f.below_price),
                ("above", 1.0, f.fill_max_wh, f.above_price),
            ):
                soft = np.isfinite(price[s, t])
                out = lp.x(way, s, t, price=price[s, t] if soft else 0.0, high=INF if soft else 0.0)
                lp.row("most", (way, s, t), [(e, sign), (out, -1.0)], sign * edge[s, t])

    # per home and slot: the columns of its reserve
    reserve = {way: {(h, t): [] for h in range(f.homes) for t in held[way]} for way in held}
    for s in range(f.stores):
        h = f.store_home[s]
        for way, out, sign, edge in (("up", "below", -1.0, f.fill_min_wh), ("down", "above", 1.0, f.fill_max_wh)):
            for t, p in held[way].items():
                if f.backup[h] or not f.reliability[h, t] > 0:
                    continue
                rc, rd = lp.x(way, "c", s, t), lp.x(way, "d", s, t)
                reserve[way][h, t] += [rc, rd]
                c, d = lp.x("c", s, t), lp.x("d", s, t)
                if way == "up":
                    lp.row("most", ("less", way, s, t), [(rc, 1.0), (c, -1.0)], 0.0)
                    lp.row("most", ("more", way, s, t), [(rd, 1.0), (d, 1.0)], f.discharge_max_w[s, t])
                else:
                    lp.row("most", ("less", way, s, t), [(rd, 1.0), (d, -1.0)], 0.0)
                    lp.row("most", ("more", way, s, t), [(rc, 1.0), (c, 1.0)], f.charge_max_w[s, t])
                for m in range(1, market.reserve[p].endurance + 1):
                    end = t + m - 1
                    if end < T:
                        energy = [(rc, m * dt * f.eta_in[s, t]), (rd, m * dt / f.eta_out[s, t])]
                        edges = [(lp.x("fill", s, end), sign), (lp.x(out, s, end), -1.0)]
                        lp.row("most", ("window", way, s, t, m), energy + edges, sign * edge[s, end])

    for way, sign, limit in (("up", -1.0, f.export_max_w), ("down", 1.0, f.import_max_w)):
        for (h, t), columns in reserve[way].items():
            terms = [(c, sign * v) for c, v in net[h][t]] + [(r, 1.0) for r in columns]
            terms.append((lp.x("over", way, h, t), -1.0))
            lp.row("most", ("room", way, h, t), terms, limit[h, t])

    for g in range(f.feeders):
        below = [h for h in range(f.homes) if g in above[f.home_feeder[h]]]
        for t in range(T):
            for way, sign, limit in (("down", 1.0, f.feeder_import_max_w), ("up", -1.0, f.feeder_export_max_w)):
                if np.isfinite(limit[g, t]):
                    excess = lp.x("excess", way, g, t, price=f.feeder_penalty[g, t] * dt)
                    terms = [(c, sign * v) for h in below for c, v in net[h][t]] + [(excess, -1.0)]
                    terms += [(r, 1.0) for h in below for r in reserve[way].get((h, t), ())]
                    lp.row("most", ("feeder", way, g, t), terms, limit[g, t])

    for t in range(T):
        buy = lp.x("buy", t, price=market.buy_price[t] * dt)
        sell = lp.x("sell", t, price=-market.sell_price[t] * dt)
        total = [(c, -v) for h in range(f.homes) for c, v in net[h][t]]
        lp.row("equal", ("portfolio", t), [(buy, 1.0), (sell, -1.0), *total], 0.0)
    for q, request in enumerate(market.requests):
        sign = 1.0 if request.direction == "up" else -1.0
        for t, baseline in zip(request.slots, request.baseline_w, strict=True):
            short = lp.x("short", q, t, price=(request.price + request.shortfall_penalty) * dt)
            trade = [(lp.x("buy", t), sign), (lp.x("sell", t), -sign)]
            lp.row("most", ("request", q, t), [*trade, (short, -1.0)], sign * baseline - request.power_w)
            constant -= request.price * request.power_w * dt
    for p, product in enumerate(market.reserve):
        offered = lp.x("offered", p, high=product.power_w if product.offered else 0.0)
        for t in product.slots:
            terms = [
                (r, -f.reliability[h, t]) for h in range(f.homes) for r in reserve[product.direction].get((h, t), ())
            ]
            more = 1.0 + product.pool_margin
            if product.offered:
                lp.cost[offered] -= product.price * dt
                lp.row("most", ("promise", p, t), [(offered, more), *terms], 0.0)
            else:
                constant -= product.price * product.power_w * dt
                terms.append((lp.x("shortfall", p, t, price=product.shortfall_penalty * dt), -1.0))
                lp.row("most", ("promise", p, t), terms, -more * product.power_w)

    raw = lp.solve()
    if raw.status != 0:
        return SimpleNamespace(status={2: "infeasible"}.get(raw.status, raw.message))

    def price(kind, *name):
        if name not in lp.names[kind]:
            return 0.0
        marginals = {"equal": raw.eqlin, "most": raw.ineqlin}[kind].marginals
        return (1.0 if kind == "equal" else -1.0) * marginals[lp.names[kind][name]] / KILO

    def table(shape, value):
        return np.array([value(*index) for index in np.ndindex(shape)], dtype=float).reshape(shape)

    slots = {way: sorted(held[way]) for way in held}
    most = {way: max((market.reserve[p].endurance for p in held[way].values()), default=0) for way in held}
    rooms = {
        way: table((f.homes, len(slots[way])), lambda h, j, w=way: price("most", "room", w, h, slots[w][j]) / dt)
        for way in held
    }
    windows = {
        way: table(
            (f.stores, len(slots[way]), most[way]),
            lambda s, j, e, w=way: price("most", "window", w, s, slots[w][j], e + 1),
        )
        for way in held
    }
    multipliers = Multipliers(
        # a Wh more of the homes' net must be bought
        portfolio_price=table((T,), lambda t: price("equal", "portfolio", t) / dt),
        feeder_price=table(
            (f.feeders, T),
            lambda g, t: (price("most", "feeder", "down", g, t) - price("most", "feeder", "up", g, t)) / dt,
        ),
        home_price=table((f.homes, T), lambda h, t: price("equal", "home", h, t) / dt),
        request_price=table((len(market.requests), T), lambda q, t: price("most", "request", q, t) / dt),
        reserve_price=table((len(market.reserve), T), lambda p, t: price("most", "promise", p, t) / dt),
        import_room_price=rooms["down"],
        export_room_price=rooms["up"],
        up_window_price=windows["up"],
        down_window_price=windows["down"],
        feeder_both_price=table(
            (f.feeders, T),
            lambda g, t: min(price("most", "feeder", "down", g, t), price("most", "feeder", "up", g, t)) / dt,
        ),
    )

    def powers(rows, name):
        return table((rows, T), lambda i, t: raw.x[lp.columns[name, i, t]] * KILO)

    schedule = Schedule(powers(f.stores, "c"), powers(f.stores, "d"), powers(f.homes, "pv"))
    return SimpleNamespace(
        status="optimal", optimum=raw.fun + constant, schedule=schedule, multipliers=multipliers, lp=lp, raw=raw
    )


def path(fleet, feeder):
    """The feeder and all above it."""
    nodes = []
    while feeder >= 0:
        nodes.append(feeder)
        feeder = fleet.feeder_parent[feeder]
    return nodes
