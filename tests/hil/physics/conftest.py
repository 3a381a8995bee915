"""Homes of a seeded neighbourhood over a span of local days."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from osb_hil.home.home import Home
from osb_hil.home.inputs import Inputs
from osb_hil.mix import neighbourhood
from osb_hil.twin import Plain
from osb_hil.weather import Weather

BRUSSELS = ZoneInfo("Europe/Brussels")


def midnight(year, month, day):
    return int(datetime(year, month, day, tzinfo=BRUSSELS).timestamp())


class Street:
    """Homes under plain control."""

    def __init__(self, start, end, homes=12, seed=1):
        self.start, self.end = start, end
        weather = Weather(start, end)
        specs = neighbourhood(homes, seed)
        self.homes = [Home(spec, Inputs(spec, weather, BRUSSELS)) for spec in specs]
        self.plain = [Plain(home.spec, home.inputs.occupants) for home in self.homes]

    def run(self, each=lambda t: None):
        for t in range(self.start, self.end, 60):
            for home, plain in zip(self.homes, self.plain, strict=True):
                home.controls = plain.controls(t, home.flows)
                home.step(t, 60)
            each(t + 60)
        return self


@pytest.fixture
def street():
    return Street


@pytest.fixture
def day_start():
    return midnight


@pytest.fixture
def zone():
    return BRUSSELS
