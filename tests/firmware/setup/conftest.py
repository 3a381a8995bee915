"""A box that an installer sets up."""

import pytest
from installer import Installer

from osb_hil.boards import load
from osb_hil.flash.settings import first


@pytest.fixture
def new_box():
    """Settings as flash.sh writes them: secrets, and nothing else that is this home's."""
    config = first("linux", load("linux"), None, None)
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
