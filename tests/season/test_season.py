"""A heating season of twenty homes against their plain twins: no less comfort, and what it costs (docs/season.md)."""

import os
from datetime import datetime
from pathlib import Path

import pytest
from lockstep import DAY_S, ZONE, Bill, Season, Tariff, spot_prices

from osb_hil.mix import neighbourhood

DOCS = Path(__file__).parents[2] / "docs" / "season.md"
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


def row(spec, box, twin):
    """A line for docs/season.md."""
    kilowatts = [f"{max(bill.peaks_kw.values()):.1f}" for bill in (box, twin)]
    minutes = [f"{value:.0f}" for value in (box.cold_min, twin.cold_min, box.water_min, twin.water_min)]
    euros = [f"{box.eur:.2f}", f"{twin.eur:.2f}", f"{100 * (1 - box.eur / twin.eur):.1f}"]
    return "| " + " | ".join([spec.id, ", ".join(spec.has), *euros, *kilowatts, *minutes]) + " |\n"


def check(results):
    for spec, box, twin in results:
        assert box.cold_min <= twin.cold_min + 5, spec.id
        assert box.water_min <= twin.water_min + 5, spec.id
        assert box.car_wh <= twin.car_wh + 100, spec.id
    assert sum(box.eur for _, box, _ in results) < sum(twin.eur for _, _, twin in results)


def test_two_homes_through_two_days_of_winter():
    results = season(DYNAMIC, "2026-01-12", 2, which=(1, 3))
    print("".join(row(*result) for result in results))
    check(results)
    assert all(box.eur < twin.eur for _, box, twin in results)


HEAD = (
    "| home | has | box [EUR] | plain [EUR] | less [%] | highest of box [kW] | of plain [kW] | too cold, box [min] "
    "| plain [min] | cold water, box [min] | plain [min] |\n|---|---|" + "---:|" * 9 + "\n"
)


@pytest.mark.soak
@pytest.mark.timeout(86400)
@pytest.mark.parametrize("kind", [DYNAMIC, FLAT])
def test_a_heating_season_of_twenty_homes(kind):
    """Every fourth week from October to April, or as SEASON_WEEKS says; 1 takes a day."""
    first = int(datetime(2025, 10, 6, tzinfo=ZONE).timestamp())
    totals, weeks = {}, []
    for week in range(0, 29, int(os.environ.get("SEASON_WEEKS", "4"))):
        start = datetime.fromtimestamp(first + week * 7 * DAY_S + 7200, ZONE).date().isoformat()
        weeks.append((start, season(kind, start, 7)))
        for spec, box, twin in weeks[-1][1]:
            _, box_total, twin_total = totals.setdefault(spec.id, (spec, Bill(), Bill()))
            box_total.add(box)
            twin_total.add(twin)
        print(start, "".join(row(*result) for result in weeks[-1][1]), sep="\n")
    told = f"### {kind.capitalize()}: weeks from {', '.join(start for start, _ in weeks)}\n{HEAD}"
    told += "".join(row(*result) for result in totals.values())
    box, twin = (sum(result[i].eur for result in totals.values()) for i in (1, 2))
    told += f"\nAll: {box:.2f} EUR instead of {twin:.2f} EUR, {100 * (1 - box / twin):.1f} % less.\n"
    mark = kind.replace(" ", "-")
    head, _, rest = DOCS.read_text().partition(f"<!-- {mark}: begin -->")
    rest = rest.partition(f"<!-- {mark}: end -->")[2]
    DOCS.write_text(f"{head}<!-- {mark}: begin -->\n{told}<!-- {mark}: end -->{rest}")
    for _, results in weeks:
        check(results)
