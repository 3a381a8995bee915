"""Local time and slots. The instants are the dates of EU summer time in 2025 and 2026 as published by the PTB."""

from osb_box.clock import local, next_multiple, slot_start
from osb_box.hal.real import RealClock

CET = {"utc_offset_s": 3600, "dst": "eu"}
PLAIN = {"utc_offset_s": -16200, "dst": "none"}


def test_summer_time_begins_on_the_last_sunday_of_march_at_one_utc():
    # 2026-03-29 01:00:00 UTC is 1774746000: 01:59:59 is followed by 03:00:00
    assert local(1774745999, CET) == (2026, 3, 29, 1, 59, 6)
    assert local(1774746000, CET) == (2026, 3, 29, 3, 0, 6)


def test_summer_time_ends_on_the_last_sunday_of_october_at_one_utc():
    # 2025-10-26 01:00:00 UTC is 1761440400: the hour from two to three is there twice
    assert local(1761440399, CET) == (2025, 10, 26, 2, 59, 6)
    assert local(1761440400, CET) == (2025, 10, 26, 2, 0, 6)


def test_a_march_that_ends_on_a_sunday():
    # 2024-03-31 01:00:00 UTC is 1711846800
    assert local(1711846799, CET)[3] == 1
    assert local(1711846800, CET)[3] == 3


def test_calendar_over_year_end_and_leap_day():
    assert local(1767225599, CET) == (2026, 1, 1, 0, 59, 3)  # 2025-12-31 23:59:59 UTC, a Wednesday; Thursday in CET
    assert local(1709164800, CET) == (2024, 2, 29, 1, 0, 3)  # 2024-02-29 00:00 UTC, a Thursday
    assert local(4102444799, CET) == (2100, 1, 1, 0, 59, 4)  # 2099-12-31 23:59:59 UTC


def test_a_zone_without_summer_time_and_with_half_hours():
    assert local(1774746000, PLAIN) == (2026, 3, 28, 20, 30, 5)


def test_slots_are_quarters_of_an_hour_of_utc():
    assert slot_start(1768432499) == 1768431600
    assert slot_start(1768432500) == 1768432500
    assert next_multiple(1768432501, 60) == 1768432560
    assert next_multiple(1768432560, 60) == 1768432560


def test_a_clock_that_was_never_set_goes_on_from_the_last_time_known():
    floor = RealClock().now() + 1000
    clock = RealClock(floor)
    assert floor <= clock.now() <= floor + 1
    assert RealClock(floor - 2000).now() < floor
