"""Random fleets with trees, trade, requests and reserve: the vectorised programme against one written term by term.

Written from docs/dispatch.md with plain loops and names of its own, so that a slip in the arrays does not repeat here.
"""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.optimize import linprog

from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import Market, Request, Reserve
from osb_hub.dispatch.model import build
from osb_hub.dispatch.referee import referee, whole_lp
from osb_hub.dispatch.result import Multipliers, multiplier_shapes

INF = np.inf
PARENT = [3, 3, 4, 4, -1]  # streets 0 and 1 under transformer 3, that and street 2 under 4; 3 has a home of its own
HOME_FEEDER = [0, 0, 1, 2, 3]


def random_problem(seed, slots=7):
    rng = np.random.default_rng(seed)
    store_home = np.sort(rng.integers(0, 5, 6))
    kind = rng.integers(0, 3, (6, 1))  # battery, room, car

    def each(battery, room, car):
        return np.choose(kind, [np.full((6, 1), value, dtype=float) for value in (battery, room, car)])

    price = rng.uniform(-1e-4, 4e-4, slots)
    soft = kind > 0
    fleet = Fleet(
        slot_h=0.5,
        store_home=store_home,
        home_feeder=HOME_FEEDER,
        fill0_wh=rng.uniform(1000, 2000, 6),
        retention=each(1, 0.98, 1),
        eta_in=each(0.95, 3, 0.9) * rng.uniform(0.9, 1, (6, slots)),
        eta_out=each(0.95, 1, 0.9),
        charge_max_w=each(3000, 1500, 4000) * rng.integers(0, 2, (6, slots)),
        discharge_max_w=each(3000, 0, 2000),
        usage_w=each(0, -3000, 0) * rng.uniform(0.5, 1, (6, slots)),
        fill_min_wh=each(300, 0, 0) * rng.uniform(0, 1, (6, slots)),
        fill_max_wh=each(5000, 4000, 9000),
        below_price=np.where(soft, 0.02, INF),
        above_price=np.where(soft, 0.03, INF),
        wear_price=1e-6,
        end_value=rng.uniform(0, 3e-4, 6),
        load_w=rng.uniform(100, 1500, (5, slots)),
        pv_w=rng.uniform(0, 3000, (5, slots)) * rng.integers(0, 2, (5, 1)),
        import_max_w=rng.choice([1600.0, 20000.0], (5, 1)),
        export_max_w=rng.choice([300.0, 9000.0], (5, 1)),
        import_price=price,
        export_price=price - rng.uniform(0, 1e-4, slots),
        peak_price=rng.choice([0.0, 3e-4], 5),
        peak_floor_w=1000.0,
        reliability=rng.choice([0.0, 0.6, 1.0], (5, slots)),
        backup=(np.arange(5) == rng.integers(0, 8)).astype(float),
        feeder_import_max_w=rng.choice([INF, 2500.0], (5, slots)),
        feeder_export_max_w=rng.choice([INF, 1500.0], (5, slots)),
        feeder_penalty=rng.uniform(1e-3, 5e-3, (5, 1)),
        feeder_parent=PARENT,
    )
    buy = rng.uniform(-1e-4, 2e-4, slots)
    requests = (
        Request("a", "up", (2, 3), 2000.0, rng.uniform(0, 3000, 2), 3e-4, 1e-4),
        Request("b", "down", (3, 5), 1500.0, 1000.0, 2e-4, 5e-4),
    )
    reserve = (
        Reserve("c", "up", (0, 1, 2), 2000.0, int(rng.integers(1, 4)), 1e-5, 2e-3, 0.1),
        Reserve("d", "up", (4, 6), 3000.0, 2, float(rng.uniform(0, 2e-4)), 0.0, 0.0, True),
        Reserve("e", "down", (1, 2, 6), 1800.0, int(rng.integers(1, 9)), 2e-5, 1e-3, 0.05),
    )
    return fleet, Market(buy, buy - rng.uniform(0, 5e-5, slots), requests, reserve)


