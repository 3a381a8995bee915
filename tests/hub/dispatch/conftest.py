from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import linprog

from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import Market
from osb_hub.dispatch.model import build
from osb_hub.dispatch.referee import referee, whole_lp
from osb_hub.dispatch.schedule import exclusive, simulate

INF = np.inf


@pytest.fixture
def make_fleet():
    """A fleet of one-hour slots, so that W and Wh are the same number; by default homes without load or limits."""

    def make(slots, stores=(), homes=1, home_feeder=None, **arrays):
        store = {
            "fill0_wh": 0.0,
            "retention": 1.0,
            "eta_in": 1.0,
            "eta_out": 1.0,
            "charge_max_w": 0.0,
            "discharge_max_w": 0.0,
            "usage_w": 0.0,
            "fill_min_wh": 0.0,
            "fill_max_wh": 1e5,
            "below_price": INF,
            "above_price": INF,
            "wear_price": 0.0,
            "end_value": 0.0,
        }
        per_store = {name: [s.get(name, default) for s in stores] for name, default in store.items()}
        shaped = {
            name: np.array(values, dtype=float)
            if name in ("fill0_wh", "end_value")
            else np.array([np.broadcast_to(v, slots) for v in values], dtype=float).reshape(-1, slots)
            for name, values in per_store.items()
        }
        given = {
            "slot_h": 1.0,
            "store_home": np.array([s.get("home", 0) for s in stores], dtype=int),
            "home_feeder": np.zeros(homes, dtype=int) if home_feeder is None else home_feeder,
            "load_w": np.zeros((homes, slots)),
            "pv_w": 0.0,
            "import_max_w": 1e5,
            "export_max_w": 1e5,
            "import_price": 2e-4,
            "export_price": 0.0,
            "peak_price": 0.0,
            "peak_floor_w": 0.0,
            "feeder_import_max_w": INF,
            "feeder_export_max_w": INF,
            "feeder_penalty": 5e-3,
        }
        return Fleet(**{**shaped, **given, **arrays})

    return make


@pytest.fixture
def make_market():
    """A market of so many slots; unless prices are given the portfolio trades for nothing."""

    def make(slots, requests=(), reserve=(), buy_price=0.0, sell_price=0.0):
        prices = [np.broadcast_to(np.asarray(price, dtype=float), slots) for price in (buy_price, sell_price)]
        return Market(*prices, tuple(requests), tuple(reserve))

    return make


@pytest.fixture
def optimum():
    """The best of the whole programme: `objective` [EUR] and every variable of the model by its name [W, Wh]."""

    def solve(fleet, market=None):
        cost, at_most, most, equal, right, bounds = whole_lp(fleet, market)
        found = linprog(cost, at_most, most, equal, right, bounds)
        assert found.status == 0, found.message
        columns = vars(build(fleet, market).variables)
        values = {name: np.where(at >= 0, 1000 * found.x[at], 0.0) for name, at in columns.items()}
        return SimpleNamespace(objective=found.fun, **values)

    return solve


@pytest.fixture
def solve():
    """What the referee finds for a fleet without a market, made one-directional, and what follows from it."""

    def solution(fleet, previous=None, time_limit_s=60.0):
        raw = referee(fleet, None, previous, time_limit_s)
        schedule, simultaneous = exclusive(fleet, raw.schedule)
        return SimpleNamespace(
            status=raw.status,
            violations=raw.violations,
            schedule=schedule,
            simultaneous=simultaneous,
            outcome=simulate(fleet, schedule),
            objective_eur=simulate(fleet, raw.schedule).objective_eur,
            feeder_price=raw.multipliers.feeder_price,
            home_price=raw.multipliers.home_price,
        )

    return solution
