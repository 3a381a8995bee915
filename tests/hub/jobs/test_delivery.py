"""Live delivery on a real store: a plan kept by the product, readings through the writer."""

import json

import numpy as np
import pytest

from osb_hub.control import plans
from osb_hub.dispatch.planner import PlanResult
from osb_hub.dispatch.problem import PlanProblem
from osb_hub.ingest.inbox import Raw
from osb_hub.ingest.writer import store
from osb_hub.jobs import replan
from osb_hub.jobs.delivery import delivery
from osb_hub.settings import Settings
from osb_hub.store import market
from osb_hub.store.database import Database

S = 1768431600
SLOTS = 12


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    yield database
    database.close()


def keep_plan(database, net_w, limit_w, t=S):
    """A plan in which each box takes `net_w`[box] all the time."""
    problem = PlanProblem(
        now=t,
        start=S,
        slots=SLOTS,
        offers={},
        feeders=dict.fromkeys(net_w, "feeder-1"),
        committed={},
        import_price=np.full(SLOTS, 250.0),
        export_price=np.full(SLOTS, 50.0),
        limits={"feeder-1": np.full(SLOTS, limit_w)},
        margin_w={},
        previous={},
    )
    result = PlanResult(
        status="optimal",
        sentence="Every limit is kept.",
        power_w={box: {"tank": [watts] * SLOTS} for box, watts in net_w.items()},
        net_w={box: [watts] * SLOTS for box, watts in net_w.items()},
        shortfall_w={"feeder-1": [0] * SLOTS},
        shadow_price={"feeder-1": np.zeros(SLOTS)},
        objective_eur=0.0,
        solve_s=0.0,
    )
    with database.write() as connection:
        return plans.keep(connection, problem, result, "quarter-hourly plan")


def take(database, box, minutes, power_w):
    """One reading a minute, minute 0 at the start of the slot; 3 kW are 50 Wh a minute."""
    batch = []
    for i in minutes:
        points = [["grid.power", power_w, "W", "good", 0], ["grid.import", 7000 + power_w * i // 60, "Wh", "good", 0]]
        message = {"epoch": S - 60, "seq": i + 1, "oldest": 1, "t": S + 60 * i, "points": points}
        batch.append(Raw(f"osb/v1/{box}/telemetry", json.dumps(message).encode()))
    store(database, Settings(), batch, S + 60 * max(minutes))


def test_delivery_of_homes_and_feeder(database):
    keep_plan(database, {"box-01": 3000, "box-02": 1200}, 5000.0)
    take(database, "box-01", range(6), 3600)
    take(database, "box-02", range(2), 1200)  # nothing for four minutes
    with database.read() as connection:
        live = delivery(connection, S + 300)
    one, two = live.boxes
    assert (one.planned_w, one.now_w, one.so_far_w) == (3000, 3600, 3600)
    assert (two.planned_w, two.now_w, two.so_far_w) == (1200, None, 1200)
    (feeder,) = live.feeders
    assert (feeder.planned_w, feeder.now_w, feeder.so_far_w, feeder.limit_w) == (4200, 3600, 4800, 5000)


def limited(database, import_max_w):
    with database.write() as connection:
        market.add_limit(
            connection, "feeder-1", S, S + 3600, import_max_w, S - 60, "the grid operator limits this street"
        )


def correction(database, now):
    with database.read() as connection:
        return replan.needed(connection, now)


def test_a_feeder_that_heads_above_its_limit_is_planned_anew(database):
    limited(database, 3100)
    keep_plan(database, {"box-01": 2900}, 3100.0)
    take(database, "box-01", range(6), 3600)
    found = correction(database, S + 300)
    assert found.reason == "feeder-1 heads for 3.6 of 3.1 kW"
    # (3100·900 − 3600·300) / 600 = 2850 W are left, and the home is 700 W above its plan
    assert found.first_limit_w == {"feeder-1": pytest.approx(2150)}


def test_a_feeder_on_its_way_is_left_alone(database):
    limited(database, 3100)
    keep_plan(database, {"box-01": 2900}, 3100.0)
    take(database, "box-01", range(6), 2940)
    assert correction(database, S + 300) is None


def test_without_a_limit_nothing_is_planned_anew(database):
    keep_plan(database, {"box-01": 2900}, np.inf)
    take(database, "box-01", range(6), 9000)
    assert correction(database, S + 300) is None


def test_the_rebound_after_a_limit_counts_as_limited(database):
    with database.write() as connection:
        market.add_limit(
            connection, "feeder-1", S - 7200, S - 6300, 3100, S - 9000, "over for an hour and three quarters"
        )
    keep_plan(database, {"box-01": 2900}, 3100.0)
    take(database, "box-01", range(6), 3600)
    assert correction(database, S + 300) is not None
