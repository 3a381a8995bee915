"""`vpp dispatch` with files: what it writes, how it exits, and that nothing is left behind where it cannot work.

Slots are one hour, so that W and Wh are the same number.
"""

import json
import time
from types import SimpleNamespace

import numpy as np
import pytest

from osb_hub.cli.progress import progress_line
from osb_hub.dispatch.files import read_fleet, read_market, read_schedule, write_fleet
from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import Market
from osb_hub.dispatch.result import Progress
from osb_hub.ingest.inbox import Raw
from osb_hub.ingest.writer import store
from osb_hub.settings import Settings
from osb_hub.store.database import Database
from osb_hub.store.readings import slot_of
from osb_wire.messages import encode

INF = np.inf


def fleet(wanted_wh=2000.0):
    """One car of 2 kW that must hold `wanted_wh` after two hours, which cost 300 and 100 EUR/MWh."""
    return Fleet(
        slot_h=1.0,
        store_home=[0],
        home_feeder=[0],
        fill0_wh=0.0,
        retention=1.0,
        eta_in=1.0,
        eta_out=1.0,
        charge_max_w=2000.0,
        discharge_max_w=0.0,
        usage_w=0.0,
        fill_min_wh=np.array([[0.0, wanted_wh]]),
        fill_max_wh=9000.0,
        below_price=INF,
        above_price=INF,
        wear_price=0.0,
        end_value=0.0,
        load_w=np.array([[500.0, 500.0]]),
        pv_w=0.0,
        import_max_w=9200.0,
        export_max_w=9200.0,
        import_price=np.array([[3e-4, 1e-4]]),
        export_price=0.0,
        peak_price=0.0,
        peak_floor_w=0.0,
        feeder_import_max_w=INF,
        feeder_export_max_w=INF,
        feeder_penalty=5e-3,
        store_names=("box-01 ev",),
        home_names=("box-01",),
    )


@pytest.fixture
def files(tmp_path):
    """Paths, and a fleet file that is there."""
    write_fleet(tmp_path / "fleet.npz", fleet())
    return SimpleNamespace(**{name: tmp_path / f"{name}.npz" for name in ("fleet", "out")}, json=tmp_path / "out.json")


def test_a_fleet_file_becomes_a_certified_schedule_file(vpp, files):
    code, out, _ = vpp("dispatch", "--fleet", files.fleet, "--out", files.out, "--json", files.json)
    assert code == 0
    schedule, multipliers = read_schedule(files.out, fleet())
    np.testing.assert_allclose(schedule.charge_w, [[0, 2000]], atol=1)
    np.testing.assert_allclose(multipliers.home_price * 1e6, [[300, 100]], atol=0.1)
    # 500 Wh at 300 and 2500 Wh at 100 EUR/MWh
    told = json.loads(files.json.read_text())
    assert told["status"] == "optimal"
    assert told["objective_eur"] == pytest.approx(0.15 + 0.25, abs=1e-4)
    assert told["lower_bound_eur"] <= 0.4 + 1e-9
    assert told["gap"] <= 1e-3
    assert "optimal" in out
    assert "0.40 EUR" in out


def test_the_market_counts(vpp, files, tmp_path):
    market = tmp_path / "market.json"
    market.write_text('{"buy_price": [0.0, 0.0005], "sell_price": 0.0}')  # now the second hour is the dearer one
    assert vpp("dispatch", "--fleet", files.fleet, "--market", market, "--out", files.out)[0] == 0
    schedule, _ = read_schedule(files.out, fleet(), read_market(market, 2))
    np.testing.assert_allclose(schedule.charge_w, [[2000, 0]], atol=1)


def test_json_without_a_file_is_all_there_is_on_stdout(vpp, files):
    code, out, _ = vpp("dispatch", "--fleet", files.fleet, "--json", "--out", files.out)
    assert code == 0
    assert json.loads(out)["objective_eur"] == pytest.approx(0.4, abs=1e-4)


@pytest.mark.parametrize("solver", ["linprog", "structured"])
def test_the_solver_asked_for_is_taken(vpp, files, solver):
    assert vpp("dispatch", "--fleet", files.fleet, "--out", files.out, "--solver", solver, "--json", files.json)[0] == 0
    assert json.loads(files.json.read_text())["solver"] == solver


def test_what_cannot_be_kept_is_named_and_the_least_violation_is_written(vpp, files):
    write_fleet(files.fleet, fleet(wanted_wh=5000))
    code, out, _ = vpp("dispatch", "--fleet", files.fleet, "--out", files.out, "--json", files.json)
    assert code == 1
    assert "box-01 ev" in out
    # two hours of 2 kW: 1000 Wh are missing
    (violation,) = json.loads(files.json.read_text())["violations"]
    assert (violation["who"], violation["what"], violation["slot"]) == ("box-01 ev", "band", 1)
    assert violation["amount"] == pytest.approx(1000, abs=1)
    np.testing.assert_allclose(read_schedule(files.out, fleet())[0].charge_w, [[2000, 2000]], atol=1)


