import numpy as np
import pytest

from osb_hil.load import base_load_w, profile_w_per_kwh


def test_profile_is_the_published_one(day_start, zone):
    """BDEW H25, January, working day, 18:00: 40.960 kWh in the quarter hour for 1 GWh a year, times the day's factor.

    The factor of day 15: -3.92e-10 x 15⁴ + 3.2e-7 x 15³ - 7.02e-5 x 15² + 0.0021 x 15 + 1.24 = 1.256765.
    """
    start = day_start(2026, 1, 15)
    watts = profile_w_per_kwh(start, start + 86400, zone)[18 * 60]
    assert watts == pytest.approx(40.960 * 4 * 1.256765 / 1000, rel=1e-4)


@pytest.mark.parametrize(("day", "hours", "spring"), [((2026, 3, 29), 23, True), ((2026, 10, 25), 25, False)])
def test_people_live_by_the_clock_when_it_changes(day_start, zone, day, hours, spring):
    start = day_start(*day)
    load = profile_w_per_kwh(start, start + hours * 3600, zone)
    assert len(load) == hours * 60
    # the profile's Sunday quarter of 03:00 in March and October, 16.773 and 16.457: after two hours, or after four
    at_three = load[(2 if spring else 4) * 60]
    day_of_year = 88.0 if spring else 298.0
    factor = (
        -3.92e-10 * day_of_year**4 + 3.2e-7 * day_of_year**3 - 7.02e-5 * day_of_year**2 + 0.0021 * day_of_year + 1.24
    )
    assert at_three == pytest.approx((16.773 if spring else 16.457) * 4 * factor / 1000, rel=1e-4)


def test_a_year_adds_up_to_the_bill(day_start, zone):
    start = day_start(2026, 1, 1)
    load = base_load_w(3500.0, 5, start, start + 365 * 86400, zone)
    assert sum(load) / 60_000 == pytest.approx(3500.0, rel=0.03)


def test_a_minute_is_the_same_whatever_span_is_asked_for(day_start, zone):
    start = day_start(2026, 1, 15)
    day = base_load_w(3500.0, 5, start, start + 86400, zone)
    evening = base_load_w(3500.0, 5, start + 64800, start + 86400 + 7200, zone)
    assert day[64800 // 60 :] == pytest.approx(evening[: 21600 // 60])
    assert day != base_load_w(3500.0, 6, start, start + 86400, zone)


def test_minutes_show_appliances(day_start, zone):
    start = day_start(2026, 1, 15)
    load = np.array(base_load_w(3500.0, 5, start, start + 86400, zone))
    assert load.max() > 1800.0
    assert np.median(load) < 500.0
    assert load.min() > 50.0
