"""Commands as a user types them: what they print, what they refuse, how they exit."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from osb_hub.ingest.inbox import Raw
from osb_hub.ingest.writer import store
from osb_hub.jobs.intervals import update_all
from osb_hub.settings import Settings
from osb_hub.store.database import Database

VECTORS = Path(__file__).parents[2] / "wire" / "vectors" / "offer.json"
T = 1768431600  # 2026-01-14 23:00 UTC = 2026-01-15 00:00 in Brussels


@pytest.fixture
def measured(tmp_path):
    """A store in which box-01 has introduced itself and measured for a quarter of an hour, and sent rubbish once."""
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    hello = {"t": T, "epoch": T, "firmware": "0.1.0", "board": "pico_w", "interpreter": "MicroPython v1.28.0"}
    hello |= {"actuators": [{"actuator": "tank", "charge_max_w": 2000, "discharge_max_w": 0}], "meters": ["grid"]}
    batch = [Raw("osb/v1/box-01/hello", json.dumps(hello).encode()), Raw("osb/v1/box-01/offer", b"{")]
    for i in range(16):
        points = [["grid.power", 600, "W", "good", 0], ["grid.import", 10 * i, "Wh", "good", 0]]
        message = {"epoch": T, "seq": i + 1, "oldest": 1, "t": T + 60 * i, "points": points}
        batch.append(Raw("osb/v1/box-01/telemetry", json.dumps(message).encode()))
    store(database, Settings(), batch, T + 900)
    update_all(database, T + 900)
    database.close()


def test_boxes(vpp, measured):
    code, out, _ = vpp("boxes", "--json")
    assert code == 0
    (box,) = json.loads(out)
    assert (box["id"], box["state"], box["hello"]["firmware"], box["actuators"]) == (
        "box-01",
        "online",
        "0.1.0",
        ["tank"],
    )
    assert (box["refused"], box["refusal"], box["last_seen"]) == (1, "offer: message: is not JSON", T + 900)
    text = vpp("boxes")[1]
    for words in ("box-01", "online", "0.1.0", "pico_w", "tank", "2026-01-15 00:15 CET", "offer: message: is not JSON"):
        assert words in text


def test_one_box(vpp, measured):
    assert "offer: message: is not JSON" in vpp("boxes", "box-01")[1]
    assert json.loads(vpp("boxes", "box-01", "--json")[1])["offer"] is None
    assert vpp("boxes", "box-99") == (2, "", "vpp: There is no box called box-99; known are: box-01.\n")


def test_the_accuracy_that_a_box_states_is_shown(vpp, measured, tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    offer = next(case for case in json.loads(VECTORS.read_text()) if case["why"].startswith("with the accuracy"))
    store(database, Settings(), [Raw("osb/v1/box-01/offer", offer["payload"].encode())], T + 901)
    database.close()
    text = vpp("boxes", "box-01")[1]
    assert "mean error of load: 120 W, 310 W, ? W, 540 W (0-6, 6-12, 12-18, 18-24 h)" in text
    assert "mean error of battery following a plan: 40 W, 60 W, 35 W, 80 W" in text
    assert json.loads(vpp("boxes", "box-01", "--json")[1])["offer"]["load_error_w"] == [120, 310, None, 540]


def test_readings(vpp, measured):
    rows = json.loads(vpp("readings", "box-01", "--point", "grid.power", "--json")[1])
    assert len(rows) == 16
    assert rows[0] == {"point": "grid.power", "t": T, "value": 600, "unit": "W", "quality": "good", "age_s": 0}
    rows = json.loads(vpp("readings", "box-01", "--since", "2026-01-15T00:14", "--json")[1])
    assert {(row["point"], row["t"]) for row in rows} == {
        (point, T + t) for point in ("grid.power", "grid.import") for t in (840, 900)
    }
    assert "2026-01-15 00:15 CET" in vpp("readings", "box-01")[1]


def test_slots(vpp, measured):
    rows = json.loads(vpp("readings", "box-01", "--slots", "--json")[1])
    assert {"point": "grid.import", "start": T, "value": 150.0, "unit": "Wh", "completeness": 1.0} in rows


def test_the_hour_that_comes_twice_is_not_ambiguous(vpp, measured):
    assert (
        "2026-10-25 02:30 CEST"
        in vpp(
            *("limits", "add", "--feeder", "feeder-1", "--kw", 30),
            *("--start", "2026-10-25T00:30+00:00", "--end", "2026-10-25T01:30+00:00"),
        )[1]
    )
    assert "2026-10-25 02:30 CET" in vpp("limits", "list", "--past")[1]


def test_limits(vpp):
    window = ("--feeder", "feeder-1", "--start", "2099-01-15T17:00", "--end", "2099-01-15T20:30", "--kw", "30.5")
    code, out, _ = vpp("limits", "add", *window, "--reason", "the street is short of copper")
    assert code == 0
    assert out == "feeder-1: at most 30.5 kW from 2099-01-15 17:00 CET to 2099-01-15 20:30 CET.\n"
    (limit,) = json.loads(vpp("limits", "list", "--json")[1])
    start = int(datetime(2099, 1, 15, 17, tzinfo=ZoneInfo("Europe/Brussels")).timestamp())
    assert (limit["feeder"], limit["start"], limit["end"] - limit["start"]) == ("feeder-1", start, 12600)
    assert (limit["import_max_w"], limit["reason"]) == (30500, "the street is short of copper")


def test_prices(vpp, tmp_path):
    file = tmp_path / "prices.csv"
    day = datetime(2026, 1, 15, tzinfo=ZoneInfo("Europe/Brussels"))
    rows = [f"{day.replace(hour=h).isoformat()},{100 + h}" for h in range(24)]
    file.write_text("start,eur_per_mwh\n" + "\n".join(rows) + "\n")
    code, out, _ = vpp("prices", "load", file)
    assert (code, out) == (0, "96 slots from 2026-01-15 00:00 CET to 2026-01-16 00:00 CET loaded.\n")
    rows = json.loads(vpp("prices", "show", "--since", "2026-01-15T17:00", "--json")[1])
    assert len(rows) == 28
    # (117 + 160) · 1.06 = 293.62; 117 − 5 = 112
    assert rows[0] == {"start": T + 17 * 3600, "spot_eur_mwh": 117, "import_eur_mwh": 293.62, "export_eur_mwh": 112}


def test_weather(vpp, tmp_path):
    file = tmp_path / "weather.csv"
    file.write_text("start,temp_c,ghi_w_m2\n2026-01-15T00:00+01:00,2.5,0\n2026-01-15T01:00+01:00,3,0\n")
    code, out, _ = vpp("weather", "load", file)
    assert (code, out) == (0, "8 slots from 2026-01-15 00:00 CET to 2026-01-15 02:00 CET loaded.\n")


def test_dispatch_without_a_plan_says_so(vpp, measured):
    assert vpp("dispatch") == (0, "There is no plan yet: plans begin with the first offer of a box.\n", "")
    assert json.loads(vpp("dispatch", "--json")[1])["plan"] is None


WINDOW = ("limits", "add", "--feeder", "f", "--start", "2026-01-15T17:00", "--end")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            (*WINDOW, "2026-01-15T16:00", "--kw", "3"),
            "--end 2026-01-15T16:00 must be later than --start 2026-01-15T17:00.",
        ),
        ((*WINDOW, "noon", "--kw", "3"), "'noon' is not a time such as 2026-01-15T17:00."),
        ((*WINDOW, "2026-01-15T18:00", "--kw", "-3"), "--kw -3 must be a power from 0 to 1000000 kW."),
        ((*WINDOW, "2026-01-15T18:00", "--kw", "3", "--reason", ""), "--reason has 0 bytes"),
        (("prices", "load", "none.csv"), "none.csv: cannot be read"),
        (("weather", "load", "none.csv"), "none.csv: cannot be read"),
        (("readings", "box-07"), "There is no box called box-07; known are: none yet."),
        (("--config", "none.toml", "boxes"), "none.toml: cannot be read"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_2(vpp, arguments, sentence):
    code, out, err = vpp(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"vpp: {sentence}")
    assert err.count("\n") == 1


def test_a_file_that_is_no_database(vpp, tmp_path):
    (tmp_path / "hub.sqlite").write_text("this is not a database, it is a text of some length\n" * 40)
    code, _, err = vpp("boxes")
    assert code == 2
    assert "hub.sqlite" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", ["serve", "boxes", "readings", "dispatch", "bench", "prices", "limits", "weather"])
def test_every_command_explains_itself(vpp, command):
    code, out, _ = vpp(command, "--help")
    assert code == 0
    assert "Usage" in out
