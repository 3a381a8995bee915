"""Random fleets: the vectorised programme against one written term by term, and schedules replayed step by step."""

import numpy as np
import pytest
from scipy.optimize import linprog

from osb_hub.dispatch.fleet import Fleet

INF = np.inf


def random_fleet(seed, slots=6, homes=4):
    """All kinds of store on two feeders, with negative prices, zero capacities and homes without stores."""
    rng = np.random.default_rng(seed)
    kinds, store_home = [], []
    for home in range(homes):
        for kind in rng.permutation(["battery", "car", "room", "tank"])[: rng.integers(0, 4)]:
            kinds.append(str(kind))
            store_home.append(home)
    stores = len(kinds)
    column = np.ones((stores, 1))

    def each(**by_kind):
        return np.array([by_kind[kind] for kind in kinds], dtype=float).reshape(stores, 1)

    soft = each(battery=0, car=1, room=1, tank=1) > 0
    price = rng.uniform(-1e-4, 4e-4, slots)
    return Fleet(
        slot_h=0.25,
        store_home=np.array(store_home, dtype=int),
        home_feeder=np.array([0, 0, 1, 1])[:homes],
        fill0_wh=each(battery=3000, car=5000, room=2000, tank=1500)[:, 0],
        retention=each(battery=1, car=1, room=0.99, tank=0.998) * np.ones((1, slots)),
        eta_in=each(battery=0.95, car=0.9, room=3, tank=1) * rng.uniform(0.9, 1, (stores, slots)),
        eta_out=each(battery=0.95, car=1, room=1, tank=1) * column,
        charge_max_w=each(battery=5000, car=7400, room=2500, tank=2000) * rng.integers(0, 2, (stores, slots)),
        discharge_max_w=each(battery=5000, car=0, room=0, tank=0) * column,
        usage_w=-each(battery=0, car=0, room=4500, tank=500) * rng.uniform(0.5, 1.5, (stores, slots)),
        fill_min_wh=each(battery=500, car=0, room=0, tank=0) * rng.uniform(0, 1, (stores, slots))
        + each(battery=0, car=6000, room=0, tank=0) * (np.arange(slots) == 4),
        fill_max_wh=each(battery=8000, car=40000, room=6000, tank=5000),
        below_price=np.where(soft, 0.02, INF),
        above_price=np.where(soft, 0.03, INF),
        wear_price=1e-6,
        end_value=rng.uniform(0, 3e-4, stores),
        load_w=rng.uniform(100, 1500, (homes, slots)),
        pv_w=rng.uniform(0, 3000, (homes, slots)) * rng.integers(0, 2, (homes, 1)),
        import_max_w=20000,
        export_max_w=9000,
        import_price=price,
        export_price=price - rng.uniform(0, 1e-4, slots),
        peak_price=rng.choice([0.0, 0.003], (homes, 1))[:, 0],
        peak_floor_w=2500,
        feeder_import_max_w=rng.choice([INF, 3000.0], (2, slots)),
        feeder_export_max_w=rng.choice([INF, 1000.0], (2, slots)),
        feeder_penalty=0.005,
    )


