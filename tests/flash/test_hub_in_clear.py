"""A box's password does not leave it in clear unless somebody says that it may."""

import pytest

from osb_hil.boards import load
from osb_hil.flash import FlashError, hub, settings
from osb_hub import mosquitto


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    """An authority and a broker's certificate, as `vpp broker init` makes them."""
    folder = tmp_path_factory.mktemp("authority") / "broker"
    mosquitto.lay_out(folder, "hub.example", 8883)
    return folder


def refused(address, ca=None, plain=False, kept=None):
    with pytest.raises(FlashError) as caught:
        hub.check(hub.asked(address, ca, plain), kept)
    return str(caught.value)


def changed(address, ca=None, plain=False, kept=None):
    """The hub in the settings written."""
    told = hub.asked(address, ca, plain)
    hub.check(told, kept)
    return settings.changed(kept or settings.first("pico_w", load("pico_w")), None, told, None)["hub"]


def test_a_hub_without_its_authority_is_refused_unless_clear_text_is_asked_for(broker):
    for address in ("hub.example", "hub.example:8883", "hub.example:1883"):
        assert refused(address) == (
            "The box's password would go out in clear: add --hub-ca with the certificate of the hub's authority "
            "(authority.pem of vpp broker init), or --hub-plain for an unencrypted broker on a bench."
        )
    plain = changed("hub.example", plain=True)
    assert (plain["port"], "ca" in plain) == (1883, False)
    secured = changed("hub.example", broker / "authority.pem")
    assert (secured["port"], secured["ca"]) == (8883, "hub.der")
    assert refused("hub.example:8883", plain=True) == (
        "Port 8883 is for TLS only: give --hub-ca instead of --hub-plain, or another port."
    )


def test_a_later_run_keeps_the_certificate_and_the_password(broker):
    kept = settings.first("pico_w", load("pico_w"))
    kept["hub"] = changed("hub.example", broker / "authority.pem") | {"name": "hub"}
    moved = changed("other.example", kept=kept)
    assert moved == kept["hub"] | {"host": "other.example"}
    renewed = changed(None, broker / "authority.pem", kept=kept)
    assert renewed == kept["hub"]
    bench = changed("10.0.0.2", plain=True, kept=kept)
    assert (bench["port"], bench["password"]) == (1883, kept["hub"]["password"])
    assert not {"ca", "name"} & set(bench)


def test_what_does_not_go_together_is_told(broker, tmp_path):
    ca = broker / "authority.pem"
    assert refused(None, ca) == "--hub-ca is of no use without a hub: add --hub."
    assert refused(None, plain=True) == "--hub-plain is of no use without a hub: add --hub."
    assert refused("hub", ca, plain=True) == (
        "--hub-plain is without encryption, --hub-ca with it: leave one of them out."
    )
    for address in ("hub:", "hub:mqtt", "hub:0", "hub:65536", ":8883"):
        assert refused(address, ca) == f"{address} is no address of a hub: give --hub a HOST or HOST:PORT."
    for content in (
        b"",
        b"no certificate",
        ca.read_bytes()[:300],  # a copy that was cut off
        (broker / "authority.key").read_bytes(),  # the wrong one of the two files
        bytes.fromhex("3003020101"),  # DER, of something else
    ):
        (tmp_path / "ca").write_bytes(content)
        assert refused("hub", tmp_path / "ca") == (
            f"{tmp_path}/ca is no certificate in PEM or DER form: give --hub-ca authority.pem of vpp broker init."
        )
    assert refused("hub", tmp_path / "none") == (
        f"{tmp_path}/none cannot be read (No such file or directory): give --hub-ca authority.pem of vpp broker init."
    )


def test_nothing_is_written_to_a_board_that_would_tell_its_password(flash, board):
    status, _, err = flash("--hub", "hub.example")
    assert (status, list(board.files.iterdir())) == (2, [])
    assert err.startswith("The box's password would go out in clear: add --hub-ca ")
