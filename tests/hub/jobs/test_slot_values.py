from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from osb_hub.jobs.slot_values import Sample, energies, means

S = 1768431600  # 2026-01-14 23:00 UTC, a slot


def every_minute(values, start=S):
    return [Sample(start + 60 * i, value) for i, value in enumerate(values)]


def test_mean_of_a_full_slot_is_the_mean_of_the_fifteen_samples_that_end_in_it():
    # the sample at the start speaks for the minute before: 99999 must not count
    assert means(every_minute([99999] + [1000] * 5 + [400] * 10), [S]) == [(S, (5 * 1000 + 10 * 400) / 15, 1.0)]


def test_mean_weighs_by_time():
    # 1000 W for 15 s, 200 W for 45 s: (15·1000 + 45·200) / 60 = 400
    (slot,) = means([Sample(S, 0), Sample(S + 15, 1000), Sample(S + 60, 200)], [S])
    assert (slot.value, slot.completeness) == (400, 60 / 900)


def test_a_sample_speaks_for_90_seconds_at_most():
    (slot,) = means([Sample(S, 0), Sample(S + 600, 500)], [S])
    assert (slot.value, slot.completeness) == (500, pytest.approx(0.1))


def test_a_slot_without_samples_has_no_value():
    assert means(every_minute([5] * 16), [S, S + 900]) == [(S, 5, 1.0)]


def test_a_sample_across_the_boundary_counts_in_both_slots():
    # at S+930 for 60 s: half in each
    slots = means([Sample(S + 870, 0), Sample(S + 930, 100)], [S, S + 900])
    assert [slot.completeness for slot in slots] == [pytest.approx(120 / 900), pytest.approx(30 / 900)]
    assert slots[0].value == pytest.approx(30 * 100 / 120)


def test_energy_is_counter_at_end_minus_counter_at_start():
    counter = [Sample(S, 1000), Sample(S + 60, 1010)] + [Sample(S + 60 * i, 1010 + 5 * i) for i in range(2, 16)]
    assert energies(counter, [S]) == [(S, 85, 1.0)]


def test_energy_between_samples_is_interpolated_and_adds_up():
    # readings at :30, 60 Wh a minute; slot boundary between two
    counter = [Sample(S + 30 + 60 * i, 60 * i) for i in range(30)]
    first, second = energies(counter, [S, S + 900])
    assert (first.value, second.value) == (60 * 14 + 30, 60 * 29 - (60 * 14 + 30))
    assert (first.completeness, second.completeness) == (pytest.approx(870 / 900), pytest.approx(870 / 900))


def test_energy_of_a_gap_is_spread_over_it_and_marked_as_not_measured():
    counter = [*every_minute([0] * 16), Sample(S + 4 * 900, 2700)]
    slots = energies(counter, range(S, S + 4 * 900, 900))
    assert [slot.value for slot in slots] == [0, 900, 900, 900]
    assert [slot.completeness for slot in slots] == [1, 0, 0, 0]


def test_an_exchanged_meter_costs_a_minute_and_no_sum():
    counter = every_minute([990, 1000, 3, 8, 18])
    assert energies(counter, [S]) == [(S, 10 + 5 + 10, 180 / 900)]


def test_one_reading_is_no_energy():
    assert energies([Sample(S, 5)], [S]) == []


@pytest.mark.parametrize(("day", "slots"), [((2026, 3, 29), 92), ((2026, 10, 25), 100), ((2026, 1, 15), 96)])
def test_a_local_day_has_92_96_or_100_slots_and_its_energy_is_the_counter(day, slots):
    zone = ZoneInfo("Europe/Berlin")
    start = int(datetime(*day, tzinfo=zone).timestamp())
    end = int(datetime(day[0], day[1], day[2] + 1, tzinfo=zone).timestamp())
    counter = [Sample(t, (t - start) // 60 * 7) for t in range(start, end + 1, 60)]
    values = energies(counter, range(start, end, 900))
    assert len(values) == slots
    assert {value.value for value in values} == {15 * 7}
    assert sum(value.value for value in values) == counter[-1].value
