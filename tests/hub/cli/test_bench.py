"""`vpp bench dispatch`: the figures that it reports, and the files that it leaves to others."""

import json

import pytest

from osb_hub.dispatch.files import read_fleet, read_market

KEYS = """homes stores columns compile_s read_s build_s solve_s certify_s write_s cpu_s peak_rss_mb iterations objective
lower_bound gap gap_of_savings no_dispatch_objective""".split()


def test_a_small_fleet_is_measured_and_compared_with_highs(vpp, tmp_path):
    fleet_file, market_file = tmp_path / "fleet.npz", tmp_path / "market.json"
    code, out, _ = vpp(
        *("bench", "dispatch", "--homes", 4, "--seed", 3, "--reference", "--json"),
        *("--fleet-out", fleet_file, "--market-out", market_file, "--export-mps", tmp_path / "lp.mps"),
    )
    assert code == 0
    told = json.loads(out)
    assert set(KEYS) <= told.keys()
    assert (told["homes"], told["seed"], told["levels"], told["status"]) == (4, 3, "peak", "optimal")
    assert told["gap"] <= 1e-3
    assert told["objective"] < told["no_dispatch_objective"]
    assert 0 < told["read_s"] + told["write_s"] < told["total_s"]
    assert 50 < told["peak_rss_mb"] < 4000
    simplex, *interior = told["reference"]
    assert simplex["method"] == "highs-ds"
    for one in (simplex, *interior):
        assert one["status"] == "optimal"
        slack = 2e-3 * abs(simplex["objective"]) if "tolerance" in one["method"] else 1e-6
        assert one["objective"] == pytest.approx(simplex["objective"], abs=slack)
    assert told["lower_bound"] <= simplex["objective"] + 1e-6
    assert simplex["objective"] <= told["objective"] + 1e-6

    fleet = read_fleet(fleet_file)
    assert (fleet.homes, fleet.stores) == (4, told["stores"])
    assert {one.direction for one in read_market(market_file, fleet.slots).reserve} == {"up", "down"}
    assert (tmp_path / "lp.mps").read_text().endswith("ENDATA\n")


def test_the_kept_files_give_the_same_schedule_to_the_other_command(vpp, tmp_path):
    files = {"fleet": tmp_path / "f.npz", "market": tmp_path / "m.json"}
    kept = ("--fleet-out", files["fleet"], "--market-out", files["market"])
    measured = json.loads(vpp("bench", "dispatch", "--homes", 2, "--levels", "feeder", *kept, "--json")[1])
    given = ("--fleet", files["fleet"], "--market", files["market"], "--out", tmp_path / "s.npz")
    code, out, _ = vpp("dispatch", *given, "--json")
    assert code == 0
    assert json.loads(out)["objective_eur"] == pytest.approx(measured["objective"], rel=1e-3)


def test_figures_for_people(vpp):
    code, out, _ = vpp("bench", "dispatch", "--homes", 1)
    assert code == 0
    for words in ("1 homes, levels peak, seed 1, on ", "gap_of_savings", "peak_rss_mb", "optimal"):
        assert words in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--homes", "0"), "A fleet has at least one home, not 0."),
        (("--homes", "1", "--endurance", "0"), "The endurance is at least 1 slot, not 0."),
        (("--homes", "1", "--seed", "-1"), "The seed is a number from 0 on, not -1."),
        (("--homes", "1", "--gap", "2"), "--gap must be above 0 and below 1, not 2."),
        (("--homes", "1", "--export-mps", "none/lp.mps"), "--export-mps none/lp.mps cannot be written"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(vpp, arguments, sentence):
    code, out, err = vpp("bench", "dispatch", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"vpp: {sentence}")
    assert err.count("\n") == 1
