import pytest
from board import Board, Publisher, config, version

from osb_hil.hub_end import free_port


@pytest.fixture(scope="session")
def flashed(tmp_path_factory):
    return version(tmp_path_factory.mktemp("flashed") / "firmware", "0.1.0")


@pytest.fixture
def publisher(tmp_path):
    publisher = Publisher(tmp_path)
    yield publisher
    publisher.close()


@pytest.fixture
def board(tmp_path, flashed, publisher):
    """A box that looks for versions and knows the publisher's first key."""
    board = Board(tmp_path / "flash", flashed, config(free_port(), publisher.url), publisher.public)
    yield board
    board.cut()