def test_an_option_that_makes_no_sense_is_one_sentence(vpp, files):
    given = ("dispatch", "--fleet", files.fleet, "--out", files.out)
    for arguments, sentence in (
        (("dispatch", "--fleet", files.fleet), "--fleet needs --out FILE for the schedule."),
        (("dispatch", "--out", files.out), "--out needs --fleet FILE; without it the live fleet is meant."),
        ((*given, "--now"), "--now is for the live fleet; leave out --now or --fleet."),
        ((*given, "--gap", "0"), "--gap must be above 0 and below 1, not 0."),
        ((*given, "--time-limit", "-1"), "--time-limit must be above 0 s, not -1."),
        ((*given, "--json", "none/out.json"), "--json none/out.json cannot be written: none is no folder."),
        ((*given, "--market", "none.json"), "none.json: cannot be read (No such file or directory)."),
    ):
        assert vpp(*arguments) == (2, "", f"vpp: {sentence}\n")
    assert not files.out.exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("load_w", np.array([[500.0, np.nan]]), "load_w of box-01 in slot 1 is not a number."),
        ("charge_max_w", np.array(-2000.0), "charge_max_w of box-01 ev in slot 0 is negative."),
        ("store_home", np.array([1]), "store_home points to 1, but there are 1 homes (0 to 0)."),
        ("pv_w", np.zeros((1, 3)), "pv_w has shape (1, 3)"),
    ],
)
def test_a_bad_fleet_file_is_one_sentence_and_leaves_no_output(vpp, files, name, value, words):
    arrays = dict(np.load(files.fleet))
    np.savez(files.fleet, **{**arrays, name: value})
    code, out, err = vpp("dispatch", "--fleet", files.fleet, "--out", files.out, "--json", files.json)
    assert (code, out) == (2, "")
    assert err.startswith("vpp: ")
    assert words in err
    assert err.count("\n") == 1
    assert not files.out.exists()
    assert not files.json.exists()


def test_the_live_plan_can_go_into_a_file_too(vpp, tmp_path):
    assert vpp("dispatch", "--json", tmp_path / "plan.json") == (0, "", "")
    assert json.loads((tmp_path / "plan.json").read_text())["plan"] is None


def test_the_live_fleet_is_written_in_the_form_that_is_read(vpp, tmp_path):
    now = int(time.time())
    car = {"actuator": "ev", "fill_wh": 4000, "retention_ppm": 1000000, "eta_in_pm": 950, "eta_out_pm": 1000}
    car |= {"charge_max_w": 7400, "discharge_max_w": 0, "usage_w": 0, "fill_min_wh": 0, "fill_max_wh": 20000}
    car |= {"below_price": None, "above_price": None, "wear_price": 0, "end_value": 0}
    offer = {"id": 1, "t": now, "start": slot_of(now), "slots": 96, "load_w": 400, "pv_w": 0}
    offer |= {"import_max_w": 9200, "export_max_w": 9200, "stores": [car]}
    hello = {"t": now, "epoch": now, "firmware": "0.1.0", "board": "pico_w", "interpreter": "MicroPython v1.28.0"}
    hello |= {"actuators": [{"actuator": "ev", "charge_max_w": 7400, "discharge_max_w": 0}], "meters": ["grid"]}
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    batch = [Raw("osb/v1/box-01/hello", json.dumps(hello).encode())]
    store(database, Settings(), [*batch, Raw("osb/v1/box-01/offer", encode("offer", offer))], now)
    database.close()

    fleet_file, market_file = tmp_path / "live.npz", tmp_path / "live.json"
    code, out, _ = vpp("dispatch", "--json", "export", "--fleet-out", fleet_file, "--market-out", market_file)
    assert code == 0
    assert "1 homes with 1 stores" in out
    live = read_fleet(fleet_file)
    assert (live.home_names, live.slots, live.charge_max_w[0, 0]) == (("box-01",), 96, 7400)
    assert isinstance(read_market(market_file, live.slots), Market)
    assert (
        vpp("dispatch", "--fleet", fleet_file, "--market", market_file, "--out", tmp_path / "s.npz", "--json")[0] == 0
    )


def test_without_an_offer_there_is_nothing_to_export(vpp, tmp_path):
    paths = ("--fleet-out", tmp_path / "f.npz", "--market-out", tmp_path / "m.json")
    sentence = "vpp: There is no fleet to write: no box has made an offer yet.\n"
    assert vpp("dispatch", "export", *paths) == (2, "", sentence)
    assert not (tmp_path / "f.npz").exists()


def test_progress_is_told_after_two_seconds_and_not_too_often(capsys):
    with progress_line() as show:
        for seconds in (0.5, 1.9, 2.5, 3.0, 5.0):
            show(Progress(int(10 * seconds), seconds, 99.5, 100.0, 5e-3))
    assert capsys.readouterr().err.splitlines() == [
        "2 s, iteration 25: between 99.50 and 100.00 EUR, gap 5.0e-03",
        "5 s, iteration 50: between 99.50 and 100.00 EUR, gap 5.0e-03",
    ]
