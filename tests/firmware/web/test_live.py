"""GET /api/live: what changes is told as it changes, to two readers and no more."""

import json
import time

import httpx


def events(stream):
    for line in stream.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line[6:])


def test_each_pass_is_told_and_only_what_has_changed(browser):
    with browser.stream("GET", "/api/live") as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"] == "text/event-stream"
        told = events(stream)
        first = next(told)
        assert first["points"] == []
        assert first["control"]["override"] is None
        assert first["connected"] is None  # there is no hub
        second = next(told)
        if second["t"] == first["t"]:  # a pass ended in the second in which we came
            second = next(told)
        assert second["t"] > first["t"]
        assert "control" not in second
        browser.post("/api/override", json={"target_mc": 22000, "minutes": 60})
        third = next(event for event in told if "control" in event)
        assert third["control"]["override"]["target_mc"] == 22000
        browser.post("/api/override", json={"target_mc": 22000, "minutes": 0})


def test_strangers_hear_nothing_and_a_third_reader_is_sent_away(browser, box):
    time.sleep(1)
    assert httpx.get(box.url + "/api/live", trust_env=False).status_code == 401
    with browser.stream("GET", "/api/live") as one, browser.stream("GET", "/api/live") as two:
        next(events(one))
        next(events(two))
        third = browser.get("/api/live")
        assert third.status_code == 503
        assert browser.get("/api/status").status_code == 200  # readers take no place of those who ask
    time.sleep(1)
    with browser.stream("GET", "/api/live") as stream:  # the places of those who have left are free again
        assert stream.status_code == 200


def test_it_ends_when_all_sessions_do(fresh):
    with fresh() as (_, client):
        session = client.post("/api/login", json={"code": "letmein"}).json()["session"]
        client.headers["Authorization"] = f"Bearer {session}"
        with client.stream("GET", "/api/live") as stream:
            told = events(stream)
            next(told)
            client.post("/api/logout")
            assert len(list(told)) <= 2
