"""A real broker, and a box of nothing but outbox and link."""

import pytest
from linked_box import MOSQUITTO, Broker, LinkedBox


@pytest.fixture
def broker(tmp_path):
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not on PATH")
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def box(tmp_path, broker):
    box = LinkedBox(tmp_path, broker.port)
    yield box
    box.kill()
