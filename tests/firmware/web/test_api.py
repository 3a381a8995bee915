"""The local API as a browser or a script sees it."""

import socket
import time

import pytest

AUTH = {"Authorization": "Bearer letmein"}


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(browser):
    answer = browser.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.rstrip().endswith("</html>")
    assert "//" not in answer.text.replace("// only", "")  # no address of another machine
    assert "viewport" in answer.text


def test_status_tells_what_the_box_knows(browser):
    answer = browser.get("/api/status", params={"heap": "1"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    status = answer.json()
    assert status["box_id"] == "box-01"
    assert status["points"] == []
    assert status["link"] is None
    assert status["outbox"]["pending"] == 0
    assert set(status["outbox"]) == {"epoch", "messages", "readings", "pending", "dropped"}
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


def test_without_the_token_nothing_is_changed(browser):
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "letmein"}):
        answer = browser.post("/api/override", headers=headers, json={"target_mc": 22000, "minutes": 60})
        assert answer.status_code == 401
        assert answer.json() == {"error": "Authorization: must be 'Bearer <token>' with this box's token."}
    assert browser.get("/api/status").json()["control"]["override"] is None


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


def test_paths_and_methods_that_are_not_there(browser):
    assert browser.get("/nothing").status_code == 404
    assert browser.get("/api/override").status_code == 405
    assert browser.post("/api/status").status_code == 405


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
