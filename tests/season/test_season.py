"""A heating season of twenty homes against their plain twins: no less comfort, and what it costs (docs/season.md)."""

import os
from datetime import datetime

import pytest
from lockstep import DAY_S, ZONE, Season, Tariff, spot_prices

from osb_hil.mix import neighbourhood

HOMES, SEED = 20, 1
DYNAMIC, FLAT = "dynamic", "flat with peak"


def tariff(kind, start, days):
    if kind == DYNAMIC:
        return Tariff(spot_prices(start, days, SEED))
    return Tariff(None, peak_eur_kw_year=48)


def season(kind, start, days, which=None):
    """[(spec, box's bill, twin's bill)] of some days from a local date on."""
    begin = int(datetime.fromisoformat(start).replace(tzinfo=ZONE).timestamp())
    specs = neighbourhood(HOMES, SEED)
    specs = specs if which is None else [specs[i] for i in which]
    run = Season(specs, begin, begin + days * DAY_S, tariff(kind, begin, days), seed=SEED)
    return [(spec, box, twin) for spec, (box, twin) in zip(specs, run.run(), strict=True)]


def table(results):
    """Lines for docs/season.md."""
    for spec, box, twin in results:
        kilowatts = [f"{max(bill.peaks_kw.values()):.1f}" for bill in (box, twin)]
        cold = [f"{bill.cold_min:.0f}" for bill in (box, twin)]
        euros = [f"{bill.eur:.2f}" for bill in (box, twin)] + [f"{100 * (1 - box.eur / twin.eur):.1f}"]
        yield "| " + " | ".join([spec.id, ", ".join(spec.has), *euros, *kilowatts, *cold]) + " |"


def check(results):
    for spec, box, twin in results:
        assert box.cold_min <= twin.cold_min + 5, spec.id
        assert box.water_min <= twin.water_min, spec.id
        assert box.car_wh <= twin.car_wh + 100, spec.id
    assert sum(box.eur for _, box, _ in results) < sum(twin.eur for _, _, twin in results)


def test_two_homes_through_two_days_of_winter():
    results = season(DYNAMIC, "2026-01-12", 2, which=(1, 3))
    print("\n".join(table(results)))
    check(results)
    assert all(box.eur < twin.eur for _, box, twin in results)


@pytest.mark.soak
@pytest.mark.timeout(86400)
@pytest.mark.parametrize("kind", [DYNAMIC, FLAT])
def test_a_heating_season_of_twenty_homes(kind):
    """SEASON_WEEKS=4 takes every fourth week from October to April."""
    every = int(os.environ.get("SEASON_WEEKS", "1"))
    first = int(datetime(2025, 10, 6, tzinfo=ZONE).timestamp())
    totals = {}
    for week in range(0, 29, every):
        start = datetime.fromtimestamp(first + week * 7 * DAY_S + 7200, ZONE).date().isoformat()
        results = season(kind, start, 7)
        print(start, *table(results), sep="\n")
        check(results)
        for spec, box, twin in results:
            paid = totals.setdefault(spec.id, [0.0, 0.0])
            paid[0] += box.eur
            paid[1] += twin.eur
    print(kind, {home: f"{100 * (1 - box / twin):.1f} %" for home, (box, twin) in totals.items()})
    assert sum(box for box, _ in totals.values()) < sum(twin for _, twin in totals.values())
