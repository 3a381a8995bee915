"""What the report reads from a real store."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sqlalchemy import insert

from osb_hub.demo.recorded import recorded
from osb_hub.store import tables
from osb_hub.store.database import Database

START = 1768431600
NAN = np.nan


@pytest.fixture
def connection(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with database.write() as connection:
        yield connection
    database.close()


def add(connection, table, *rows):
    connection.execute(insert(table), list(rows))


def plan(connection, number, t, watts, accepted, start=None, shortfall=0):
    start = t if start is None else start
    made = {
        "id": number,
        "t": t,
        "start": start,
        "slots": len(watts),
        "ttl_s": 10800,
        "reason": "",
        "status": "optimal",
    }
    add(connection, tables.plan, made | {"sentence": "", "objective_eur": 0, "solve_s": 0.1 * number})
    power = {"plan": number, "box": "box-01", "actuator": "battery"}
    add(connection, tables.plan_power, *(power | {"start": start + 900 * i, "power_w": w} for i, w in enumerate(watts)))
    feeder = {"plan": number, "feeder": "street", "start": start, "net_w": 0, "limit_w": 0, "shadow_eur_mwh": 0}
    add(connection, tables.plan_feeder, feeder | {"shortfall_w": shortfall})
    if accepted is not None:
        reply = {"plan": number, "box": "box-01", "t": t, "received": t, "accepted": accepted, "refused": []}
        add(connection, tables.reply, reply)


def test_a_reading_that_is_stored_twice_is_seen(connection):
    reading = {
        "box": "box-01",
        "point": "grid.power",
        "t": START,
        "value": 1,
        "unit": "W",
        "quality": "good",
        "age_s": 0,
    }
    add(connection, tables.reading, reading, reading | {"t": START + 60}, reading)
    found = recorded(connection, START, START + 900)
    assert (found.readings, found.distinct_readings) == (3, 2)


def test_energy_is_that_of_the_slots_of_the_run(connection):
    slot = {"box": "box-01", "point": "grid.import", "unit": "Wh", "completeness": 1}
    slots = ((START - 900, 7), (START, 100), (START + 900, 250), (START + 1800, 9))
    add(connection, tables.interval, *(slot | {"start": start, "value": value} for start, value in slots))
    add(connection, tables.interval, slot | {"point": "grid.power", "unit": "W", "start": START, "value": 400})
    assert recorded(connection, START, START + 1800).energy_wh == {("box-01", "grid.import"): 350}


def test_what_was_asked_is_what_the_box_had_accepted_for_the_slot(connection):
    plan(connection, 1, START + 900, [1000, 2000, 3000, 4000], ["battery"])  # nothing was in force in slot 0
    plan(connection, 2, START + 1800, [500, 600, 700], [])  # refused: slot 2 does not count
    plan(connection, 3, START + 2700, [800, 900], None)  # never answered: plan 2 goes on, refused
    plan(connection, 4, START + 3600, [1200, 1300], ["battery"])
    found = recorded(connection, START, START + 5 * 900)
    assert_array_equal(found.asked_w["box-01", "battery"], [NAN, 1000, NAN, NAN, 1200])
    assert [record.plan.id for record in found.plans] == [1, 2, 3, 4]
    assert [list(record.share) for record in found.plans][:2] == [[0, 1, 0, 0, 0], [0, 0, 1, 0, 0]]


def test_a_plan_that_is_corrected_within_a_slot_counts_by_time(connection):
    plan(connection, 1, START, [900, 900], ["battery"])
    plan(connection, 2, START + 300, [300, 600], ["battery"], start=START)
    # slot 0: 300 s of 900 W and 600 s of 300 W; then the correction
    found = recorded(connection, START, START + 1800)
    assert_array_equal(found.asked_w["box-01", "battery"], [500, 600])
    assert [list(record.share) for record in found.plans] == [[1 / 3, 0], [2 / 3, 1]]


def test_compensation_counts_for_as_long_as_the_first_slot_of_a_plan_was_followed(connection):
    plan(connection, 1, START, [0, 0], None)
    plan(connection, 2, START + 300, [0, 0], None, start=START)
    for number, eur in ((1, 0.30), (2, 0.06)):
        add(connection, tables.plan_due, {"plan": number, "box": "box-01", "due_eur": eur})
    found = recorded(connection, START, START + 1800)
    # 300 s of the slot at 0.30, 600 s at 0.06; the second slot of plan 2 has no plan of its own and is not counted
    assert [record.due_eur["box-01"] for record in found.plans] == pytest.approx([0.10, 0.04])


def test_the_shortfall_is_what_was_said_before_the_slot(connection):
    plan(connection, 1, START, [0, 0], None, shortfall=400)
    plan(connection, 2, START + 300, [0, 0], None, start=START, shortfall=9000)  # a correction in the slot is no excuse
    assert_array_equal(recorded(connection, START, START + 1800).shortfall_w, [400, 0])
