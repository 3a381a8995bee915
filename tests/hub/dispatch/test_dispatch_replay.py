"""Schedules of random fleets, replayed step by step."""

import numpy as np
import pytest

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
