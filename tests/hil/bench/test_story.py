"""Who is hit by what on the default winter day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from osb_hil.mix import neighbourhood
from osb_hil.story import winter

DAY, BRUSSELS = date(2026, 1, 15), ZoneInfo("Europe/Brussels")


def story(homes, seed=1):
    specs = neighbourhood(homes, seed)
    return {fault.kind: fault for fault in winter(specs, seed, DAY, BRUSSELS)}, {spec.id: spec for spec in specs}


@pytest.mark.parametrize("homes", [3, 4, 12, 40])
@pytest.mark.parametrize("seed", [1, 2, 7])
def test_each_fault_hits_a_home_that_has_the_thing(homes, seed):
    faults, specs = story(homes, seed)
    assert set(faults) == {"override", "link", "meter"}
    assert specs[faults["override"].home].heat_pump
    hit = specs[faults["meter"].home]
    assert hit.heat_pump
    assert hit.tank or hit.grid_meter == "sdm630"  # somebody shares the line with the dead meter


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_in_a_large_neighbourhood_no_home_is_hit_twice(seed):
    faults, _ = story(12, seed)
    assert len({fault.home for fault in faults.values()}) == 3


def test_the_hours_of_the_day():
    faults, _ = story(12)

    def clock(kind):
        times = (faults[kind].start, faults[kind].end)
        return [t and datetime.fromtimestamp(t, UTC).strftime("%H:%M") for t in times]

    # Brussels is at UTC+1
    assert clock("override") == ["17:10", "19:10"]
    assert clock("link") == ["15:30", "17:30"]
    assert clock("meter") == ["10:00", None]


def test_two_homes_are_too_few_for_a_story():
    assert story(2)[0] == {}
