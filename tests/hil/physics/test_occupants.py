import pytest

from osb_hil.home.car import trips
from osb_hil.home.draw_off import draw_offs_l
from osb_hil.home.occupants import Occupants
from osb_hil.home.spec import ComfortSpec, EvSpec, TankSpec

COMFORT = ComfortSpec(setpoint_c=20.5, min_c=19.5, max_c=22.5, night_min_c=17.5, night_from=23 * 60, night_to=6 * 60)
CAR = EvSpec(phases=1, max_a=32.0, battery_wh=50_000.0, eta=0.9, wh_per_km=170.0, departure=420, back=1050, km=50.0)
TANK = TankSpec(
    litres=200.0,
    power_w=2000.0,
    loss_w_k=1.6,
    ambient_c=18.0,
    min_c=45.0,
    max_c=62.0,
    safety_c=68.0,
    daily_litres=110.0,
)
HOUR = 3600


def test_band_follows_the_local_night(day_start, zone):
    start = day_start(2026, 1, 15)
    people = Occupants(COMFORT, start, start + 86400, zone)
    assert people.band(start + 6 * HOUR - 60) == (17.5, 22.5)
    assert people.band(start + 6 * HOUR) == (19.5, 22.5)
    assert people.band(start + 23 * HOUR) == (17.5, 22.5)


@pytest.mark.parametrize(("day", "hours", "six"), [((2026, 3, 29), 23, 5), ((2026, 10, 25), 25, 7)])
def test_the_night_ends_at_six_on_the_clock_when_it_changes(day_start, zone, day, hours, six):
    start = day_start(*day)
    people = Occupants(COMFORT, start, start + hours * HOUR, zone)
    assert people.band(start + six * HOUR - 60)[0] == 17.5
    assert people.band(start + six * HOUR)[0] == 19.5
    assert people.band(start + hours * HOUR) == people.band(start)  # midnight again
    trip = trips(CAR, 1, start, start + hours * HOUR, zone)[0]
    assert trip.leave == start + (six + 1) * HOUR
    assert abs(trip.back - (start + (six + 11) * HOUR + 1800)) <= 1200


def test_thermostat_is_set_back_at_night_and_warm_again_before_the_day(day_start, zone):
    start = day_start(2026, 1, 15)
    people = Occupants(COMFORT, start, start + 86400, zone)
    hours = [
        people.setpoint_c(start + minutes * 60) for minutes in (0, 4 * 60 + 29, 4 * 60 + 30, 22 * 60 + 59, 23 * 60)
    ]
    assert hours == [19.5, 19.5, 20.5, 20.5, 19.5]


def test_override_moves_the_band_after_a_fair_time(day_start, zone):
    start = day_start(2026, 1, 15)
    people = Occupants(COMFORT, start, start + 86400, zone)
    people.override(start + 18 * HOUR, start + 21 * HOUR, 22.5)
    assert people.setpoint_c(start + 18 * HOUR) == 22.5
    assert people.band(start + 18 * HOUR - 60) == (19.5, 22.5)
    assert people.band(start + 18 * HOUR) == (19.5, 23.0)  # both wishes
    assert people.band(start + 19 * HOUR + 1740) == (19.5, 23.0)
    assert people.band(start + 19 * HOUR + 1800) == (22.0, 23.0)  # after 90 minutes, as long as mornings get
    assert people.band(start + 21 * HOUR) == (19.5, 23.0)
    assert people.band(start + 22 * HOUR + 1800) == (19.5, 22.5)
    assert people.setpoint_c(start + 21 * HOUR) == 20.5


def test_nobody_suffers_because_heating_cannot_cool(day_start, zone):
    start = day_start(2026, 1, 15)
    people = Occupants(COMFORT, start, start + 86400, zone)
    people.override(start + 10 * HOUR, start + 14 * HOUR, 18.0)
    assert people.band(start + 12 * HOUR) == (17.5, 22.5)


def test_warm_days_allow_warmer_rooms(day_start, zone):
    """12 August of the reference year has a mean of 24.8 °C: EN 16798-1 allows 0.33 x 24.8 + 21.8 = 30.0 °C."""
    start = day_start(2026, 8, 12)
    assert Occupants(COMFORT, start, start + 86400, zone).band(start)[1] == pytest.approx(30.0, abs=0.1)


def test_people_tap_what_the_tank_is_made_for(day_start, zone):
    start = day_start(2026, 1, 1)
    days = 60
    litres = draw_offs_l(TANK, 4, start, start + days * 86400, zone)
    assert sum(litres) / days == pytest.approx(110.0, rel=0.15)
    assert max(litres) < 40.0
    assert litres == draw_offs_l(TANK, 4, start, start + days * 86400, zone)


def test_cars_drive_a_little_less_than_planned_and_are_back_in_the_evening(day_start, zone):
    start = day_start(2026, 1, 1)
    month = trips(CAR, 4, start, start + 30 * 86400, zone)
    assert len(month) == 30
    assert all(0.85 * 8500 <= trip.wh <= 8500 for trip in month)
    assert len({trip.back % 86400 for trip in month}) > 10
