"""The box enforces what the household has signed, and nobody signs for it. Numbers are worked by hand."""

import json

from little_home import MIDNIGHT, ZONE, accept, hear, home, plan, put
from signed_home import ALL, DAY, NOON, NUMBERS, a_box, event, refusal, said, signed, terms

from osb_box import finish
from osb_box.control import Controller
from osb_box.plan.events import events_state, events_wish


def test_offered_seen_signed_and_told():
    box, _ = a_box()
    hear(box, "terms", terms(), NOON)
    state = events_state(box, NOON)["terms"]
    assert state["id"] == 7
    assert state["signed"] is None
    assert state["offered"]["capacity_w"] == 3000
    assert state["offered"]["text"] == "winter evenings"
    assert said(box, "terms_reply") == []  # that is the household's to say
    events_wish(box, {"terms": {"id": 7, "answer": "accept"}}, NOON)
    assert [(m["id"], m["answer"]) for m in said(box, "terms_reply")] == [(7, "accept")]
    assert events_state(box, NOON)["terms"]["signed"]["week_events"] == 2
    hear(box, "terms", terms(), NOON + 60)  # the answer was lost: it is given again
    assert [m["answer"] for m in said(box, "terms_reply")] == ["accept"]


def test_the_hub_cannot_sign_for_the_household():
    box, _ = a_box()
    hear(box, "terms", terms(state="signed", capacity_w=50000), NOON)
    assert box.terms is None
    assert box.offered["capacity_w"] == 50000


def test_a_counter_offer_and_what_may_come_of_it():
    box, _ = a_box()
    hear(box, "terms", terms(), NOON)
    wish = {"id": 7, "answer": "counter", "counter": {"week_events": 1, "energy_price": 250}}
    events_wish(box, {"terms": wish}, NOON)
    (reply,) = said(box, "terms_reply")
    assert reply["counter"] == dict(NUMBERS, week_events=1, energy_price=250)
    # other numbers than those are an offer
    hear(box, "terms", terms(state="signed", week_events=1), NOON)
    assert box.terms is None
    # a second round: a new offer, countered again, and taken
    hear(box, "terms", terms(number=8, week_events=1, energy_price=220), NOON)
    events_wish(box, {"terms": {"id": 8, "answer": "counter", "counter": {"notice_s": 7200}}}, NOON)
    said(box, "terms_reply")
    hear(box, "terms", terms(number=8, state="signed", week_events=1, energy_price=220, notice_s=7200), NOON)
    assert box.terms["notice_s"] == 7200
    assert [m["answer"] for m in said(box, "terms_reply")] == ["accept"]


def test_a_counter_offer_that_cannot_be_meant():
    box, _ = a_box()
    hear(box, "terms", terms(), NOON)
    for counter, sentence in (
        ({"duration_s": 60}, "duration_s: 60 is outside 900..86400"),
        ({"colour": 1}, "colour cannot be edited"),
        ({"start": NUMBERS["end"]}, "start must be before end"),
        ({}, "a counter-offer names at least one number"),
    ):
        try:
            events_wish(box, {"terms": {"id": 7, "answer": "counter", "counter": counter}}, NOON)
        except ValueError as e:
            assert sentence in str(e), str(e)
        else:
            raise AssertionError(counter)
    assert box.offered is not None


def test_without_terms_the_hub_is_followed_and_the_household_may_refuse():
    box, points = a_box()
    assert refusal(box, event(NOON + 60), NOON)[0] is None
    assert accept(box, plan(NOON, 8, battery=0), NOON, points)["accepted"] == ["battery"]
    hear(box, "terms", terms(), NOON)
    assert accept(box, plan(NOON, 8, plan_id=2, battery=0), NOON, points)["accepted"] == ["battery"]
    events_wish(box, {"terms": {"id": 7, "answer": "refuse"}}, NOON)
    reply = accept(box, plan(NOON, 8, plan_id=3, battery=0), NOON, points)
    assert reply["refused"] == [
        {"actuator": "battery", "reason": "terms", "detail": "the household has refused the terms"}
    ]
    strict, points = a_box(home(without_terms="refuse"))
    reply = accept(strict, plan(NOON, 8, battery=0), NOON, points)
    assert reply["refused"][0]["detail"] == "no terms have been signed"


def test_too_many_too_long_too_soon():
    box, _ = signed()
    assert refusal(box, event(NOON + 1800), NOON) == ("terms", "the notice is shorter than the 1 h that were signed")
    assert refusal(box, event(NOON + 3600, 2, hours=3), NOON) == ("terms", "it lasts 3 h, 2 h were signed")
    assert refusal(box, event(NOON + 3600, 3), NOON)[0] is None
    assert refusal(box, event(NOON + 3600, 3), NOON)[0] is None  # delivered twice, counted once
    assert refusal(box, event(NOON + DAY, 4), NOON)[0] is None
    assert refusal(box, event(NOON + 2 * DAY, 5), NOON) == ("terms", "2 events a week were signed")
    # Monday 00:00 local time is another week, and the third of January's three
    monday = MIDNIGHT + 4 * DAY
    assert refusal(box, event(monday - 900, 6), NOON)[0] == "terms"
    assert refusal(box, event(monday, 7), NOON)[0] is None
    assert refusal(box, event(monday + 900, 8), NOON) == ("terms", "3 events a month were signed")
    assert refusal(box, event(MIDNIGHT + 17 * DAY, 9), NOON)[0] is None  # 1 February


