"""Replies, accepted plans and notices on a real store."""

import numpy as np
import pytest

from osb_hub.control import events, plans, replies
from osb_hub.dispatch.planner import PlanResult
from osb_hub.dispatch.problem import PlanProblem
from osb_hub.store import market
from osb_hub.store.database import Database

S = 1768431600
SLOTS = 24


@pytest.fixture
def store(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with database.write() as connection:
        yield connection
    database.close()


def keep(connection, start, watts):
    problem = PlanProblem(
        start, start, SLOTS, {}, {"box-01": "feeder-1"}, {}, np.ones(SLOTS), np.ones(SLOTS), {}, {}, {}
    )
    power = {"box-01": {"tank": list(range(watts, watts + SLOTS)), "ev": [0] * SLOTS}}
    result = PlanResult(
        "optimal",
        "Every limit is kept.",
        power,
        {"box-01": [500] * SLOTS},
        {"feeder-1": [0] * SLOTS},
        {"feeder-1": np.zeros(SLOTS)},
        -1.5,
        0.01,
    )
    return plans.keep(connection, problem, result, "quarter-hourly plan"), power["box-01"]


def reply(connection, plan, accepted, refused=(), t=S):
    listed = [{"actuator": name, "reason": "override", "detail": "warmer"} for name in refused]
    replies.note(connection, "box-01", {"t": t, "plan": plan, "accepted": list(accepted), "refused": listed}, t)


def test_a_box_is_told_three_hours(store):
    number, power = keep(store, S, 100)
    message = plans.message(plans.last(store), power)
    assert (message["id"], message["start"], message["slots"], message["ttl_s"]) == (number, S, 12, 10800)
    assert message["actuators"][1] == {"actuator": "tank", "power_w": list(range(100, 112))}


def test_the_accepted_plan_runs_out(store):
    number, _ = keep(store, S, 100)
    reply(store, number, ["tank"], ["ev"])
    assert plans.accepted(store, "box-01", S) == {"tank": list(range(100, 112))}
    assert plans.accepted(store, "box-01", S + 10 * 900) == {"tank": [110, 111]}
    assert plans.accepted(store, "box-01", S + 12 * 900) == {}


def test_a_plan_without_reply_binds_nobody(store):
    first, _ = keep(store, S, 100)
    reply(store, first, ["tank"])
    keep(store, S + 900, 500)
    assert plans.accepted(store, "box-01", S + 900)["tank"][0] == 101


def test_opting_out_after_accepting_counts(store):
    number, _ = keep(store, S, 100)
    reply(store, number, ["tank", "ev"])
    reply(store, number, ["ev"], ["tank"], t=S + 200)
    assert plans.accepted(store, "box-01", S) == {"ev": [0] * 12}
    assert replies.refusals(store, S) == {"box-01": {"tank": "override"}}
    later, _ = keep(store, S + 900, 500)
    reply(store, later, ["tank"], t=S + 900)
    assert replies.refusals(store, S) == {}


def test_each_box_of_the_feeder_is_told_of_a_limit_once(store):
    market.add_limit(store, "feeder-1", S + 3600, S + 7200, 20000, S, "the grid operator limits this street")
    feeders = {"box-01": "feeder-1", "box-02": "feeder-2"}
    known = market.limits(store, S, S)
    (notice,) = events.new_notices(store, known, feeders, S)
    assert notice == (
        "box-01",
        {
            "id": 1,
            "t": S,
            "kind": "feeder_limit",
            "start": S + 3600,
            "end": S + 7200,
            "reason": "the grid operator limits this street",
        },
    )
    assert events.new_notices(store, known, feeders, S + 900) == []
    events.forget(store, 1)  # it could not be sent
    assert len(events.new_notices(store, known, feeders, S + 900)) == 1


def test_a_limit_is_not_known_before_it_is_announced(store):
    market.add_limit(store, "feeder-1", S + 3600, S + 7200, 20000, S + 1800, "later")
    assert market.limits(store, S, S + 1799) == []
    assert len(market.limits(store, S, S + 1800)) == 1


def test_prices_are_those_announced_last(store):
    market.add_prices(store, {S: 80.0, S + 900: 90.0}, S - 3600)
    market.add_prices(store, {S + 900: 200.0}, S)
    assert market.prices(store, S, S + 1800, S - 1) == {S: 80, S + 900: 90}
    assert market.prices(store, S, S + 1800, S) == {S: 80, S + 900: 200}
