"""Backup homes: held out of a limit until others drop out while it holds."""

import json

import pytest

from osb_hub.ingest.inbox import Raw
from osb_hub.ingest.writer import store
from osb_hub.jobs.backup import held_out
from osb_hub.jobs.gather import gather
from osb_hub.settings import Settings
from osb_hub.store import market
from osb_hub.store.database import Database

S = 1768431600
SETTINGS = Settings(horizon=12, backup=["box-03", "box-04"])
TANK = {"actuator": "tank", "fill_wh": 5000, "retention_ppm": 1000000, "eta_in_pm": 1000, "eta_out_pm": 1000}
TANK |= {"charge_max_w": 2000, "discharge_max_w": 0, "usage_w": -400, "fill_min_wh": 4850, "fill_max_wh": 9000}
TANK |= {"below_price": None, "above_price": None, "wear_price": 0, "end_value": 0}


@pytest.fixture
def street(tmp_path):
    """Four boxes with an offer each, under a limit for the first hour."""
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    for number in range(1, 5):
        offer(database, f"box-0{number}", S)
    with database.write() as connection:
        market.add_limit(connection, "feeder-1", S, S + 3600, 20000, S, "short of copper")
    yield database
    database.close()


def take(database, kind, message, box, now):
    store(database, SETTINGS, [Raw(f"osb/v1/{box}/{kind}", json.dumps(message).encode())], now)


def offer(database, box, start):
    message = {"id": 1, "t": start, "start": start, "slots": 12, "load_w": 300, "pv_w": 0}
    limits = {"import_max_w": 9200, "export_max_w": 9200}
    take(database, "offer", message | limits | {"stores": [TANK]}, box, start)


def refuse(database, box, reason, now, plan=1):
    refused = [{"actuator": "tank", "reason": reason, "detail": "not now"}]
    take(database, "reply", {"t": now, "plan": plan, "accepted": [], "refused": refused}, box, now)


def gathered(database, now):
    with database.read() as connection:
        return gather(connection, SETTINGS, now)


def test_while_everyone_follows_the_backup_homes_are_held_out(street):
    found = gathered(street, S + 60)
    assert found.problem.backup == {"box-03", "box-04"}
    assert found.dispatched == ["box-01", "box-02", "box-03", "box-04"]  # they are told their own best plan


def test_one_is_drawn_in_for_one_that_opts_out_and_stays_in_while_the_limit_holds(street):
    refuse(street, "box-01", "override", S + 300)
    found = gathered(street, S + 360)
    assert found.problem.backup == {"box-04"}
    assert found.notes[-1] == "box-03: drawn in as backup for box-01."
    for box in ("box-01", "box-02", "box-03", "box-04"):
        offer(street, box, S + 900)  # its new offer says no more of the refusal
    assert gathered(street, S + 900).problem.backup == {"box-04"}


def test_one_that_is_offline_counts_too_and_two_need_two(street):
    take(street, "status", {"t": S + 60, "state": "offline", "reason": "the link was cut"}, "box-02", S + 60)
    assert gathered(street, S + 120).problem.backup == {"box-04"}
    refuse(street, "box-01", "comfort", S + 120)
    assert gathered(street, S + 180).problem.backup == frozenset()


def test_who_comes_back_lets_the_backup_go(street):
    refuse(street, "box-01", "comfort", S + 300)
    take(street, "reply", {"t": S + 480, "plan": 2, "accepted": ["tank"], "refused": []}, "box-01", S + 480)
    assert gathered(street, S + 540).problem.backup == {"box-03", "box-04"}


def test_a_car_that_is_away_has_not_opted_out(street):
    refuse(street, "box-01", "limit", S + 300)
    assert gathered(street, S + 360).problem.backup == {"box-03", "box-04"}


def test_without_a_limit_nobody_is_drawn_in(street):
    # the limit ended at S + 3600 and holds two hours longer against the rebound
    later = S + 3600 + 7200
    for box in ("box-01", "box-02", "box-03", "box-04"):
        offer(street, box, later)
    refuse(street, "box-01", "override", later + 60)
    assert gathered(street, later + 120).problem.backup == {"box-03", "box-04"}


def test_each_feeder_has_its_own():
    feeders = {"a": "north", "b": "north", "c": "south", "d": "south", "e": "south"}
    spare = held_out(["b", "d", "e"], ["b", "c", "d", "e"], feeders, {"south": ["c", "d"], "north": []})
    assert spare.held == {"b"}  # d has dropped out itself, so that e stands in for c
    assert spare.notes == ("e: drawn in as backup for c.",)
