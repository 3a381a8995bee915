"""The local API as a browser or a script sees it."""

import socket
import time

import pytest
from whole_box import TOKEN

AUTH = {"Authorization": f"Bearer {TOKEN}"}


def test_status_tells_what_the_box_knows(browser):
    answer = browser.get("/api/status", params={"heap": "1"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    status = answer.json()
    assert status["box_id"] == "box-01"
    assert status["points"] == []
    assert status["link"] is None
    assert status["outbox"]["pending"] == 0
    assert set(status["outbox"]) == {"epoch", "messages", "readings", "pending", "dropped", "spared"}
    assert "override" in status["control"]
    assert status["heap_free"] > status["heap_largest"] > 0
    assert "heap_largest" not in browser.get("/api/status").json()


def test_an_override_is_in_force_at_once_and_can_be_ended(browser):
    now = browser.get("/api/status").json()["t"]
    assert browser.post("/api/override", headers=AUTH, json={"target_mc": 22000, "minutes": 60}).json() == {"ok": True}
    override = browser.get("/api/status").json()["control"]["override"]
    assert override["target_mc"] == 22000
    assert now + 3600 <= override["until"] <= now + 3660
    browser.post("/api/override", headers=AUTH, json={"target_mc": 22000, "minutes": 0})
    assert browser.get("/api/status").json()["control"]["override"] is None


def test_strangers_see_and_change_nothing(stranger, browser):
    for given in ("", "letmein", "Bearer x", "Bearer " + "0" * 40):
        headers = {"Authorization": given}
        for answer in (
            stranger.post("/api/override", headers=headers, json={"target_mc": 22000, "minutes": 60}),
            stranger.get("/api/status", headers=headers),
            stranger.get("/metrics", headers=headers),
        ):
            assert answer.status_code == 401
            assert list(answer.json()) == ["error"]
    assert browser.get("/api/status").json()["control"]["override"] is None


def test_guessing_the_code_is_slowed_down_and_whoever_is_in_stays_in(fresh):
    with fresh() as (_, client):
        session = client.post("/api/login", json={"code": TOKEN}).json()["session"]
        time.sleep(1 - time.time() % 1)  # the first pause lasts until the next second of the box, whose clock is ours
        codes = [client.post("/api/login", json={"code": "guess"}).status_code for _ in range(7)]
        assert codes == [401, 401, 401, 401, 401, 429, 429]
        answer = client.post("/api/login", json={"code": TOKEN})
        assert answer.status_code == 429
        assert answer.json()["error"].startswith("Too many wrong codes: try again in ")
        assert client.get("/api/status", headers={"Authorization": f"Bearer {session}"}).status_code == 200
        time.sleep(2.1)
        assert client.post("/api/login", json={"code": TOKEN}).status_code == 200


def test_a_session_survives_a_restart_until_all_are_ended(fresh):
    with fresh() as (box, client):
        session = client.post("/api/login", json={"code": TOKEN}).json()["session"]
        headers = {"Authorization": f"Bearer {session}"}
        box.restart()
        assert client.get("/api/status", headers=headers).status_code == 200
        assert client.post("/api/logout", headers=headers).json() == {"ok": True}
        assert client.get("/api/status", headers=headers).status_code == 401
        box.restart()
        assert client.get("/api/status", headers=headers).status_code == 401
        assert client.get("/api/status", headers=AUTH).status_code == 200  # the code itself, as a script has it


def test_metrics_are_what_prometheus_reads(browser):
    answer = browser.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=UTF-8"
    lines = answer.text.splitlines()
    assert "# TYPE osb_heap_free_bytes gauge" in lines
    assert "osb_hub_connected 0" in lines


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/api/override", '{"minutes": 60}', "target_mc: is missing."),
        ("/api/override", '{"target_mc": 22.5, "minutes": 60}', "target_mc: must be an integer."),
        ("/api/override", '{"target_mc": 90000, "minutes": 60}', "target_mc: 90000 is outside 10000..28000."),
        ("/api/override", '{"target_mc": 22000, "minutes": -1}', "minutes: -1 is outside 0..1440."),
        ("/api/override", "[1, 2]", "message: must be an object."),
        ("/api/override", '{"target_mc":', "The body is not JSON."),
        ("/api/override", b"\xff\xfe", "The body is not JSON."),
        ("/api/car", '{"km": 60, "by": 1768460400}', "This home has no car charger that the box controls."),
    ],
)
def test_a_wish_that_cannot_be_meant_gets_one_sentence(browser, path, body, sentence):
    answer = browser.post(path, headers=AUTH, content=body)
    assert answer.status_code == 400
    assert answer.json() == {"error": sentence}


WISHES = {
    "/api/override": ("target_mc", "minutes"),
    "/api/car": ("km", "by"),
    "/api/comfort": ("setpoint_mc", "night", "holiday", "learned", "feel"),
    "/api/events": ("not_today", "answer", "id"),
    "/api/setup": ("scan", "settings", "wifi"),
}
ODD = (None, True, -1, 1.5, 10**30, "", [], [[]], [None, {}], {}, {"": 1}, {"bus": [1]}, {"mc": {}, "until": []})


@pytest.mark.parametrize("path", WISHES)
def test_whatever_shape_a_wish_has_it_is_answered_with_a_sentence(browser, path):
    for key in WISHES[path]:
        for value in ODD:
            answer = browser.post(path, json={key: value})
            assert answer.status_code in (200, 400, 404), (key, value, answer.text)
            assert answer.status_code == 200 or answer.json()["error"].endswith("."), (key, value, answer.text)
    assert browser.get("/api/status").status_code == 200


def test_paths_and_methods_that_are_not_there(browser):
    assert browser.get("/nothing").status_code == 404
    assert browser.get("/api/override").status_code == 405
    assert browser.post("/api/status").status_code == 405
    assert browser.delete("/api/comfort").json() == {"error": "/api/comfort takes GET and POST only."}


@pytest.mark.parametrize("path", ["/api/ahead", "/api/comfort", "/api/events", "/api/setup"])
def test_what_a_board_has_no_room_for_is_told_in_a_sentence(browser, path):
    answer = browser.get(path)
    assert answer.status_code in (200, 404)
    if answer.status_code == 404:
        assert answer.json()["error"].startswith("This box has no ")


def test_too_much_is_refused_and_the_box_lives_on(browser):
    assert browser.post("/api/override", headers=AUTH, content="x" * 3000).status_code == 413
    assert browser.get("/", headers={"X-Much": "x" * 6000}).status_code == 431
    assert browser.get("/" + "x" * 60000).status_code == 431
    assert browser.get("/api/status").status_code == 200


@pytest.mark.parametrize(
    "rubbish", [b"\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"]
)
def test_what_is_no_http_is_told_so(box, rubbish):
    with socket.create_connection(("127.0.0.1", box.port), 5) as s:
        s.sendall(rubbish)
        assert s.recv(100).startswith(b"HTTP/1.0 400 ")


def test_idle_connections_do_not_shut_others_out_for_long(box, browser):
    idle = [socket.create_connection(("127.0.0.1", box.port), 15) for _ in range(4)]
    time.sleep(0.2)
    answer = browser.get("/api/status")
    assert answer.status_code == 503
    assert answer.json() == {"error": "The box is busy: ask again in a moment."}
    for s in idle:
        assert s.recv(1) == b""  # hung up on after the time-out
        s.close()
    assert browser.get("/api/status").status_code == 200
