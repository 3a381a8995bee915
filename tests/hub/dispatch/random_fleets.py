"""Small fleets that hold everything the model knows, each drawn around a schedule that keeps hard bands and fuses.

Soft bands, feeder limits, requests and reserve may be impossible to keep: they have a price. Where reserve is held,
these prices are in the order of what gives way: comfort, feeder, delivery. Otherwise the cheapest reserve would be to
leave a band or a limit on paper only, which no schedule shows (`ordered=False` draws such fleets).
"""

import numpy as np

from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import DOWN, UP, Market, Request, Reserve, no_market

INF = np.inf
CASES = 200
LEAST_ORDERED = 1e-3  # EUR/Wh of comfort and feeder limits; a Wh outside a band may serve several slots of reserve
# kind → eta_in, eta_out, charge_max_w, discharge_max_w, capacity_wh, usage_w (lowest and highest of each)
KINDS = {
    "battery": ((0.85, 1.0), (0.85, 1.0), (1000, 6000), (1000, 6000), (2000, 12000), (0, 0)),
    "car": ((0.85, 0.95), (1.0, 1.0), (3700, 11000), (0, 0), (20000, 60000), (0, 0)),
    "two-way car": ((0.9, 0.95), (0.9, 0.95), (7400, 11000), (3700, 11000), (40000, 80000), (0, 0)),
    "room": ((2.0, 4.0), (1.0, 1.0), (1000, 4000), (0, 0), (5000, 20000), (-6000, 500)),
    "tank": ((0.95, 1.0), (1.0, 1.0), (1500, 3000), (0, 0), (4000, 12000), (-1500, 0)),
    "no power": ((0.9, 1.0), (0.9, 1.0), (0, 0), (0, 0), (2000, 8000), (-300, 0)),
    "no capacity": ((0.9, 1.0), (0.9, 1.0), (1000, 3000), (1000, 3000), (0, 0), (0, 0)),
}
PER_SLOT = (
    "retention",
    "eta_in",
    "eta_out",
    "charge_max_w",
    "discharge_max_w",
    "usage_w",
    "fill_min_wh",
    "fill_max_wh",
)


def random_case(seed, ordered=True):
    """A fleet of 1 to 12 homes and its market."""
    rng = np.random.default_rng([20260401, seed])
    with_reserve = rng.random() < 0.85
    least_comfort = LEAST_ORDERED if ordered and with_reserve else 1e-5
    long = rng.random() < 0.12
    slots = int(rng.choice([92, 96, 100]) if long else rng.integers(4, 25))
    homes = int(rng.integers(1, 4 if long else 13))
    slot_h = float(rng.choice([0.25, 0.25, 0.5, 1.0]))

    owners = [home for home in range(homes) for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4]))]
    drawn = [_store(rng, str(rng.choice(list(KINDS))), slots, slot_h, least_comfort) for _ in owners]
    stores = {name: np.array([store[name] for store in drawn]) for name in drawn[0]} if drawn else _no_stores(slots)
    moved = np.zeros((homes, slots))
    np.add.at(moved, np.array(owners, dtype=int), stores.pop("moved_w"))
    at_home, net = _homes(rng, moved)
    feeders = _feeders(rng, net)
    arrays = {**stores, **at_home, **feeders}
    if rng.random() < 0.3:
        names = [name for name in arrays if name not in ("home_feeder", "feeder_parent")]
        arrays |= {name: np.asarray(arrays[name], dtype=np.float32) for name in names}
    fleet = Fleet(slot_h=slot_h, store_home=np.array(owners, dtype=int), **arrays)
    return fleet, _market(rng, fleet, net.sum(axis=0), with_reserve, 2e-4 if ordered else LEAST_ORDERED)


def _no_stores(slots):
    per_slot = {name: np.ones((0, slots)) for name in (*PER_SLOT, "below_price", "above_price", "moved_w")}
    return per_slot | {"fill0_wh": np.ones(0), "end_value": np.ones(0), "wear_price": np.ones((0, 1))}


