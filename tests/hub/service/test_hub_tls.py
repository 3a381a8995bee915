"""The hub speaks to a broker that its own authority vouches for, and to no other."""

import asyncio
import contextlib
import gc
import getpass
import logging
import shutil
import socket
import ssl

import aiomqtt
import pytest
import trustme

from osb_hub import service
from osb_hub.settings import Settings


@contextlib.asynccontextmanager
async def secured(folder, authority):
    """A broker with a certificate of this authority."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(folder / "broker.pem")
    certificate.private_key_pem.write_to_path(folder / "broker.key")
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nuser {getpass.getuser()}\n"
        f"certfile {folder}/broker.pem\nkeyfile {folder}/broker.key\n"
    )
    process = await asyncio.create_subprocess_exec("mosquitto", "-c", config, stderr=asyncio.subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                (await asyncio.open_connection("127.0.0.1", port))[1].close()
                break
            await asyncio.sleep(0.05)
        yield port
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.skipif(shutil.which("mosquitto") is None, reason="mosquitto is not installed")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho leaves the refused socket open
@pytest.mark.parametrize("known", [True, False], ids=["our own authority", "a stranger"])
def test_the_hub_subscribes_only_where_the_certificate_is_right(tmp_path, caplog, known):
    ours, other = trustme.CA(), trustme.CA()
    ours.cert_pem.write_to_path(tmp_path / "ca.pem")
    shown = ours if known else other

    async def story():
        async with secured(tmp_path, shown) as port:
            settings = Settings(
                database=f"sqlite:///{tmp_path / 'hub.sqlite'}", mqtt_port=port, mqtt_ca=tmp_path / "ca.pem"
            )
            hub = asyncio.create_task(service.run(settings))
            try:
                return await told(port, hub)
            finally:
                hub.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await hub

    async def told(port, hub):
        context = ssl.create_default_context()
        shown.configure_trust(context)
        async with aiomqtt.Client("127.0.0.1", port, tls_context=context) as box, asyncio.timeout(20):
            await box.subscribe("osb/v1/box-01/receipt", qos=1)
            points = '[["grid.power",1200,"W","good",0]]'
            telemetry = f'{{"epoch":1768431600,"seq":1,"oldest":1,"t":1768431660,"points":{points}}}'
            while not hub.done():
                await box.publish("osb/v1/box-01/telemetry", telemetry, qos=1)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.3):
                        return str((await anext(box.messages)).payload)
                if "CERTIFICATE_VERIFY_FAILED" in caplog.text:
                    return "refused"
            return "ended"

    with caplog.at_level(logging.WARNING):
        answer = asyncio.run(story())
    caplog.clear()  # which holds the error, which holds the socket
    gc.collect()  # and with it the socket, while its warning is not heard
    assert answer == "refused" if not known else '"seq":1' in answer.replace(" ", ""), answer