def term_by_term(f, market):
    """The optimum [EUR] of the same problem."""
    columns, cost, bounds, equal, right, at_most, most = {}, [], [], [], [], [], []

    def x(*name, price=0.0, low=0.0, high=INF):
        if name not in columns:
            columns[name] = len(cost)
            cost.append(price)
            bounds.append((low, high))
        return columns[name]

    def less(row, limit):
        at_most.append(row)
        most.append(limit)

    dt, slots = f.slot_h, range(f.slots)
    under = {g: {g} for g in range(f.feeders)}
    for _ in under:
        for g in under:
            under[g] |= {n for n in under if f.feeder_parent[n] in under[g]}
    homes_under = {g: [h for h in range(f.homes) if f.home_feeder[h] in under[g]] for g in under}
    stores_of = {h: [s for s in range(f.stores) if f.store_home[s] == h] for h in range(f.homes)}

    for s in range(f.stores):
        for t in slots:
            c = x("c", s, t, price=f.wear_price[s, t] * dt, high=f.charge_max_w[s, t])
            d = x("d", s, t, price=f.wear_price[s, t] * dt, high=f.discharge_max_w[s, t])
            e = x("e", s, t, price=-f.end_value[s] if t == f.slots - 1 else 0, low=-INF)
            row = {e: 1.0, c: -f.eta_in[s, t] * dt, d: dt / f.eta_out[s, t]}
            value = f.usage_w[s, t] * dt
            if t:
                row[x("e", s, t - 1)] = -f.retention[s, t]
            else:
                value += f.retention[s, t] * f.fill0_wh[s]
            equal.append(row)
            right.append(value)
            for sign, edge, price in ((-1, f.fill_min_wh, f.below_price), (1, f.fill_max_wh, f.above_price)):
                soft = np.isfinite(price[s, t])
                out = x("out", sign, s, t, price=price[s, t] if soft else 0, high=INF if soft else 0)
                less({e: sign, out: -1}, sign * edge[s, t])
    for h in range(f.homes):
        p = x("p", h, price=f.peak_price[h])
        for t in slots:
            i = x("i", h, t, price=f.import_price[h, t] * dt, high=f.import_max_w[h, t])
            o = x("o", h, t, price=-f.export_price[h, t] * dt, high=f.export_max_w[h, t])
            row = {i: 1, o: -1, x("pv", h, t, high=f.pv_w[h, t]): 1}
            for s in stores_of[h]:
                row |= {x("c", s, t): -1, x("d", s, t): 1}
            equal.append(row)
            right.append(f.load_w[h, t])
            less({i: 1, p: -1}, f.peak_floor_w[h])
    for t in slots:
        row = {x("buy", t, price=market.buy_price[t] * dt): -1, x("sell", t, price=-market.sell_price[t] * dt): 1}
        for h in range(f.homes):
            row |= {x("i", h, t): 1, x("o", h, t): -1}
        equal.append(row)
        right.append(0)

    fixed = 0.0
    for q, one in enumerate(market.requests):
        sign = 1 if one.direction == "up" else -1
        for t, baseline in zip(one.slots, one.baseline_w, strict=True):
            fixed -= one.price * dt * one.power_w
            row = {x("short", q, t, price=(one.price + one.shortfall_penalty) * dt): -1}
            for h in range(f.homes):
                row |= {x("i", h, t): sign, x("o", h, t): -sign}
            less(row, sign * baseline - one.power_w)

    called = {}  # (direction, slot) → home → columns
    for p, one in enumerate(market.reserve):
        up = one.direction == "up"
        r = x("r", p, price=-one.price * dt * len(one.slots), low=0 if one.offered else one.power_w, high=one.power_w)
        for t in one.slots:
            row = {r: 1 + one.pool_margin}
            if not one.offered:
                row[x("fail", p, t, price=one.shortfall_penalty * dt)] = -1
            called[up, t] = {h: [] for h in range(f.homes)}
            for h in range(f.homes):
                if f.backup[h] or f.reliability[h, t] == 0:
                    continue
                for s in stores_of[h]:
                    rc, rd = x("rc", up, s, t), x("rd", up, s, t)
                    called[up, t][h] += [rc, rd]
                    row |= {rc: -f.reliability[h, t], rd: -f.reliability[h, t]}
                    less({rc: 1, x("c", s, t): -1 if up else 1}, 0 if up else f.charge_max_w[s, t])
                    less({rd: 1, x("d", s, t): 1 if up else -1}, f.discharge_max_w[s, t] if up else 0)
                    for tau in range(t, min(t + one.endurance, f.slots)):
                        hours = (tau - t + 1) * dt
                        window = {rc: hours * f.eta_in[s, t], rd: hours / f.eta_out[s, t]}
                        sign, edge = (-1, -f.fill_min_wh[s, tau]) if up else (1, f.fill_max_wh[s, tau])
                        less({**window, x("e", s, tau): sign, x("out", sign, s, tau): -1}, edge)
                sign, limit = (-1, f.export_max_w[h, t]) if up else (1, f.import_max_w[h, t])
                less({x("i", h, t): sign, x("o", h, t): -sign} | dict.fromkeys(called[up, t][h], 1), limit)
            less(row, 0)
    for g in range(f.feeders):
        for t in slots:
            for sign, limit in ((1, f.feeder_import_max_w[g, t]), (-1, f.feeder_export_max_w[g, t])):
                if np.isfinite(limit):
                    row = {x("over", sign, g, t, price=f.feeder_penalty[g, t] * dt): -1}
                    for h in homes_under[g]:
                        row |= {x("i", h, t): sign, x("o", h, t): -sign}
                        row |= dict.fromkeys(called.get((sign == -1, t), {h: []})[h], 1)
                    less(row, limit)

    def dense(rows):
        matrix = np.zeros((len(rows), len(cost)))
        for r, row in enumerate(rows):
            for column, value in row.items():
                matrix[r, column] = value
        return matrix

    found = linprog(np.array(cost) * 1e4, dense(at_most), most, dense(equal), right, bounds)
    assert found.status == 0, found.message
    return found.fun / 1e4 + fixed


