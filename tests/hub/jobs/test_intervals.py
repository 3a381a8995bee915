"""Interval job on a real database: readings arrive through the writer as they do from a broker."""

import json

import pytest

from osb_hub.ingest.inbox import Raw
from osb_hub.ingest.writer import store
from osb_hub.jobs.intervals import update_all
from osb_hub.settings import Settings
from osb_hub.store.database import Database
from osb_hub.store.readings import slot_values

S = 1768431600


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    yield database
    database.close()


def minute(i, quality="good", power=600):
    """Telemetry of minute i after S: constant power [W], its counter, 10 Wh a minute."""
    points = [["grid.power", power, "W", quality, 0], ["grid.import", 10 * i, "Wh", quality, 0]]
    message = {"epoch": S - 60, "seq": i + 1, "oldest": 1, "t": S + 60 * i, "points": points}
    return Raw("osb/v1/box-01/telemetry", json.dumps(message).encode())


def take(database, minutes, **kind):
    store(database, Settings(), [minute(i, **kind) for i in minutes], S + 60 * max(minutes))


def values(database, point):
    with database.read() as connection:
        return [
            (v.start - S, v.value, round(v.completeness, 3))
            for v in slot_values(connection, "box-01", 0, 2**32, [point])
        ]


def test_a_slot_is_written_when_it_has_ended(database):
    take(database, range(15))
    assert update_all(database, S + 14 * 60) == 0 or values(database, "grid.import") == []
    take(database, [15])
    update_all(database, S + 900)
    assert values(database, "grid.import") == [(0, 150, 1.0)]
    assert values(database, "grid.power")[-1] == (0, 600, 1.0)


def test_late_data_changes_the_slots_it_belongs_to(database):
    take(database, range(16))
    update_all(database, S + 900)
    take(database, range(46, 61))
    update_all(database, S + 3600)
    assert values(database, "grid.import") == [(0, 150, 1.0), (900, 150, 0), (1800, 150, 0), (2700, 150, 0.933)]
    take(database, range(16, 46))  # the link is back: what the box had kept
    update_all(database, S + 3600 + 60)
    assert values(database, "grid.import") == [(i * 900, 150, 1.0) for i in range(4)]
    assert values(database, "grid.power")[-4:] == [(i * 900, 600, 1.0) for i in range(4)]


def test_a_dead_meter_leaves_no_value_and_its_counter_settles_when_it_is_back(database):
    take(database, range(16))
    take(database, range(16, 31), quality="bad", power=None)
    update_all(database, S + 1800)
    assert values(database, "grid.import") == [(0, 150, 1.0)]
    take(database, range(31, 46))
    update_all(database, S + 2700)
    assert values(database, "grid.import") == [(0, 150, 1.0), (900, 150, 0.0), (1800, 150, pytest.approx(0.933))]


def test_nothing_is_lost_when_a_reading_comes_in_the_running_slot(database):
    take(database, range(16))
    update_all(database, S + 900)
    take(database, range(16, 20))
    update_all(database, S + 900 + 300)
    take(database, range(20, 31))
    update_all(database, S + 1800)
    assert values(database, "grid.import") == [(0, 150, 1.0), (900, 150, 1.0)]
