"""Nothing the box prints, keeps as its log or tells a stranger holds a secret, however lively its day."""

import contextlib
import json
import re
import socket
import threading
import time

import httpx
from whole_box import WholeBox, config

from osb_hil.hub_end import free_port

CODE = "qmzt-vu7k-h3wp"
SECRETS = {
    "hub": "HubPass-8sWq1x",
    "home_assistant": "HassPass-71kkZ2",
    "wifi": "WifiPass-pp93Lm",
}


def settings(broker_port):
    given = config(free_port())
    given["web"]["token"] = CODE
    broker = {"host": "127.0.0.1", "port": broker_port, "user": "box-01", "keepalive_s": 5, "retry_s": 5}
    for key in ("hub", "home_assistant"):
        given[key] = {**broker, "password": SECRETS[key]}
    given["wifi"] = {"ssid": "home", "password": SECRETS["wifi"]}
    given["update"] = {"url": f"http://127.0.0.1:{broker_port}", "check_s": 60}
    return given


def assert_no_secret_in(text, but=()):
    for secret in {CODE, *SECRETS.values()} - set(but):
        assert secret not in text
        assert secret[:9] not in text


@contextlib.contextmanager
def rude_broker():
    """Reads what comes, and answers the hub's link and that to Home Assistant, whoever is first, each in turn with a
    refusal, with nonsense, with its own question, and with nothing.
    """
    answers = [b"\x20\x02\x00\x05", b"\xff\xff\xff\xff\xff", b"\x20\x02\x00\x00\x30\x03\x00\x01x", b""]
    heard = []
    turns = {True: 0, False: 0}
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    heard.append(connection.recv(4096))
                    with contextlib.suppress(OSError):
                        household = b"-ha" in heard[-1]
                        turns[household] += 1
                        connection.sendall(answers[turns[household] % 4 - 1])
                        time.sleep(0.1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1], heard
        finally:
            server.shutdown(socket.SHUT_RDWR)


def test_a_lively_day_tells_no_secret(tmp_path):
    with rude_broker() as (port, heard):
        box = WholeBox(tmp_path, settings(port))
        box.start()
        try:
            box.wait_for_web()
            with httpx.Client(base_url=box.url, trust_env=False, timeout=15) as client:
                session = client.post("/api/login", json={"code": CODE}).json()["session"]
                for body in ({"code": CODE + "x"}, {"code": 7}, {"kode": CODE}, [CODE]):
                    assert_no_secret_in(client.post("/api/login", json=body).text)
                assert_no_secret_in(client.post("/api/login", content=b"{" + CODE.encode()).text)
                for header in (f"Bearer {CODE}", f"Bearer {session}"):
                    for path in (
                        "/api/status",
                        "/api/status?heap=1",
                        "/metrics",
                        "/api/log",
                        "/api/privacy",
                        "/api/backup",
                    ):
                        answer = client.get(path, headers={"Authorization": header})
                        assert answer.status_code == 200
                        assert_no_secret_in(answer.text)
                for method, path in (("GET", f"/{CODE}x"), ("PUT", "/api/status"), ("POST", "/api/override")):
                    client.request(method, path, headers={"Authorization": f"Bearer {session}x"})
                assert client.get("/api/log").status_code == 401
                deadline = time.monotonic() + 40
                while time.monotonic() < deadline and len(heard) < 6:
                    time.sleep(0.2)
                lines = client.get("/api/log", headers={"Authorization": f"Bearer {session}"}).json()["lines"]
                assert any("the broker refused the connection" in text for _, text in lines)
                assert_no_secret_in(json.dumps(lines))
            assert any(SECRETS["hub"].encode() in data for data in heard)  # it did use them
            assert any(SECRETS["home_assistant"].encode() in data for data in heard)
            said = box.log
            assert "hub: the broker refused the connection: not authorised" in said
            assert re.search(r"started: \S+, after power came", said)
            assert_no_secret_in(said)
            assert session not in said
        finally:
            box.stop()


def test_settings_that_are_no_json_are_not_read_out(tmp_path):
    box = WholeBox(tmp_path, settings(1883))
    (tmp_path / "config.json").write_text(json.dumps(settings(1883))[:-20])
    box.start()
    assert box.process.wait(30) == 2
    assert_no_secret_in(box.log)