def _store(rng, kind, slots, slot_h, least_comfort):
    """Arrays of one store, and `moved_w`: the net power of a schedule that keeps its hard band."""
    eta_in, eta_out, charge, discharge, capacity, usage = (rng.uniform(*bounds) for bounds in KINDS[kind])
    series = {
        "retention": np.full(slots, rng.choice([1.0, 1.0, rng.uniform(0.9, 1)])),
        "eta_in": eta_in * (rng.uniform(0.9, 1, slots) if kind == "room" else np.ones(slots)),
        "eta_out": np.full(slots, eta_out),
        "charge_max_w": np.full(slots, charge),
        "discharge_max_w": np.full(slots, discharge),
        "usage_w": usage * rng.uniform(0, 1, slots) * (rng.random(slots) < 0.7),
    }
    if kind.endswith("car"):
        present = np.zeros(slots)
        arrival, departure = np.sort(rng.integers(0, slots + 1, 2))
        present[arrival:departure] = 1
        series["charge_max_w"] *= present
        series["discharge_max_w"] *= present
        series["usage_w"][departure : departure + 2] = -rng.uniform(0, 0.2) * capacity / slot_h  # the trip
    elif rng.random() < 0.2:
        series["charge_max_w"] *= rng.integers(0, 2, slots)
    fill0 = rng.uniform(0.1, 0.9) * capacity
    fill, moved = _walk(rng, series, fill0, capacity, slot_h)

    tight = min(1.0, capacity)  # Wh
    low, high = np.zeros(slots), np.full(slots, capacity)
    if capacity and rng.random() < 0.5:
        low += rng.uniform(0.5, 1) * max(0.0, fill.min() - tight)
        high -= rng.uniform(0.5, 1) * max(0.0, capacity - fill.max() - tight)
    if kind.endswith("car") or (capacity and rng.random() < 0.2):
        wanted = int(rng.integers(slots))
        low[wanted] = max(low[wanted], fill[wanted] - tight)
    below, above = np.full(slots, INF), np.full(slots, INF)
    if capacity and rng.random() < 0.5:  # soft: now the band may ask for more than can be done
        below[:] = rng.uniform(least_comfort, 5e-3)
        low += rng.uniform(0, 0.5) * capacity * (rng.random(slots) < 0.5)
    if capacity and rng.random() < 0.3:
        above[:] = rng.uniform(least_comfort, 5e-3)
        high -= rng.uniform(0, 0.3) * capacity
    if np.isfinite(below[0]) and rng.random() < 0.2:  # hard in some slots after all
        hard = rng.random(slots) < 0.3
        below[hard], low[hard] = INF, np.minimum(low[hard], np.maximum(0, fill[hard] - tight))
    if kind == "no capacity":
        below[:], above[:] = rng.choice([INF, LEAST_ORDERED]), INF
    return {
        **series,
        "fill0_wh": fill0,
        "fill_min_wh": np.minimum(low, high),
        "fill_max_wh": high,
        "below_price": below,
        "above_price": above,
        "wear_price": [rng.choice([0.0, 1e-6, 2e-5])],
        "end_value": rng.choice([0.0, rng.uniform(0, 3e-4)]),
        "moved_w": moved,
    }


def _walk(rng, series, fill0, capacity, slot_h):
    """A schedule that keeps the fill within the capacity, slot by slot; usage that would leave it is cut.

    It stays a Wh from both edges, so that rounding to single precision does not make them impossible to keep.
    """
    slots = series["eta_in"].size
    lowest = min(1.0, capacity)
    highest = capacity - lowest
    wish = rng.uniform(-1, 1, slots)
    fill, moved, before = np.zeros(slots), np.zeros(slots), fill0
    for t in range(slots):
        kept = before * series["retention"][t]
        series["usage_w"][t] = min(max(series["usage_w"][t], (lowest - kept) / slot_h), (highest - kept) / slot_h)
        drifted = kept + series["usage_w"][t] * slot_h
        if wish[t] > 0:
            room = (highest - drifted) / (series["eta_in"][t] * slot_h)
            moved[t] = min(wish[t] * series["charge_max_w"][t], room)
            before = drifted + moved[t] * series["eta_in"][t] * slot_h
        else:
            room = (drifted - lowest) * series["eta_out"][t] / slot_h
            moved[t] = -min(-wish[t] * series["discharge_max_w"][t], room)
            before = drifted + moved[t] / series["eta_out"][t] * slot_h
        fill[t] = before
    return fill, moved


