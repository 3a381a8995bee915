"""A box that an installer sets up."""

from zoneinfo import ZoneInfo

import pytest
from installer import Installer

from osb_hil.boards import load
from osb_hil.flash.settings import first
from osb_hil.home.home import Home
from osb_hil.home.inputs import Inputs
from osb_hil.mix import neighbourhood
from osb_hil.weather import Weather


@pytest.fixture
def new_box():
    """Settings as flash.sh writes them: secrets, and nothing else that is this home's."""
    config = first("linux", load("linux"))
    config["web"]["host"] = "127.0.0.1"
    return {**config, "web": None, "poll_s": 1}


@pytest.fixture
def installer(tmp_path):
    """installer(config) -> a box that runs."""
    made = []

    def start(config, **how):
        made.append(Installer(tmp_path, config, **how))
        return made[-1]

    yield start
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def new_home():
    """The fullest home of the bench, at midnight, to hang appliances in."""
    spec = max(neighbourhood(12, 1), key=lambda spec: len(spec.has))
    start = 1768431600  # 2026-01-15 00:00 in Brussels
    return Home(spec, Inputs(spec, Weather(start, start + 3600), ZoneInfo("Europe/Brussels")))
