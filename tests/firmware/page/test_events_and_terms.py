"""What the hub asks of a home, answered by the household in its browser; real messages over a real broker."""

import re

import pytest
from test_screens import complete, faults, show

STREET = "The cable of your street is full this morning"


def offer(home, number):
    month = 30 * 86400
    home.say(
        "terms",
        **{"id": number, "state": "offered", "start": home.now - month, "end": home.now + 10 * month},
        **{"week_events": 5, "month_events": 8, "duration_s": 7200, "capacity_w": 3000, "notice_s": 0},
        **{"energy_price": 200, "event_price_ct": 50, "plans": "always", "text": "winter evenings"},
    )
    home.until(lambda: (home.ask("/api/events")["terms"]["offered"] or {}).get("id") == number)


def announce(home, number, start, reason=STREET):
    home.say("event", id=number, kind="feeder_limit", start=start, end=start + 900, reason=reason)
    home.until(lambda: any(e["id"] == number for e in home.ask("/api/events")["events"]))


def answers(home, kind, key, number):
    return [said["answer"] for said in home.heard(kind) if said[key] == number]


def facts(page):
    return dict(zip(page.locator("dt").all_inner_texts(), page.locator("dd").all_inner_texts(), strict=True))


def next_slot(home):
    return (home.now // 900 + 1) * 900


def test_terms_are_read_in_words_and_refused(inside, home):
    offer(home, 3)
    page = inside()
    show(page, "events")
    told = {key: text.replace("\u00a0", " ") for key, text in facts(page).items()}
    assert told["Events in a week, at most"] == "5"
    assert told["Longest event"] == "2 h"
    assert told["Power moved, at most"] == "3.0 kW"
    assert told["Told beforehand, at least"] == "0 h"
    assert told["For energy moved"] == "€0.20 / kWh"  # 200 EUR/MWh
    assert told["For each event followed"] == "€0.50"
    assert told["Plans are followed"] == "at any time"
    assert page.get_by_text("winter evenings").count() == 1
    assert faults(page) == []
    page.get_by_role("button", name="No, thank you").click()
    page.get_by_text("Nothing has been agreed or offered.").wait_for()
    home.until(lambda: answers(home, "terms_reply", "id", 3) == ["refuse"])
    announce(home, 30, next_slot(home))
    show(page, "now")
    show(page, "events")
    page.get_by_text("Your home takes no part: that was not agreed.").wait_for()
    home.until(lambda: answers(home, "event_reply", "event", 30) == ["refuse"])


def test_terms_are_signed_an_event_is_followed_and_earns(inside, home):
    offer(home, 4)
    page = inside("de")
    show(page, "events")
    page.get_by_role("button", name="Einverstanden").click()
    page.get_by_role("heading", name="Vereinbart", exact=True).wait_for()
    assert page.get_by_role("button", name="Einverstanden").count() == 0
    home.until(lambda: answers(home, "terms_reply", "id", 4) == ["accept"])
    earned = home.ask("/api/events")["earned_ct"]["month"]

    start = next_slot(home) + 900
    announce(home, 40, start)
    powers = [{"actuator": "battery", "power_w": -500}, {"actuator": "tank", "power_w": 0}]
    first = home.now // 900 * 900
    home.say("plan", id=40, start=first, slots=12, ttl_s=10800, actuators=powers, reason="the street")
    home.until(lambda: any(reply["plan"] == 40 for reply in home.heard("reply")))
    show(page, "now")
    show(page, "events")
    entry = page.get_by_role("listitem").filter(has_text=STREET).last
    assert "kommt noch" in entry.inner_text()
    show(page, "coming")
    page.get_by_text("Ihr Zuhause folgt dem Plan der Nachbarschaft.").wait_for()
    assert "Die Nachbarschaft hat darum gebeten." in page.inner_text("ol")

    home.live(start + 960 - home.now)
    show(page, "events")
    entry = page.get_by_role("listitem").filter(has_text=STREET).last
    text = entry.inner_text().replace("\u00a0", " ")
    assert "vorbei" in text
    assert "hat mitgemacht" in text
    cents = int(re.search(r"(\d+),(\d\d) €", text).expand(r"\1\2"))
    assert cents >= 50  # the event's own price, at least
    assert home.ask("/api/events")["earned_ct"]["month"] == earned + cents
    complete(page)

    page.get_by_text("Vereinbarung beenden").click()
    page.get_by_role("button", name="Beenden").click()
    page.get_by_text("Es ist nichts vereinbart oder angeboten.").wait_for()
    home.until(lambda: answers(home, "terms_reply", "id", 4) == ["accept", "refuse"])


def test_not_today_and_taken_back(inside, home):
    offer(home, 5)
    page = inside("nl")
    show(page, "events")
    page.get_by_role("button", name="Ik ga akkoord").click()
    page.get_by_role("heading", name="Afgesproken", exact=True).wait_for()
    announce(home, 50, next_slot(home) + 3600)
    home.until(lambda: answers(home, "event_reply", "event", 50) == ["accept"])
    page.get_by_role("button", name="Vandaag liever niet").click()
    page.get_by_role("button", name="Weer meedoen").wait_for()
    assert page.get_by_text("Je zei: vandaag niet.").count() == 1
    home.until(lambda: answers(home, "event_reply", "event", 50) == ["accept", "refuse"])
    page.get_by_role("button", name="Weer meedoen").click()
    page.get_by_role("button", name="Vandaag liever niet").wait_for()
    home.until(lambda: answers(home, "event_reply", "event", 50) == ["accept", "refuse", "accept"])
    complete(page)


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "The grid operator limits your home to 4.2 kW until "),
        ("de", "Der Netzbetreiber begrenzt Ihr Zuhause auf 4,2 kW bis "),
    ],
)
def test_the_grid_operators_limit_is_named(inside, home, lang, sentence):
    number = 1 if lang == "en" else 2
    home.say(
        "limit", id=number, power_w=4200, until=home.now + 7200, heartbeat_s=3600, reason="the transformer is full"
    )
    home.until(lambda: home.ask("/api/events")["limit"]["power_w"] == 4200)
    page = inside(lang)
    show(page, "events")
    assert sentence in page.inner_text(".warn").replace("\u00a0", " ")
    assert faults(page) == []
    home.say("limit", id=number, power_w=None, until=None, heartbeat_s=None, reason="over")
    home.until(lambda: home.ask("/api/events")["limit"]["power_w"] is None)
    show(page, "now")
    show(page, "events")
    assert page.locator(".warn").count() == 0
