"""Random fleets and markets for the certificate: every kind of store, trees, reserve, requests."""

import numpy as np

from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import Market, Request, Reserve
from osb_hub.dispatch.result import Multipliers
from osb_hub.dispatch.schedule import Schedule

INF = np.inf
KINDS = ("battery", "car", "room", "tank", "fixed")


def random_fleet(seed, slots=6, homes=4, soft_only=False):
    """With negative prices, zero capacities, retention of 0, homes without stores and feeders under feeders."""
    rng = np.random.default_rng(seed)
    kinds, store_home = [], []
    for home in range(homes):
        for kind in rng.permutation(KINDS)[: rng.integers(0, 4)]:
            kinds.append(str(kind))
            store_home.append(home)
    stores = len(kinds)

    def each(**by_kind):
        return np.array([by_kind[kind] for kind in kinds], dtype=float).reshape(stores, 1)

    def some(share, rows):
        return rng.random((rows, slots)) < share

    soft = each(battery=soft_only, car=1, room=1, tank=1, fixed=1) > 0
    feeders = 4
    price = rng.uniform(-1e-4, 4e-4, (1, slots))
    retention = each(battery=1, car=1, room=0.97, tank=0.9, fixed=rng.choice([0, 0.5, 1]))
    return Fleet(
        slot_h=float(rng.choice([0.25, 1.0])),
        store_home=np.array(store_home, dtype=int),
        home_feeder=np.sort(rng.integers(0, feeders, homes)),
        fill0_wh=each(battery=3000, car=5000, room=2000, tank=1500, fixed=700)[:, 0],
        retention=retention * rng.uniform(0.99, 1, (stores, slots)),
        eta_in=each(battery=0.95, car=0.9, room=3, tank=1, fixed=1) * rng.uniform(0.9, 1, (stores, slots)),
        eta_out=each(battery=0.95, car=0.9, room=1, tank=1, fixed=1) * rng.uniform(0.9, 1, (stores, slots)),
        charge_max_w=each(battery=5000, car=7400, room=2500, tank=2000, fixed=0) * some(0.8, stores),
        discharge_max_w=each(battery=5000, car=7400, room=0, tank=0, fixed=0) * some(0.8, stores),
        usage_w=-each(battery=0, car=0, room=4500, tank=500, fixed=100) * rng.uniform(0.5, 1.5, (stores, slots)),
        fill_min_wh=each(battery=500, car=0, room=0, tank=0, fixed=0) * some(0.5, stores)
        + each(battery=0, car=6000, room=0, tank=0, fixed=100) * (np.arange(slots) == slots - 2),
        fill_max_wh=each(battery=8000, car=40000, room=6000, tank=5000, fixed=600),
        below_price=np.where(soft, rng.choice([0.02, 3e-4]), INF),
        above_price=np.where(soft, 0.03, INF),
        wear_price=each(battery=2e-5, car=1e-5, room=0, tank=0, fixed=0) * rng.integers(0, 2),
        end_value=rng.uniform(0, 3e-4, stores),
        load_w=rng.uniform(100, 1500, (homes, slots)),
        pv_w=rng.uniform(0, 6000, (homes, slots)) * rng.integers(0, 2, (homes, 1)),
        import_max_w=rng.choice([4000, 20000], (homes, 1)) + rng.uniform(0, 500, (1, slots)),
        export_max_w=rng.choice([1500, 9000], (homes, 1)),
        import_price=price,
        export_price=price - rng.uniform(0, 1e-4, (1, slots)) * rng.integers(0, 2),
        peak_price=rng.choice([0.0, 0.0003, 0.003], homes),
        peak_floor_w=rng.choice([500.0, 2500.0], homes),
        reliability=rng.choice([0.0, 0.7, 0.95, 1.0], (homes, 1), p=[0.1, 0.3, 0.3, 0.3]),
        backup=(rng.random(homes) < 0.1).astype(float),
        feeder_import_max_w=np.where(some(0.5, feeders), rng.uniform(0, 6000, (feeders, slots)), INF),
        feeder_export_max_w=np.where(some(0.3, feeders), rng.uniform(500, 9000, (feeders, slots)), INF),
        feeder_penalty=rng.choice([0.005, 0.001], (feeders, 1)),
        feeder_parent=[np.array([-1, 0, 0, 2]), np.array([-1, -1, 3, -1]), np.full(4, -1)][rng.integers(0, 3)],
    )


def random_market(seed, slots):
    rng = np.random.default_rng([seed, 1])
    buy = rng.uniform(-2e-5, 1e-4, slots)
    requests, reserve = [], []
    for q in range(rng.integers(0, 3)):
        at = np.flatnonzero(rng.random(slots) < 0.5).tolist() or [0]
        way = str(rng.choice(["up", "down"]))
        base = rng.uniform(-2000, 8000, len(at))
        requests.append(Request(f"q{q}", way, tuple(at), rng.uniform(0, 4000), base, 2e-4, rng.uniform(0, 1e-3)))
    for way in ("up", "down"):
        product = rng.integers(-1, rng.integers(1, 3), slots)  # of each slot; -1: none
        for p in range(2):
            at = tuple(np.flatnonzero(product == p).tolist())
            if at:
                reserve.append(
                    Reserve(
                        name=f"{way} {p}",
                        direction=way,
                        slots=at,
                        power_w=float(rng.uniform(500, 6000)),
                        endurance=int(rng.choice([1, 2, 4, 16])),
                        price=float(rng.uniform(0, 1e-4)),
                        shortfall_penalty=float(rng.choice([1e-4, 2e-3])),
                        pool_margin=float(rng.choice([0.0, 0.1])),
                        offered=bool(rng.random() < 0.4),
                    )
                )
    return Market(buy, buy - rng.uniform(0, 1e-4, slots) * rng.integers(0, 2), tuple(requests), tuple(reserve))


def random_multipliers(seed, fleet, market, spread=1.0):
    """Anything, also out of range."""
    rng = np.random.default_rng([seed, 2])
    up, down = market.held("up"), market.held("down")

    def prices(scale, *shape):
        return rng.normal(0, spread * scale, shape)

    return Multipliers(
        portfolio_price=prices(1e-4, fleet.slots),
        feeder_price=prices(3e-3, fleet.feeders, fleet.slots),
        home_price=prices(3e-4, fleet.homes, fleet.slots),
        request_price=prices(1e-3, len(market.requests), fleet.slots),
        reserve_price=prices(1e-3, len(market.reserve), fleet.slots),
        import_room_price=prices(1e-4, fleet.homes, down.slots.size),
        export_room_price=prices(1e-4, fleet.homes, up.slots.size),
        up_window_price=prices(2e-4, fleet.stores, up.slots.size, up.longest),
        down_window_price=prices(2e-4, fleet.stores, down.slots.size, down.longest),
        feeder_both_price=prices(1e-3, fleet.feeders, fleet.slots),
    )


def random_schedule(seed, fleet):
    """Anything, also beyond the powers of the stores."""
    rng = np.random.default_rng([seed, 3])
    shape = (fleet.stores, fleet.slots)
    return Schedule(
        charge_w=fleet.charge_max_w * rng.uniform(-0.3, 1.1, shape),
        discharge_w=fleet.discharge_max_w * rng.uniform(-1, 1.1, shape),
        pv_used_w=fleet.pv_w * rng.uniform(0.5, 1.2, (fleet.homes, fleet.slots)),
    )
