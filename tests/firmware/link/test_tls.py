"""The box's link over TLS to a real broker: it speaks only to who its own authority vouches for, by name and date."""

import asyncio
import datetime
import getpass
import ssl
import time

import pytest
import trustme
from hub_end import Hub
from linked_box import MOSQUITTO, Broker, LinkedBox

AUTHORITY, STRANGER = trustme.CA(), trustme.CA()
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
EXPIRED = AUTHORITY.issue_cert("localhost", not_before=LONG_AGO, not_after=LONG_AGO)


def trusting():
    """What the hub's own end of the broker takes for a proof."""
    context = ssl.create_default_context()
    context.check_hostname = False
    AUTHORITY.configure_trust(context)
    return context


@pytest.fixture
def secured(tmp_path):
    """start(certificate, name) -> a broker that shows this certificate, and a box that expects `name`."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not on PATH")
    running = []

    def start(certificate, name="localhost"):
        certificate.cert_chain_pems[0].write_to_path(tmp_path / "broker.pem")
        certificate.private_key_pem.write_to_path(tmp_path / "broker.key")
        (tmp_path / "ca.der").write_bytes(ssl.PEM_cert_to_DER_cert(AUTHORITY.cert_pem.bytes().decode()))
        broker = Broker(
            tmp_path, f"user {getpass.getuser()}\ncertfile {tmp_path}/broker.pem\nkeyfile {tmp_path}/broker.key\n"
        )
        broker.start()
        box = LinkedBox(tmp_path, broker.port, str(tmp_path / "ca.der"), name)
        running.extend((box, broker))
        box.start()
        return broker, box

    yield start
    for one in running:
        one.kill()


def test_readings_go_through_tls_to_a_hub_that_is_the_hub(secured):
    async def run():
        broker, _ = secured(AUTHORITY.issue_cert("localhost"))
        async with Hub(broker.port, tls=trusting()) as hub:
            await hub.until(lambda: len(hub.numbers()) >= 5)

    asyncio.run(run())


def test_the_memory_of_tls_keeps_its_place_while_there_is_no_connection(secured):
    async def run():
        broker, box = secured(AUTHORITY.issue_cert("localhost"))
        async with Hub(broker.port, tls=trusting()) as hub:
            await hub.until(lambda: len(hub.numbers()) >= 3)
            assert box.status()["link"]["tls_place"] == 0
        broker.kill()
        deadline = time.monotonic() + 30
        while box.status()["link"]["tls_place"] == 0 and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
        state = box.status()["link"]
        assert (state["connected"], state["tls_place"]) == (False, 21488)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("certificate", "why"),
    [
        (STRANGER.issue_cert("localhost"), "The certificate is not correctly signed by the trusted CA"),
        (AUTHORITY.issue_cert("hub.example"), "The certificate Common Name (CN) does not match"),
        (
            AUTHORITY.issue_cert("localhost", not_before=LONG_AGO, not_after=LONG_AGO),
            "The certificate validity has expired",
        ),
    ],
    ids=["another authority", "another name", "expired"],
)
def test_it_says_nothing_to_who_is_not_the_hub(secured, certificate, why):
    _, box = secured(certificate)
    for _ in range(100):
        time.sleep(0.1)
        try:
            state = box.status()["link"]
        except (OSError, RuntimeError):
            continue
        if state["last_error"]:
            break
    assert "did not prove who it is: " + why in state["last_error"].replace("\n", " ")
    assert not state["connected"]
    # nothing is left open of an attempt: a Linux box would have no descriptor left for its meters after a night of them
    before = box.descriptors()
    time.sleep(3.2)  # it tries again each second
    assert box.descriptors() <= before + 1  # of the attempt that runs
