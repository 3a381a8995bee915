"""What a plan is made from: every box is accounted for, by name where it cannot be dispatched."""

import json

import pytest

from osb_hub.ingest.inbox import Raw
from osb_hub.ingest.writer import store
from osb_hub.jobs.gather import gather
from osb_hub.jobs.intervals import update_all
from osb_hub.settings import Settings
from osb_hub.store import market
from osb_hub.store.database import Database

S = 1768431600
SETTINGS = Settings(horizon=12)
TANK = {"actuator": "tank", "fill_wh": 5000, "retention_ppm": 1000000, "eta_in_pm": 1000, "eta_out_pm": 1000}
TANK |= {"charge_max_w": 2000, "discharge_max_w": 0, "usage_w": -400, "fill_min_wh": 4850, "fill_max_wh": 9000}
TANK |= {"below_price": None, "above_price": None, "wear_price": 0, "end_value": 0}


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    yield database
    database.close()


def take(database, kind, message, box="box-01", now=S):
    store(database, SETTINGS, [Raw(f"osb/v1/{box}/{kind}", json.dumps(message).encode())], now)


def offer(database, start=S, box="box-01"):
    message = {"id": 1, "t": start, "start": start, "slots": 12, "load_w": 300, "pv_w": 0}
    limits = {"import_max_w": 9200, "export_max_w": 9200}
    take(database, "offer", message | limits | {"stores": [TANK]}, box, start)


def gathered(database, now=S, **kind):
    with database.read() as connection:
        return gather(connection, SETTINGS, now, **kind)


def test_a_box_with_a_fresh_offer_is_dispatched(database):
    offer(database)
    found = gathered(database)
    assert found.dispatched == ["box-01"]
    assert found.problem.committed == {}
    assert (found.problem.start, found.problem.slots, found.problem.feeders) == (S, 12, {"box-01": "feeder-1"})


def test_a_refused_actuator_is_expected_to_keep_its_band_until_the_next_offer(database):
    offer(database)
    refused = [{"actuator": "tank", "reason": "fault", "detail": "no answer"}]
    take(database, "reply", {"t": S + 60, "plan": 1, "accepted": [], "refused": refused}, now=S + 60)
    # 5000 → 4900 → 4800: 50 Wh missing = 200 W, then 100 Wh = 400 W a slot
    assert gathered(database, S + 300).problem.committed == {"box-01": {"tank": [0, 200] + [400] * 10}}
    offer(database, S + 900)
    assert gathered(database, S + 900).problem.committed == {}


@pytest.mark.parametrize(
    ("status", "now", "why"),
    [
        ("offline", S + 60, "it is offline (the link was cut)"),
        ("online", S + 900, "it has been silent for 15 minutes"),
    ],
)
def test_a_box_out_of_reach_is_counted_and_named(database, status, now, why):
    offer(database)
    take(database, "status", {"t": S, "state": status, "reason": "the link was cut"})
    found = gathered(database, now)
    assert found.dispatched == []
    assert found.notes[0] == f"box-01 is counted as it is expected to run, {why}."
    assert found.problem.committed["box-01"]["tank"][:2] == ([0, 200] if now < S + 900 else [200, 400])


def test_an_old_offer_is_named(database):
    offer(database)
    take(database, "status", {"t": S + 4500, "state": "online", "reason": "here"}, now=S + 4500)
    assert "its offer is 75 minutes old" in gathered(database, S + 4500).notes[0]


def test_a_box_without_an_offer_counts_with_what_it_measured(database):
    for i in range(16):
        points = [["grid.import", 10 * i, "Wh", "good", 0]]  # 600 W
        message = {"epoch": S - 960, "seq": i + 1, "oldest": 1, "t": S - 900 + 60 * i, "points": points}
        take(database, "telemetry", message)
    update_all(database, S)
    found = gathered(database)
    assert found.problem.offers["box-01"]["load_w"] == 600
    assert found.problem.offers["box-01"]["stores"] == []
    assert found.notes[0] == "box-01 has made no offer yet."


def test_without_prices_limits_are_still_planned_for(database):
    offer(database)
    found = gathered(database)
    assert found.notes == ["No prices are known: planned with a flat 100 EUR/MWh."]
    assert found.problem.import_price[0] == pytest.approx((100 + 160) * 1.06)


def test_a_limit_has_a_margin_and_holds_for_two_hours_after_its_end(database):
    offer(database)
    with database.write() as connection:
        market.add_limit(connection, "feeder-1", S, S + 900, 20000, S, "short of copper")
    problem = gathered(database).problem
    assert list(problem.limits["feeder-1"] < 1e9) == [True] * 9 + [False] * 3
    assert problem.margin_w == {"feeder-1": pytest.approx(800)}  # 4 % as long as nothing is known of errors
    assert gathered(database, first_limit_w={"feeder-1": 12345}).problem.limits["feeder-1"][0] == 12345


def test_the_peak_tariff_begins_at_what_the_month_has_seen(database):
    """The highest quarter-hour of the local month: 1000 Wh are 4 kW; what came in the month before is paid for."""
    offer(database)
    for start, before, energy in ((S - 15 * 86400, 0, 2000), (S - 86400, 50000, 1000), (S - 900, 90000, 200)):
        for i in range(16):
            points = [["grid.import", before + energy * i // 15, "Wh", "good", 0]]
            message = {"epoch": start - 60, "seq": i + 1, "oldest": 1, "t": start + 60 * i, "points": points}
            take(database, "telemetry", message, now=start + 900)
    update_all(database, S)
    with database.read() as connection:
        problem = gather(connection, Settings(horizon=12, capacity_eur_kw_year=48), S).problem
        assert problem.peak_w["box-01"] == pytest.approx(4000, rel=0.02)
        assert problem.peak_price == pytest.approx(0.004)  # 48 EUR a kW and year are 4 EUR a month
        assert gather(connection, SETTINGS, S).problem.peak_w == {}
