"""The seeded fleets of the benchmark: who owns what, what binds, and that nothing in them cannot be kept."""

import numpy as np
import pytest
from bench_reading import read_mps
from random_fleets import random_case
from scipy.optimize import linprog

from osb_hub.dispatch.bench import report
from osb_hub.dispatch.bench.columns import columns
from osb_hub.dispatch.bench.generate import Levels, generate
from osb_hub.dispatch.bench.households import feeder_sizes
from osb_hub.dispatch.bench.mps import write_mps
from osb_hub.dispatch.bench.profiles import hour_slots
from osb_hub.dispatch.market import DOWN, UP
from osb_hub.dispatch.model import build
from osb_hub.dispatch.referee import referee, whole_lp
from osb_hub.dispatch.schedule import simulate

LARGE = generate(4000, seed=5)


def test_homes_own_what_the_benchmark_says():
    fleet, _ = LARGE
    # 0.4 + 0.5 + 0.6 + 0.3 = 1.8; a share of 4000 is within 0.03 with certainty enough
    assert fleet.stores / fleet.homes == pytest.approx(1.8, abs=0.05)
    gives_back = fleet.discharge_max_w.max(axis=1) > 0
    leaves = fleet.charge_max_w.min(axis=1) == 0
    shares = {
        "battery": (gives_back & ~leaves, 0.4),
        "car": (leaves, 0.5),
        "two-way car": (gives_back & leaves, 0.1),
        "heat pump": (fleet.eta_in.max(axis=1) > 1.5, 0.6),
    }
    for kind, (those, share) in shares.items():
        assert those.sum() / fleet.homes == pytest.approx(share, abs=0.03), kind
    assert (fleet.pv_w.max(axis=1) > 0).mean() == pytest.approx(0.45, abs=0.03)
    assert 0 < fleet.backup.mean() < 0.05
    assert fleet.reliability.min() >= 0.7


def test_feeders_have_fifty_to_a_hundred_homes_and_a_fifth_of_them_a_cap():
    fleet, _ = LARGE
    sizes = np.bincount(fleet.home_feeder)
    assert (sizes.min() >= 50, sizes.max() <= 100, sizes.std() > 3) == (True, True, True)
    evening = fleet.feeder_import_max_w[:, hour_slots(17, 22.5)].min(axis=1)
    capped = evening < fleet.feeder_import_max_w[:, :8].min(axis=1) * 0.95
    assert capped.mean() == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize("homes", [1, 10, 49, 50, 99, 100, 101, 149, 150, 151, 1234])
def test_feeders_take_every_number_of_homes(homes):
    sizes = feeder_sizes(homes, np.random.default_rng(homes))
    assert sizes.sum() == homes
    assert sizes.max() <= 100
    assert sizes.min() >= min(50, homes)


def test_a_seed_is_always_the_same_fleet_and_another_seed_another():
    one, again, other = (generate(30, seed)[0] for seed in (1, 1, 2))
    for name in ("load_w", "charge_max_w", "fill_min_wh", "feeder_import_max_w"):
        assert np.array_equal(getattr(one, name), getattr(again, name))
    assert not np.array_equal(one.load_w, other.load_w)


def test_series_are_single_precision_and_only_where_real_offers_have_them():
    fleet, _ = LARGE
    series = {"eta_in", "charge_max_w", "discharge_max_w", "usage_w", "fill_min_wh", "load_w", "pv_w"}
    series |= {"feeder_import_max_w"}
    for name in (*series, "fill_max_wh", "below_price", "import_max_w", "retention", "import_price"):
        array = getattr(fleet, name)
        assert array.dtype == np.float32, name
        if name != "import_price":
            assert (array.strides[1] > 0) == (name in series), name


def test_levels_differ_in_fuses_and_prices_only():
    feeder, home, peak = (generate(20, 1, levels)[0] for levels in Levels)
    assert np.array_equal(feeder.import_price, feeder.export_price)
    assert feeder.import_max_w.min() > 5 * peak.import_max_w.max()
    assert np.all(home.import_price > home.export_price)
    assert (feeder.peak_price.max(), home.peak_price.max()) == (0, 0)
    assert peak.peak_price.min() == pytest.approx(40 / 12 / 1000)
    for name in ("load_w", "charge_max_w", "feeder_import_max_w", "fill_min_wh"):
        assert np.array_equal(getattr(feeder, name), getattr(peak, name))


@pytest.mark.parametrize("levels", list(Levels))
def test_everything_can_be_kept_and_reserve_and_feeders_bind(levels):
    fleet, market = generate(12, seed=3, levels=levels)
    solved = referee(fleet, market)
    assert solved.status == "optimal"
    outcome = simulate(fleet, solved.schedule)
    assert outcome.below_wh.max() < 1
    assert outcome.above_wh.max() < 1
    assert outcome.import_excess_w.max() < 1
    assert (solved.multipliers.feeder_price > 1e-8).mean() > 0.1
    price = dict(zip((one.direction for one in market.reserve), solved.multipliers.reserve_price, strict=True))
    for direction in (UP, DOWN):
        # it costs something in some slots, and less than going short everywhere
        assert (price[direction] > 1e-6).sum() >= 3
        assert price[direction].sum() < 0.5 * 16 * 1e-3


