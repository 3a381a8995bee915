"""`vpp broker` makes what a real Mosquitto needs: who has no account, or asks for another's topics, gets nothing."""

import asyncio
import contextlib
import getpass
import shutil
import socket
import ssl
import stat
import subprocess

import aiomqtt
import pytest

from osb_hil.firmware import micropython
from osb_hil.flash import account
from osb_hub import settings

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed; .ci/run installs it")


@contextlib.contextmanager
def mosquitto(folder):
    """The broker, as its configuration has it."""
    config = folder / "mosquitto.conf"
    config.write_text(config.read_text() + f"user {getpass.getuser()}\n")  # root would become somebody else
    process = subprocess.Popen([MOSQUITTO, "-c", config], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


BOX = """
import socket, ssl, sys, time
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.verify_mode = ssl.CERT_REQUIRED
with open(sys.argv[1], "rb") as f:
    context.load_verify_locations(cadata=f.read())
for _ in range(50):
    sock = socket.socket()
    try:
        sock.connect(socket.getaddrinfo("127.0.0.1", int(sys.argv[2]))[0][-1])
        break
    except OSError:
        time.sleep_ms(100)
try:
    context.wrap_socket(sock, server_hostname=sys.argv[3])
    print("believed")
except (OSError, ValueError) as e:
    print("refused", e)
"""


@needs_mosquitto
def test_the_real_vm_believes_the_certificate_for_its_name_alone(tmp_path, vpp):
    folder, port = tmp_path / "broker", free_port()
    vpp("broker", "init", folder, "--host", "hub.example", "--port", port)
    (tmp_path / "hub.der").write_bytes(ssl.PEM_cert_to_DER_cert((folder / "authority.pem").read_text()))
    (tmp_path / "box.py").write_text(BOX)

    def box(name):
        command = [*micropython(), tmp_path / "box.py", tmp_path / "hub.der", str(port), name]
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()

    with mosquitto(folder):
        assert box("hub.example") == "believed"
        assert box("other.example").startswith("refused")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.asynccontextmanager
async def connected(folder, port, user, password):
    """A client with this account, sure that the broker is ours; it waits for the broker to be up."""
    context = ssl.create_default_context(cafile=folder / "authority.pem")
    for attempt in range(100):
        client = aiomqtt.Client("127.0.0.1", port, username=user, password=password, tls_context=context)
        try:
            await client.__aenter__()
        except aiomqtt.MqttError as error:
            if "refused" not in str(error).lower() or "authori" in str(error).lower() or attempt == 99:
                raise
            await asyncio.sleep(0.1)
        else:
            break
    try:
        yield client
    finally:
        await client.__aexit__(None, None, None)


@needs_mosquitto
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho leaves the refused socket open
def test_each_box_has_its_own_topics_and_strangers_have_none(tmp_path, vpp):
    folder, port, accounts = tmp_path / "broker", free_port(), tmp_path / "accounts"
    status, out, err = vpp("broker", "init", folder, "--host", "127.0.0.1", "--port", port)
    assert (status, err) == (0, "")
    assert f"--hub 127.0.0.1:{port} --hub-ca {folder}/authority.pem" in out.replace("\n", " ")
    accounts.write_text(account.line("box-01", "one") + "\n" + account.line("box-02", "two") + "\n")
    assert "one" not in accounts.read_text().replace("box-01", "")
    assert vpp("broker", "admit", folder, accounts)[0] == 0
    hub = settings.load(folder / "vpp.toml")

    async def story():
        async with connected(folder, port, hub.mqtt_user, hub.mqtt_password) as desk:
            await desk.subscribe("osb/v1/#", qos=1)
            async with connected(folder, port, "box-01", "one") as box:
                await box.subscribe("osb/v1/+/plan", qos=1)
                await box.publish("osb/v1/box-02/telemetry", "in another's name", qos=1)
                await box.publish("osb/v1/box-01/telemetry", "my own", qos=1)
                heard = await asyncio.wait_for(anext(desk.messages), 10)
                assert (str(heard.topic), heard.payload) == ("osb/v1/box-01/telemetry", b"my own")
                await desk.publish("osb/v1/box-02/plan", "for another", qos=1)
                await desk.publish("osb/v1/box-01/plan", "for me", qos=1)
                heard = await asyncio.wait_for(anext(box.messages), 10)
                assert (str(heard.topic), heard.payload) == ("osb/v1/box-01/plan", b"for me")
        for user, password in (("box-01", "two"), ("box-03", "three"), (None, None)):
            with pytest.raises(aiomqtt.MqttError, match=r"[Nn]ot authori[sz]ed"):
                async with connected(folder, port, user, password):
                    pass

    with mosquitto(folder):
        asyncio.run(story())


@needs_mosquitto
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_box_that_is_dismissed_is_a_stranger_and_a_renewed_certificate_is_believed(tmp_path, vpp):
    folder, port, accounts = tmp_path / "broker", free_port(), tmp_path / "accounts"
    vpp("broker", "init", folder, "--host", "127.0.0.1", "--port", port)
    before = (folder / "broker.pem").read_bytes()
    accounts.write_text(account.line("box-01", "one") + "\n" + account.line("box-02", "two") + "\n")
    assert vpp("broker", "admit", folder, accounts)[0] == 0
    assert vpp("broker", "dismiss", folder, "box-01")[0] == 0
    assert vpp("broker", "renew", folder, "--host", "127.0.0.1")[0] == 0
    assert (folder / "broker.pem").read_bytes() != before

    async def story():
        async with connected(folder, port, "box-02", "two"):
            pass
        with pytest.raises(aiomqtt.MqttError, match=r"[Nn]ot authori[sz]ed"):
            async with connected(folder, port, "box-01", "one"):
                pass

    with mosquitto(folder):
        asyncio.run(story())


def test_secrets_are_for_their_owner_alone_and_nothing_is_overwritten(tmp_path, vpp):
    folder = tmp_path / "broker"
    assert vpp("broker", "init", folder, "--host", "hub.example")[0] == 0
    for name in ("authority.key", "broker.key", "passwords", "vpp.toml"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
    status, _, err = vpp("broker", "init", folder, "--host", "hub.example")
    assert status == 2
    assert err == f"vpp: {folder} exists already: give a folder that does not, or see `vpp broker admit`.\n"


def test_what_is_no_account_is_refused_and_nobody_is_admitted(tmp_path, vpp):
    folder, accounts = tmp_path / "broker", tmp_path / "accounts"
    vpp("broker", "init", folder, "--host", "hub.example")
    before = (folder / "passwords").read_text()
    accounts.write_text(account.line("box-01", "one") + "\nbox-02:two\n")
    status, _, err = vpp("broker", "admit", folder, accounts)
    assert status == 2
    assert err == (
        f"vpp: {accounts}: line 2 is no account: it must be <box id>:$7$..., as flash.sh --account writes it.\n"
    )
    assert (folder / "passwords").read_text() == before
    accounts.write_text(account.line("hub", "mine now"))
    assert "hub is the hub's own account" in vpp("broker", "admit", folder, accounts)[2]
    assert vpp("broker", "dismiss", folder, "box-09")[2] == f"vpp: box-09 has no account in {folder}.\n"
    assert vpp("broker", "admit", tmp_path, accounts)[0] == 2
