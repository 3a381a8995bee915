"""A real Mosquitto with TLS behind whatever network the rung has: readings arrive there, and only there."""

import pytest

from osb_hil.certificates import Authority, modulus
from osb_hil.emulated.services import WIFI
from osb_hil.firmware import MissingTool
from osb_hil.hub_end import broker, free_port, receipts
from osb_hil.uplinks import HUB_NAME

UNPROVEN = b"did not prove who it is"


def on_the_network(rig, port):
    """Settings with which this box finds the broker, and finds out what time it is."""
    hub = {"port": port, "user": "box-01", "password": "bench-box-01", "ca": "hub.der", "name": HUB_NAME}
    # an emulated second takes the broker up to a minute: nothing must be silent for long by its clock
    hub |= {"keepalive_s": 3600, "retry_s": 5}
    if rig.target.name == "unix":
        return {"hub": {**hub, "host": "127.0.0.1"}}
    if rig.target.name == "pico_w":
        return {"hub": {**hub, "host": HUB_NAME}, "wifi": WIFI}
    pytest.skip(f"{rig.target.name} has no network on this bench")


@pytest.mark.parametrize("expired", [False, True], ids=["valid", "expired"])
def test_readings_reach_the_hub_over_tls_and_none_without_a_valid_certificate(on_rig, tmp_path, expired):
    async def talk(rig):
        # Mosquitto hangs up on a handshake after 90 s of wall time, in which an emulated chip lives for two
        authority, port = Authority(modulus), free_port()
        more = on_the_network(rig, port)
        shown = authority.vouch(tmp_path, HUB_NAME, expired)
        async with broker(tmp_path, (port, shown)) as address, receipts(address) as heard:
            rig.write({"hub.der": authority.der}, **more)
            await rig.target.start()
            done = (lambda: UNPROVEN in rig.target.console) if expired else (lambda: len(heard) > 1)
            await rig.target.until(done, 3 * on_rig.patience, "the refusal" if expired else "a second reading")
            return list(heard)

    try:
        heard = on_rig(talk, start=False)
    except MissingTool as missing:
        pytest.skip(str(missing))
    if expired:
        assert heard == []
    else:
        assert [(name, message["seq"]) for name, message in heard[:2]] == [("box-01", 1), ("box-01", 2)]
