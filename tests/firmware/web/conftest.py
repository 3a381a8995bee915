"""A whole box and a browser's end of its web server."""

import contextlib

import httpx
import pytest
from whole_box import TOKEN, WholeBox, config

from osb_hil.hub_end import free_port


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    box = WholeBox(tmp_path_factory.mktemp("box"), config(free_port()))
    box.start()
    try:
        box.wait_for_web()
        yield box
    finally:
        box.stop()


@pytest.fixture
def stranger(box):
    """Somebody in the home's network without the code."""
    with httpx.Client(base_url=box.url, trust_env=False, timeout=15) as client:
        yield client


@pytest.fixture
def browser(stranger):
    """A browser of the household, logged in."""
    session = stranger.post("/api/login", json={"code": TOKEN}).json()["session"]
    stranger.headers["Authorization"] = f"Bearer {session}"
    return stranger


@pytest.fixture
def fresh(tmp_path):
    """`with fresh() as (box, client)`: a box of one's own, and somebody in its network."""

    @contextlib.contextmanager
    def start():
        box = WholeBox(tmp_path, config(free_port()))
        box.start()
        try:
            box.wait_for_web()
            with httpx.Client(base_url=box.url, trust_env=False, timeout=15) as client:
                yield box, client
        finally:
            box.stop()

    return start
