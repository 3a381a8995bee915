"""What people feel, by the standards: against others' code, and with every float as short as on a board."""

import random

import pytest
from pythermalcomfort.models import adaptive_en, pmv_ppd_iso
from single_precision import load, single
from table_d1 import PRINTED, ROW_7, ROW_7_BY_THE_PROGRAMME


@pytest.mark.parametrize("rounded", [False, True], ids=["double", "single"])
def test_iso_7730_table_d1(rounded):
    iso = load("iso7730", rounded)
    for *room, vote, dissatisfied in PRINTED:
        found = _pmv(iso, *room)
        assert found == pytest.approx(vote, abs=0.1), room
        assert iso.ppd(found) == pytest.approx(dissatisfied, abs=1.0), room
    assert _pmv(iso, *ROW_7) == pytest.approx(ROW_7_BY_THE_PROGRAMME, abs=0.01)


def test_single_precision_costs_nothing_that_anybody_feels():
    double, short = load("iso7730", rounded=False), load("iso7730")
    chance = random.Random(7730)
    for _ in range(300):
        room = (
            chance.uniform(10, 32),
            chance.uniform(10, 35),
            chance.uniform(0, 1),
            chance.uniform(10, 90),
            chance.uniform(0.8, 3),
            chance.uniform(0, 2),
        )
        assert _pmv(short, *room) == pytest.approx(_pmv(double, *room), abs=0.002), room


def test_pmv_and_ppd_are_those_of_pythermalcomfort():
    iso, chance = load("iso7730"), random.Random(1)
    rooms = []
    while len(rooms) < 200:
        room = (chance.uniform(18, 28), chance.uniform(18, 30), chance.uniform(0, 0.5), chance.uniform(20, 80))
        rooms.append((*room, chance.uniform(1.0, 2.0), chance.uniform(0.3, 1.2)))
    tdb, tr, vr, rh, met, clo = (list(column) for column in zip(*rooms, strict=True))
    theirs = pmv_ppd_iso(tdb=tdb, tr=tr, vr=vr, rh=rh, met=met, clo=clo, limit_inputs=False, round_output=False)
    for room, vote, dissatisfied in zip(rooms, theirs.pmv, theirs.ppd, strict=True):
        ours = _pmv(iso, *room)
        assert ours == pytest.approx(vote, abs=0.01), room
        assert iso.ppd(ours) == pytest.approx(dissatisfied, abs=0.5), room


def test_adaptive_bands_are_those_of_pythermalcomfort():
    en = load("en16798")
    for running_mc in range(10000, 30001, 250):
        theirs = adaptive_en(tdb=25, tr=25, t_running_mean=running_mc / 1000, v=0.1, round_output=False)
        for category, name in enumerate(("i", "ii", "iii"), 1):
            low, high = en.band(running_mc, category)
            assert low == pytest.approx(1000 * float(theirs[f"tmp_cmf_cat_{name}_low"]), abs=1)
            assert high == pytest.approx(1000 * float(theirs[f"tmp_cmf_cat_{name}_up"]), abs=1)


def test_a_running_mean_forgets_by_a_fifth_each_day():
    # EN 16798-1, B.2.2: (1 - 0.8) * (T1 + 0.8 T2 + 0.64 T3 ...), begun with a long spell of 10 degrees
    en, days = load("en16798"), [10.0] * 60 + [14.0, 18.0, 6.0]
    mean = None
    for day in days:
        mean = en.running_mean(mean, round(1000 * day))
    assert mean == pytest.approx(1000 * sum(0.2 * 0.8**n * t for n, t in enumerate(reversed(days))), abs=5)


def test_the_rounding_is_real():
    assert single(0.1) != 0.1
    iso = load("iso7730")
    assert iso.ppd(single(0.5)) == single(iso.ppd(single(0.5)))
    assert load("iso7730", rounded=False).ppd(0.5) != iso.ppd(0.5)


def _pmv(iso, air, radiant, speed, humidity, met, clo):
    return iso.pmv(*map(single, (air, radiant, speed, humidity / 100, met, clo)))
