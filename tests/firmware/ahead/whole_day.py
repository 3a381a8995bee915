"""The referee: the same day of the same stores as one linear programme, solved by HiGHS; no code of the box."""

import numpy as np
import scipy.sparse
from scipy.optimize import linprog

CENT = 40_000  # W*slots * EUR/MWh in a cent: 1 MWh is 4e6 W*slots
PART = (1.11, 0.89, 0.67, 0.45, 0.30)  # of a heat pump's COP, for each half of the power that holds the room
HARD = 12_000  # EUR/MWh


class Rows:
    """Rows of a programme as they are written down."""

    def __init__(self):
        self.cost, self.bounds = [], []
        self.equal, self.most = [], []

    def variable(self, cost=0.0, low=0.0, high=None):
        self.cost.append(cost)
        self.bounds.append((low, high))
        return len(self.cost) - 1

    def solve(self):
        def matrix(rows):
            at = [(i, v, x) for i, (terms, _) in enumerate(rows) for v, x in terms]
            i, v, x = zip(*at, strict=True)
            return scipy.sparse.csr_matrix((x, (i, v)), (len(rows), len(self.cost))), [right for _, right in rows]

        (a, b), (au, bu) = matrix(self.equal), matrix(self.most)
        done = linprog(self.cost, au, bu, a, b, self.bounds, method="highs")
        assert done.status == 0, done.message
        return done.fun


def least_cost_ct(day, half, end_price):
    """Least cost of a day [ct] under any schedule. `half`, `end_price` as the box has them, by actuator."""
    offer, buy, sell = day["offer"], day["buy"], day["sell"]
    slots = offer["slots"]
    rows = Rows()
    grid = [(rows.variable(buy[k]), rows.variable(-sell[k])) for k in range(slots)]
    per_w = day["peak_ct_kw"] * CENT / 1000
    peak = rows.variable(per_w, day["paid_w"])
    draws = [[] for _ in range(slots)]
    for store in offer["stores"]:
        _store(rows, store, slots, draws, half.get(store["actuator"]), end_price[store["actuator"]] / 64)
    for k, (bought, sold) in enumerate(grid):
        rest = _at(offer["load_w"], k) - _at(offer["pv_w"], k)
        rows.equal.append(([(bought, -1), (sold, 1), *draws[k]], -rest))
        net = [(bought, 1), (sold, -1)]
        rows.most.append(([*net, (rows.variable(HARD), -1)], offer["import_max_w"]))
        if per_w:
            rows.most.append(([*net, (peak, -1)], 0))
    return (rows.solve() - day["paid_w"] * per_w) / CENT


def _store(rows, store, slots, draws, half, end_price):
    below, above = (HARD if store[key] is None else store[key] for key in ("below_price", "above_price"))
    before = None
    for k in range(slots):
        left, eta_in, eta_out = (
            _at(store["charge_max_w"], k),
            *(_at(store[f"eta_{d}_pm"], k) / 1000 for d in ("in", "out")),
        )
        fill = rows.variable(low=None)
        flow = [(fill, 1.0)]
        for j, share in enumerate(PART if half else (1.0,)):
            width = min(left, half[k]) if half and j < len(PART) - 1 else left
            left -= width
            charge = rows.variable(store["wear_price"], 0, width)
            flow.append((charge, -eta_in * share))
            draws[k].append((charge, 1))
        give = rows.variable(store["wear_price"], 0, _at(store["discharge_max_w"], k))
        flow.append((give, 1 / eta_out))
        draws[k].append((give, -1))
        keep, inflow = store["retention_ppm"] / 1e6, _at(store["usage_w"], k)
        if before is None:
            rows.equal.append((flow, inflow + keep * store["fill_wh"] * 4))
        else:
            rows.equal.append(([*flow, (before, -keep)], inflow))
        rows.most.append(([(fill, -1), (rows.variable(below), -1)], -_at(store["fill_min_wh"], k) * 4))
        rows.most.append(([(fill, 1), (rows.variable(above), -1)], _at(store["fill_max_wh"], k) * 4))
        before = fill
    rows.cost[before] -= end_price


def cost_ct(day, plan):
    """What a plan of the box costs [ct], worked out anew in floats; a fill 20 Wh beside its edge is no breach."""
    offer, total = day["offer"], 0.0
    for k, net in enumerate(plan["net"]):
        total += net * (day["buy"][k] if net > 0 else day["sell"][k]) + HARD * max(0, net - offer["import_max_w"])
    total += day["peak_ct_kw"] * CENT / 1000 * max(0, max(plan["net"]) - day["paid_w"])
    for store in offer["stores"]:
        role, fill = store["actuator"], store["fill_wh"] * 4.0
        half = plan["half"].get(role)
        for k, w in enumerate(plan["powers"][role]):
            fill = fill * store["retention_ppm"] / 1e6 + _at(store["usage_w"], k)
            fill += (
                _gain(_at(store["eta_in_pm"], k), w, half and half[k])
                if w > 0
                else w * 1000 / _at(store["eta_out_pm"], k)
            )
            total += abs(w) * store["wear_price"]
            for key, beyond in (
                ("below_price", _at(store["fill_min_wh"], k) * 4 - fill),
                ("above_price", fill - _at(store["fill_max_wh"], k) * 4),
            ):
                total += max(0.0, beyond - 80) * (HARD if store[key] is None else store[key])
        total -= fill * plan["ends"][role] / 64
    return total / CENT


def net_of(day, plan):
    """The home's net power by slot [W], from the powers alone."""
    offer = day["offer"]
    return [
        _at(offer["load_w"], k) - _at(offer["pv_w"], k) + sum(power[k] for power in plan["powers"].values())
        for k in range(offer["slots"])
    ]


def _gain(eta_pm, w, half):
    if not half:
        return w * eta_pm / 1000
    edges = np.minimum(w, half * np.arange(6))
    edges[5] = w
    return float(np.diff(edges) @ np.array(PART)) * eta_pm / 1000


def _at(series, k):
    return series if isinstance(series, int) else series[k]