def test_terms_end():
    box, points = signed(end=NOON + DAY)
    assert refusal(box, event(NOON + DAY - 1800), NOON)[1] == "the terms signed do not hold at that time"
    later = NOON + DAY
    put(points, later, **ALL)
    reply = accept(box, plan(later, 8, battery=0), later, points)
    assert reply["refused"][0]["detail"] == "the terms signed do not hold at this time"
    hear(box, "terms", terms(state="withdrawn"), later)
    assert box.terms is None
    assert [m["answer"] for m in said(box, "terms_reply")] == ["ended"]


def test_in_an_event_that_was_refused_the_home_goes_on_by_itself():
    box, points = signed()
    refusal(box, event(NOON + 900), NOON)  # too short a notice
    reply = accept(box, plan(NOON, 8, ev=0), NOON, points)
    assert reply["accepted"] == ["ev"]
    assert box.step(NOON, points)["ev"] == 0
    for minute in range(15, 75, 15):
        now = NOON + minute * 60
        put(points, now, grid_power=500, **dict(ALL, ev_state=2))
        reply = accept(box, plan(NOON, 8, t=now, plan_id=1 + minute, ev=0), now, points)
        assert reply["refused"][0]["reason"] == "terms"
        assert box.step(now, points)["ev"] > 6000  # it charges as it would alone
    now = NOON + 4500
    put(points, now, grid_power=500, **dict(ALL, ev_state=2))
    assert accept(box, plan(NOON, 8, t=now, plan_id=99, ev=0), now, points)["accepted"] == ["ev"]
    assert box.step(now, points)["ev"] == 0


def test_more_power_than_was_signed():
    # before: heat pump 1500 W, battery 0; asked: heat pump off and 3000 W out of the battery, 4500 W less
    box, points = signed()
    refusal(box, event(NOON + 3600), NOON)
    start = NOON + 3600
    for now in range(NOON + 60, start, 60):
        put(points, now, grid_power=2000, heat_pump_power=1500, **ALL)
        box.step(now, points)
    put(points, start, grid_power=2000, heat_pump_power=1500, **ALL)
    reply = accept(box, plan(start, 4, battery=-3000, heat_pump=0), start, points)
    assert [r["detail"] for r in reply["refused"]] == ["4500 W would be shifted, 3000 W were signed"] * 2
    assert box.step(start, points)["battery"] != -3000
    reply = accept(box, plan(start, 4, plan_id=2, battery=-1500, heat_pump=0), start, points)
    assert reply["accepted"] == ["battery", "heat_pump"]


def test_a_plan_that_came_before_the_event_is_measured_when_it_begins():
    box, points = signed()
    start = NOON + 3600
    refusal(box, event(start), NOON)
    reply = accept(box, plan(NOON, 12, battery=[0] * 4 + [-5000] * 8), NOON, points)
    assert reply["accepted"] == ["battery"]
    for now in range(NOON, start + 120, 60):
        put(points, now, grid_power=500, heat_pump_power=0, **ALL)
        command = box.step(now, points)["battery"]
    assert command > -1000  # alone: it only covers what the house draws
    notice = next(m for m in said(box, "reply") if m["plan"] == 1)
    assert notice["refused"][0]["reason"] == "terms"
    assert notice["refused"][0]["detail"] == "5000 W would be shifted, 3000 W were signed"


def test_plans_in_events_only_where_that_was_signed():
    box, points = signed(plans="events")
    reply = accept(box, plan(NOON, 8, ev=0), NOON, points)
    assert reply["refused"][0]["detail"] == "plans are followed in events only"
    assert box.step(NOON, points)["ev"] > 6000
    refusal(box, event(NOON + 3600), NOON)
    now = NOON + 3600
    put(points, now, grid_power=500, heat_pump_power=0, **dict(ALL, ev_state=2))
    assert accept(box, plan(now, 8, plan_id=2, ev=0), now, points)["accepted"] == ["ev"]
    assert box.step(now, points)["ev"] == 0


def test_all_of_it_survives_a_power_cut():
    box, _ = signed()
    refusal(box, event(NOON + 3600, 3), NOON)
    refusal(box, event(NOON + DAY, 4), NOON)
    box.earned = [2026, 1, 120, 340]
    other = Controller(home(), ZONE)
    other.restore(None, json.loads(json.dumps(finish(box.kept()))))
    assert other.terms == box.terms
    assert refusal(other, event(NOON + 2 * DAY, 5), NOON) == ("terms", "2 events a week were signed")
    state = events_state(other, NOON)
    assert state["earned_ct"] == {"month": 120, "year": 340}
    assert [e["id"] for e in state["events"]] == [3, 4, 5]
    assert len(json.dumps(finish(box.kept()))) < 1500