def _homes(rng, moved):
    homes, slots = moved.shape
    load = rng.uniform(100, 3000, (homes, slots))
    pv = rng.uniform(0, 5000, (homes, slots)) * rng.integers(0, 2, (homes, 1)) * (rng.random(slots) < 0.6)
    net = moved + load - pv * rng.uniform(0, 1, (homes, slots))
    room = rng.choice([1.0, 50.0, 3000.0, 20000.0], (2, homes, 1))  # W
    highest, lowest = (np.maximum(0, sign * net) for sign in (1, -1))
    if rng.random() < 0.7:
        highest, lowest = highest.max(axis=1, keepdims=True), lowest.max(axis=1, keepdims=True)
    price = rng.uniform(-1e-4, 4e-4, (1, slots)) + rng.choice([0.0, 5e-5]) * rng.random((homes, 1))
    reliability = rng.uniform(0.5, 1, (homes, rng.choice([1, slots])))
    arrays = {
        "load_w": load,
        "pv_w": pv,
        "import_max_w": highest + room[0],
        "export_max_w": lowest + room[1],
        "import_price": price,
        "export_price": price - rng.choice([0.0, 1.0]) * rng.uniform(0, 2e-4, (1, slots)),
        "peak_price": rng.choice([0.0, 3e-3, 1e-4], homes) * rng.integers(0, 2),
        "peak_floor_w": rng.choice([0.0, 2500.0], homes),
        "reliability": np.where(rng.random((homes, 1)) < 0.1, 0, reliability),
        "backup": (rng.random(homes) < 0.15).astype(float),
    }
    return arrays, net


def _feeders(rng, net):
    homes, slots = net.shape
    feeders = int(rng.integers(1, 5))
    parent = np.full(feeders, -1)
    order = rng.permutation(feeders)
    for i in range(1, feeders):
        if rng.random() < 0.5:
            parent[order[i]] = order[rng.integers(i)]
    home_feeder = np.sort(rng.integers(0, feeders, homes))
    below = np.zeros((feeders, slots))
    np.add.at(below, home_feeder, net)
    for f in order[::-1]:  # children come before their parents
        if parent[f] >= 0:
            below[parent[f]] += below[f]
    limits = {}
    for name, flow in (("feeder_import_max_w", below), ("feeder_export_max_w", -below)):
        highest = flow.max(axis=1, keepdims=True).clip(min=0)
        limit = np.where(rng.random((feeders, 1)) < 0.3, INF, highest * rng.uniform(0.5, 1.5, (feeders, 1)))
        cap = rng.random((feeders, slots)) < rng.choice([0, 0.3])
        limits[name] = np.where(cap, np.minimum(limit, highest * rng.uniform(0, 0.6, (feeders, 1))), limit)
    penalty = rng.uniform(LEAST_ORDERED, 5e-3, (feeders, rng.choice([1, slots])))
    return {"home_feeder": home_feeder, "feeder_parent": parent, "feeder_penalty": penalty, **limits}


def _market(rng, fleet, net, with_reserve, most_penalty):
    if rng.random() < 0.1:
        return no_market(fleet.slots)
    buy = rng.uniform(-5e-5, 2e-4, fleet.slots)
    sell = buy - rng.choice([0.0, 1e-5, 1e-4]) * rng.uniform(0.1, 1, fleet.slots)
    power = fleet.charge_max_w.max(axis=1, initial=0).sum() + fleet.discharge_max_w.max(axis=1, initial=0).sum()
    requests = [_request(rng, i, net, power) for i in range(rng.choice([0, 0, 1, 2]))]
    directions = (UP, DOWN) if with_reserve else ()
    reserve = [one for direction in directions for one in _reserve(rng, direction, fleet.slots, power, most_penalty)]
    return Market(buy, sell, tuple(requests), tuple(reserve))


def _request(rng, number, net, power):
    slots = np.sort(rng.choice(net.size, rng.integers(1, net.size // 2 + 1), replace=False))
    return Request(
        name=f"request {number}",
        direction=str(rng.choice([UP, DOWN])),
        slots=tuple(slots.tolist()),
        power_w=rng.uniform(0, 0.5) * power,
        baseline_w=net[slots] + rng.uniform(-500, 500),
        price=rng.uniform(0, 5e-4),
        shortfall_penalty=rng.uniform(0, 1e-3),
    )


def _reserve(rng, direction, slots, power, most_penalty):
    """Up to two products of a direction, one after the other."""
    edges = np.sort(rng.choice(slots + 1, 4, replace=False))
    for i in range(rng.choice([0, 1, 2, 2])):
        held = np.arange(edges[2 * i], edges[2 * i + 1])
        if rng.random() < 0.2:
            held = held[rng.random(held.size) < 0.7]
        held = held[:24]
        if held.size:
            yield Reserve(
                name=f"{direction} {i}",
                direction=direction,
                slots=tuple(held.tolist()),
                power_w=rng.choice([0.0, 0.1, 0.3, 0.6]) * power,
                endurance=int(rng.choice([1, 1, 2, 4, rng.integers(1, 17)])),
                price=rng.uniform(0, 1e-4),
                shortfall_penalty=rng.uniform(0, most_penalty),
                pool_margin=rng.choice([0.0, 0.1]),
                offered=bool(rng.random() < 0.4),
            )