@pytest.mark.parametrize("seed", range(25))
def test_the_optimum_is_that_of_the_programme_written_term_by_term(seed):
    fleet, market = random_problem(seed)
    cost, at_most, most, equal, right, bounds = whole_lp(fleet, market)
    assert linprog(cost, at_most, most, equal, right, bounds).fun == pytest.approx(
        term_by_term(fleet, market), rel=1e-6, abs=1e-5
    )


# multiplier → rows of the programme, sign of the row's right-hand side for one unit more of what it is the price of,
# whether it is per hour of the slot
PRICED = {
    "portfolio_price": ("portfolio_balance", 1, True),
    "home_price": ("home_balance", 1, True),
    "feeder_import_price": ("feeder_import_limit", -1, True),
    "feeder_export_price": ("feeder_export_limit", -1, True),
    "request_price": ("request", -1, True),
    "reserve_price": ("reserve_promise", -1, True),
    "import_room_price": ("import_room", -1, True),
    "export_room_price": ("export_room", -1, True),
    "up_window_price": ("up_window", -1, False),
    "down_window_price": ("down_window", -1, False),
}


@pytest.mark.parametrize("name", PRICED)
def test_a_price_is_what_one_unit_costs(name):
    rows_name, sign, per_hour = PRICED[name]
    worth = 0
    for seed in range(12):
        fleet, market = random_problem(seed)
        prices, rows = getattr(referee(fleet, market).multipliers, name), getattr(build(fleet, market).rows, rows_name)
        assert prices.shape == rows.shape
        at = np.unravel_index(np.abs(prices).argmax(), prices.shape)
        if rows[at] < 0 or abs(prices[at]) < 1e-6:
            continue
        cost, at_most, most, equal, right, bounds = whole_lp(fleet, market)
        values = right if name in ("portfolio_price", "home_price") else most
        best = []
        for step in (-1e-3, 0, 1e-3):  # 1 W or Wh
            changed = values.copy()
            changed[rows[at]] += sign * step
            sides = (most, changed) if values is right else (changed, right)
            best.append(linprog(cost, at_most, sides[0], equal, sides[1], bounds).fun)
        per_unit = prices[at] * (fleet.slot_h if per_hour else 1)
        # the optimum is convex in what is asked: a price lies between the two slopes, which mostly are one
        assert best[1] - best[0] <= per_unit + 1e-7
        assert per_unit <= best[2] - best[1] + 1e-7
        worth += best[2] - best[1] == pytest.approx(per_unit, rel=1e-3)
    assert worth >= 3


def test_every_multiplier_has_the_shape_that_is_announced():
    fleet, market = random_problem(3)
    shapes, multipliers = multiplier_shapes(fleet, market), referee(fleet, market).multipliers
    assert set(shapes) == {f.name for f in fields(Multipliers)}
    assert {name: getattr(multipliers, name).shape for name in shapes} == shapes


def test_a_fleet_in_single_precision_is_solved_in_double(make_fleet):
    store = {"fill0_wh": np.float32(1e6), "fill_max_wh": 1e7}
    fleet = make_fleet(1, [store], usage_w=np.full((1, 1), 0.01, dtype=np.float32), fill0_wh=np.float32([1e6]))
    whole = whole_lp(replace(fleet, retention=np.ones((1, 1), dtype=np.float32)))
    assert whole[4][0] == pytest.approx(1000.00001, rel=1e-12)  # kWh; float32 has 1000.0000 or 1000.0001


def test_prices_fit_together_as_the_document_says():
    for seed in range(8):
        fleet, market = random_problem(seed)
        prices = referee(fleet, market).multipliers
        up = np.array([one.direction == "up" for one in market.requests])
        trade = prices.portfolio_price - prices.request_price[up].sum(axis=0) + prices.request_price[~up].sum(axis=0)
        assert np.all(market.sell_price - 1e-9 <= trade)
        assert np.all(trade <= market.buy_price + 1e-9)
        above = {0: [0, 3, 4], 1: [1, 3, 4], 2: [2, 4], 3: [3, 4]}
        path = np.array([prices.feeder_price[above[f]].sum(axis=0) for f in HOME_FEEDER])
        own = prices.home_price - prices.portfolio_price - path
        free = (fleet.peak_price == 0) & (fleet.import_max_w[:, 0] > 1e4) & (fleet.export_max_w[:, 0] > 5e3)
        assert np.all(own[free] <= fleet.import_price[free] + 1e-9)
        assert np.all(own[free] >= fleet.export_price[free] - 1e-9)