def term_by_term(f):
    """The optimum of the same problem, written with plain loops, dense rows and its own variables."""
    columns, cost, bounds, equal, right, at_most, most = {}, [], [], [], [], [], []

    def x(*name, price=0.0, low=0.0, high=INF):
        if name not in columns:
            columns[name] = len(cost)
            cost.append(price)
            bounds.append((low, high))
        return columns[name]

    dt = f.slot_h
    for s in range(f.stores):
        for t in range(f.slots):
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
                row = {e: sign}
                if np.isfinite(price[s, t]):
                    row[x("out", sign, s, t, price=price[s, t])] = -1
                at_most.append(row)
                most.append(sign * edge[s, t])
    for h in range(f.homes):
        p = x("p", h, price=f.peak_price[h], low=f.peak_floor_w[h])
        for t in range(f.slots):
            i = x("i", h, t, price=f.import_price[h, t] * dt, high=f.import_max_w[h, t])
            o = x("o", h, t, price=-f.export_price[h, t] * dt, high=f.export_max_w[h, t])
            row = {i: 1, o: -1, x("pv", h, t, high=f.pv_w[h, t]): 1}
            for s in np.flatnonzero(f.store_home == h):
                row |= {x("c", s, t): -1, x("d", s, t): 1}
            equal.append(row)
            right.append(f.load_w[h, t])
            at_most.append({i: 1, p: -1})
            most.append(0)
    for g in range(f.feeders):
        for t in range(f.slots):
            for sign, limit in ((1, f.feeder_import_max_w[g, t]), (-1, f.feeder_export_max_w[g, t])):
                if np.isfinite(limit):
                    row = {x("over", sign, g, t, price=f.feeder_penalty[g, t] * dt): -1}
                    for h in np.flatnonzero(f.home_feeder == g):
                        row |= {x("i", h, t): sign, x("o", h, t): -sign}
                    at_most.append(row)
                    most.append(limit)

    def dense(rows):
        matrix = np.zeros((len(rows), len(cost)))
        for r, row in enumerate(rows):
            for column, value in row.items():
                matrix[r, column] = value
        return matrix

    raw = linprog(np.array(cost) * 1e4, dense(at_most), most, dense(equal), right, bounds)
    assert raw.status == 0, raw.message
    return raw.fun / 1e4 - float((f.peak_price * f.peak_floor_w).sum())


@pytest.mark.parametrize("seed", range(30))
def test_the_optimum_is_that_of_the_programme_written_term_by_term(seed, solve):
    fleet = random_fleet(seed)
    solution = solve(fleet)
    assert solution.status == "optimal"
    assert solution.objective_eur == pytest.approx(term_by_term(fleet), rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("seed", range(30, 40))
def test_a_replayed_schedule_keeps_what_the_result_says_it_keeps(seed, solve):
    fleet = random_fleet(seed, slots=92)
    solution = solve(fleet)
    charge, discharge, used = (
        solution.schedule.charge_w,
        solution.schedule.discharge_w,
        solution.schedule.pv_used_w,
    )
    tolerance = 0.1
    net = [[fleet.load_w[h, t] - used[h, t] for t in range(92)] for h in range(fleet.homes)]
    for s in range(fleet.stores):
        fill = fleet.fill0_wh[s]
        for t in range(92):
            c, d = charge[s, t], discharge[s, t]
            assert -tolerance <= c <= fleet.charge_max_w[s, t] + tolerance
            assert -tolerance <= d <= fleet.discharge_max_w[s, t] + tolerance
            assert min(c, d) < 1.1
            fill = fleet.retention[s, t] * fill
            fill += (fleet.eta_in[s, t] * c - d / fleet.eta_out[s, t] + fleet.usage_w[s, t]) / 4
            assert fill >= fleet.fill_min_wh[s, t] - solution.outcome.below_wh[s, t] - tolerance
            assert fill <= fleet.fill_max_wh[s, t] + solution.outcome.above_wh[s, t] + tolerance
            if np.isinf(fleet.below_price[s, t]):
                assert solution.outcome.below_wh[s, t] < tolerance
            net[fleet.store_home[s]][t] += c - d
    for g in range(fleet.feeders):
        for t in range(92):
            total = sum(net[h][t] for h in range(fleet.homes) if fleet.home_feeder[h] == g)
            assert total <= fleet.feeder_import_max_w[g, t] + solution.outcome.import_excess_w[g, t] + tolerance
            assert -total <= fleet.feeder_export_max_w[g, t] + solution.outcome.export_excess_w[g, t] + tolerance
    assert np.all(used <= fleet.pv_w + tolerance)
    assert max(max(row) for row in net) <= 20000 + tolerance
    assert min(min(row) for row in net) >= -9000 - tolerance
