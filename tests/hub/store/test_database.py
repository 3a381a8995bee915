from pathlib import Path

import alembic.command
import alembic.config
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.exc import IntegrityError

from osb_hub.control import plans
from osb_hub.errors import InputError
from osb_hub.store import database as database_module
from osb_hub.store import tables
from osb_hub.store.database import Database, upsert


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'new' / 'hub.sqlite'}")
    yield database
    database.close()


def test_migrations_build_exactly_the_tables_that_the_code_uses(database):
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_a_second_start_finds_its_data(tmp_path):
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    first = Database(url)
    with first.write() as connection:
        connection.execute(insert(tables.weather).values(start=1768431600, temp_mc=-3000, ghi_w_m2=0))
    first.close()
    second = Database(url)
    with second.read() as connection:
        assert connection.execute(select(tables.weather)).all() == [(1768431600, -3000, 0)]
    second.close()


def test_a_store_of_the_first_version_is_brought_up_to_date_with_its_plans(tmp_path):
    url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    config = alembic.config.Config()
    config.set_main_option("script_location", str(Path(database_module.__file__).parent / "migrations"))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0001")
        columns = "id, t, start, slots, ttl_s, reason, status, sentence, objective_eur, solve_s"
        connection.execute(text(f"INSERT INTO plan ({columns}) VALUES (7, 1, 0, 4, 9, 'r', 'optimal', 's', -1.5, 0.2)"))
    engine.dispose()
    database = Database(url)
    with database.read() as connection:
        plan = plans.last(connection)
        assert (plan.id, plan.objective_eur, plan.solve_s) == (7, -1.5, 0.2)
        assert (plan.gap, plan.solver, plan.due_eur) == (None, None, None)
        assert plans.due(connection, 7) == {}
    database.close()


def test_a_commit_reaches_the_disk(database):
    with database.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL


def test_a_failed_transaction_leaves_nothing(database):
    def write_twice():
        with database.write() as connection:
            for _ in range(2):
                connection.execute(insert(tables.weather).values(start=1768431600, temp_mc=0, ghi_w_m2=0))

    with pytest.raises(IntegrityError):
        write_twice()
    with database.read() as connection:
        assert connection.execute(select(tables.weather)).all() == []


def test_upsert_replaces_by_key(database):
    with database.write() as connection:
        upsert(connection, tables.weather, [{"start": 1, "temp_mc": 5, "ghi_w_m2": 6}])
        upsert(connection, tables.weather, [{"start": 1, "temp_mc": 7, "ghi_w_m2": 8}])
        assert connection.execute(select(tables.weather)).all() == [(1, 7, 8)]


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////proc/none/hub.sqlite", "oracle://x"])
def test_an_address_that_cannot_be_opened_is_named(url):
    with pytest.raises(InputError, match=url.split(":")[0]):
        Database(url)