def test_hard_bands_can_be_reached_with_what_the_charger_gives():
    fleet, _ = LARGE
    hard = np.isinf(fleet.below_price[:, 0])
    fill, charge_wh = fleet.fill0_wh, fleet.charge_max_w * fleet.slot_h
    for t in range(fleet.slots):
        fill = fleet.retention[:, t] * fill + fleet.usage_w[:, t] * fleet.slot_h
        fill = np.minimum(fill + fleet.eta_in[:, t] * charge_wh[:, t], fleet.fill_max_wh[:, t])
        assert np.all(fill[hard] >= fleet.fill_min_wh[hard, t])
    assert hard.mean() == pytest.approx(0.5 / 1.8, abs=0.03)  # batteries and two-way cars


def test_reserve_that_is_held_for_longer_is_less():
    short, long = (generate(100, 1, endurance=slots)[1].reserve for slots in (1, 16))
    assert [one.endurance for one in long] == [16, 16]
    assert all(0 < much.power_w <= little.power_w for much, little in zip(long, short, strict=True))
    assert long[0].power_w < 0.6 * short[0].power_w  # a battery of 10 kWh holds 4.5 kW for an hour, not for four


@pytest.mark.parametrize("seed", range(8))
def test_the_number_of_columns_is_that_of_the_programme(seed):
    fleet, market = random_case(seed)
    assert columns(fleet, market) == build(fleet, market).program.columns


@pytest.mark.parametrize(
    "case", [generate(2), *map(random_case, range(8))], ids=lambda case: f"{case[0].stores} stores"
)
def test_the_mps_file_is_the_whole_programme(case, tmp_path):
    path = tmp_path / "lp.mps"
    write_mps(path, *case)
    cost, rows, bounds, names = read_mps(path)
    assert len(cost) == columns(*case)
    assert {"charge[0,0]", "fill[0,1]", "peak[0]", "buy[1]"} <= set(names)
    found = linprog(cost, rows["L"][0], rows["L"][1], rows["E"][0], rows["E"][1], bounds)
    own = linprog(*whole_lp(*case))
    assert found.status == own.status == 0
    assert found.fun == pytest.approx(own.fun, rel=1e-6, abs=1e-6)


def test_highs_reads_the_mps_file(tmp_path):
    highs = pytest.importorskip("scipy.optimize._highspy._core")
    fleet, market = generate(2, seed=1)
    path = tmp_path / "lp.mps"
    write_mps(path, fleet, market)
    solver = highs._Highs()
    solver.setOptionValue("output_flag", False)
    assert solver.readModel(str(path)) == highs.HighsStatus.kOk
    assert solver.getNumCol() == columns(fleet, market)
    solver.run()
    assert solver.getObjectiveValue() == pytest.approx(linprog(*whole_lp(fleet, market)).fun, abs=1e-6)


def run_of(homes, levels, total_s, **more):
    figures = dict.fromkeys(("read_s", "compile_s", "build_s", "solve_s", "certify_s", "write_s", "cpu_s"), 0.1)
    figures |= {"homes": homes, "levels": levels, "total_s": total_s, "stores": 2, "columns": 3, "iterations": 4}
    figures |= {"peak_rss_mb": 1500.0, "gap": 5e-4, "gap_of_savings": None, "solver": "structured", "status": "optimal"}
    return figures | {"machine": "a machine, 2 cores"} | more


def test_the_document_gets_the_figures_the_ratios_and_the_growth():
    slow = [{"method": "highs-ds", "seconds": 3.0, "status": "optimal", "objective": 1.0}]
    slow += [{"method": "highs-ipm", "seconds": 600.0, "status": "time limit", "objective": None}]
    runs = [run_of(1000, "peak", 0.5), run_of(100000, "peak", 50.0), run_of(100, "peak", 0.2, reference=slow)]
    text = report.filled(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", report.tables(runs))
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "Machine: a machine, 2 cores." in text
    assert "| 1,000 | peak | 2 | 3 | structured | 0.50 |" in text
    assert "| 100 | peak | 0.20 | highs-ds | 3.00 | optimal | 15.0 |" in text  # 3 / 0.2
    assert "| 100 | peak | 0.20 | highs-ipm | 600.00 | time limit | > 3000.0 |" in text
    # a hundred times the homes in a hundred times the time
    assert "Growth exponent of the total: 1.00 from 1,000 to 100,000 homes (peak)." in text
