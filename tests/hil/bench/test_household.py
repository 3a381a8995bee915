"""What people tell their box when they come home with the car."""

import asyncio
from zoneinfo import ZoneInfo

import pytest

from osb_hil.box import BoxError, RefusedError
from osb_hil.home.flows import CONNECTED, NO_CAR
from osb_hil.home.home import Home
from osb_hil.home.inputs import Inputs
from osb_hil.household import Household
from osb_hil.mix import neighbourhood
from osb_hil.weather import Weather

BRUSSELS = ZoneInfo("Europe/Brussels")
MIDNIGHT = 1768431600  # 2026-01-15 in Brussels
HOUR = 3600


class Ear:
    """Stands for a box that listens, or is off."""

    def __init__(self):
        self.off, self.refuses, self.heard = False, False, []

    async def post(self, path, body):
        if self.off:
            raise BoxError("box-01 POST /api/car: connection refused")
        if self.refuses:
            raise RefusedError("box-01 POST /api/car: 400")
        self.heard.append((path, body))


@pytest.fixture
def home():
    spec = next(spec for spec in neighbourhood(4, 1) if spec.ev)
    return Home(spec, Inputs(spec, Weather(MIDNIGHT, MIDNIGHT + 86400), BRUSSELS))


def act(home, states):
    """The household lives through (hour, car state, box off); returns what the box heard."""
    household, ear = Household(home, BRUSSELS), Ear()

    async def run():
        for hour, state, off in states:
            home.flows.ev_state, ear.off = state, off
            await household.act(MIDNIGHT + int(hour * HOUR), ear)

    asyncio.run(run())
    return ear.heard


def test_on_arrival_the_box_hears_the_distance_and_the_hour_of_the_next_departure(home):
    heard = act(home, [(7, CONNECTED, False), (9, NO_CAR, False), (17.5, CONNECTED, False), (18, CONNECTED, False)])
    tomorrow = MIDNIGHT + 86400 + 60 * home.spec.ev.departure
    assert heard == [("/api/car", {"km": round(home.spec.ev.km), "by": tomorrow})]


def test_after_midnight_the_next_departure_is_today(home):
    heard = act(home, [(0, NO_CAR, False), (1, CONNECTED, False)])
    assert [body["by"] for _, body in heard] == [MIDNIGHT + 60 * home.spec.ev.departure]


def test_they_repeat_it_to_a_box_that_was_off(home):
    arrival = [(9, NO_CAR, False), (17.5, CONNECTED, True), (18, CONNECTED, True), (18.5, CONNECTED, False)]
    assert len(act(home, [*arrival, (19, CONNECTED, False)])) == 1


def test_a_car_that_leaves_again_makes_the_old_message_void(home):
    assert act(home, [(9, NO_CAR, False), (17.5, CONNECTED, True), (18, NO_CAR, False)]) == []


def test_a_box_that_refuses_ends_the_run(home):
    household, ear = Household(home, BRUSSELS), Ear()
    ear.refuses = True

    async def run():
        for state in (NO_CAR, CONNECTED):
            home.flows.ev_state = state
            await household.act(MIDNIGHT, ear)

    with pytest.raises(RefusedError):
        asyncio.run(run())
