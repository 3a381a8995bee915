"""Events: what the home did, what it earned, and "not today". Numbers are worked by hand."""

from little_home import MIDNIGHT, ZONE, accept, hear, home, plan, points_with, put
from signed_home import ALL, DAY, NOON, event, refusal, said, signed

from osb_box import finish
from osb_box.control import Controller
from osb_box.plan.events import events_state, events_wish, midnight

START = NOON + 3600


def measured(points, now, **values):
    put(points, now, **dict(ALL, grid_power=1500, heat_pump_power=1000, **values))


def hour_before(box, points):
    """The heat pump draws 1000 W, all else nothing."""
    for now in range(NOON, START, 60):
        measured(points, now)
        box.step(now, points)


def run(box, points, until, tank_temp=50000, **powers):
    """The event's hour: the heat pump draws what it is told."""
    w = 1000
    for now in range(START, until + 60, 60):
        put(points, now, **dict(ALL, grid_power=500 + w, heat_pump_power=w))
        if now == START:
            assert accept(box, plan(START, 4, plan_id=5, **powers), now, points)["refused"] == []
        mode, w, _ = box.step(now, points)["heat_pump"]
        w = 1000 if mode == "auto" else w


def test_followed_to_the_end_and_paid():
    # one kilowatt for one hour at 20 ct/kWh, and 50 ct for the event; the compressor's first minute counts
    box, points = signed()
    refusal(box, event(START, 3), NOON)
    assert events_state(box, NOON)["events"][0]["state"] == "coming"
    hour_before(box, points)
    run(box, points, START + 1800, heat_pump=0)
    assert events_state(box, START + 1800)["events"][0]["state"] == "now"
    box, points = signed()
    refusal(box, event(START, 3), NOON)
    hour_before(box, points)
    run(box, points, START + 3600, heat_pump=0)
    (shown,) = events_state(box, START + 3600)["events"]
    assert shown["state"] == "done"
    assert shown["followed"] == {"heat_pump": True}
    assert 68 <= shown["earned_ct"] <= 70, shown
    assert events_state(box, START + 3600)["earned_ct"] == {"month": shown["earned_ct"], "year": shown["earned_ct"]}
    # what February earns is another month's, and January stays the year's
    february = MIDNIGHT + 17 * DAY
    assert events_state(box, february)["earned_ct"] == {"month": 0, "year": shown["earned_ct"]}
    assert events_state(box, MIDNIGHT + 360 * DAY)["earned_ct"] == {"month": 0, "year": 0}


def test_an_override_in_the_middle_is_not_followed_and_not_paid_for():
    box, points = signed()
    refusal(box, event(START, 3), NOON)
    hour_before(box, points)
    run(box, points, START + 1200, heat_pump=0)
    box.override(23000, 180, START + 1200)
    for now in range(START + 1260, START + 3660, 60):
        put(points, now, **dict(ALL, grid_power=3000, heat_pump_power=2500))
        box.step(now, points)
    (shown,) = events_state(box, START + 3600)["events"]
    assert shown["followed"] == {"heat_pump": False}
    # a third of an hour less a kilowatt: 333 Wh are 6 ct, and nothing for the event
    assert 5 <= shown["earned_ct"] <= 6, shown


def test_nothing_was_asked_nothing_is_claimed():
    box, points = signed()
    refusal(box, event(START, 3), NOON)
    hour_before(box, points)
    for now in range(START, START + 3660, 60):
        measured(points, now)
        box.step(now, points)
    (shown,) = events_state(box, START + 3600)["events"]
    assert shown["followed"] is None
    assert shown["earned_ct"] == 0


def test_never_more_than_the_capacity_that_was_signed():
    # 1000 W less for an hour, but 400 W were signed: 0.4 kWh are 8 ct; the plan of 1000 W is refused anyway
    box, points = signed(capacity_w=400)
    refusal(box, event(START, 3), NOON)
    hour_before(box, points)
    measured(points, START)
    reply = accept(box, plan(START, 4, plan_id=5, heat_pump=0), START, points)
    assert reply["refused"][0]["detail"] == "1000 W would be shifted, 400 W were signed"


def test_without_terms_nothing_is_said_about_money():
    box = Controller(home(), ZONE)
    points = points_with(NOON, **dict(ALL, grid_power=1500, heat_pump_power=1000))
    refusal(box, event(START, 3), NOON)
    hour_before(box, points)
    run(box, points, START + 3600, heat_pump=0)
    (shown,) = events_state(box, START + 3600)["events"]
    assert shown["followed"] == {"heat_pump": True}
    assert shown["earned_ct"] is None


def test_not_today():
    box, points = signed()
    refusal(box, event(START, 3), NOON)
    refusal(box, event(NOON + DAY, 4), NOON)
    accept(box, plan(NOON, 8, plan_id=5, battery=2000, ev=0), NOON, points)
    box.step(NOON, points)
    events_wish(box, {"not_today": True}, NOON)
    messages = finish(box.messages())
    # at once: the plan's parts are given up, today's event is refused, tomorrow's stays
    replies = [m for kind, m in messages if kind == "reply"]
    assert [(m["plan"], m["refused"][0]["actuator"], m["refused"][0]["reason"]) for m in replies] == [
        (5, "battery", "override"),
        (5, "ev", "override"),
    ]
    assert [(m["event"], m["answer"], m["reason"]) for kind, m in messages if kind == "event_reply"] == [
        (3, "refuse", "override")
    ]
    put(points, NOON + 600, **dict(ALL, grid_power=2000, heat_pump_power=1500))
    commands = box.step(NOON + 600, points)
    assert commands["battery"] < 0  # alone: it covers what the house draws
    assert commands["ev"] > 6000
    reply = accept(box, plan(NOON, 8, t=NOON + 900, plan_id=6, battery=-2000), NOON + 900, points)
    assert reply["refused"][0]["reason"] == "override"
    state = events_state(box, NOON + 900)
    assert state["not_today_until"] == MIDNIGHT + DAY
    assert [e["opted_out"] for e in state["events"]] == [True, False]
    # it ends by itself
    tomorrow = MIDNIGHT + DAY
    put(points, tomorrow, **ALL)
    assert accept(box, plan(tomorrow, 8, plan_id=9, battery=-2000), tomorrow, points)["accepted"] == ["battery"]
    assert events_state(box, tomorrow)["not_today_until"] is None


def test_not_today_can_be_undone():
    box, points = signed()
    refusal(box, event(START, 3), NOON)
    events_wish(box, {"not_today": True}, NOON)
    said(box, "event_reply")
    events_wish(box, {"not_today": False}, NOON + 60)
    assert [(m["event"], m["answer"]) for m in said(box, "event_reply")] == [(3, "accept")]
    assert accept(box, plan(NOON, 8, plan_id=6, battery=0), NOON + 60, points)["accepted"] == ["battery"]
    assert box.taken == [START // 900]


def test_a_limit_holds_on_a_day_that_is_not_today():
    box, points = signed()
    limit = {"id": 1, "t": NOON, "power_w": 0, "until": None, "heartbeat_s": 60, "reason": "the street"}
    hear(box, "limit", dict(limit, fail_safe_w=None, fail_safe_s=None), NOON)
    events_wish(box, {"not_today": True}, NOON)
    commands = box.step(NOON, points)
    assert commands["ev"] == commands["tank"] == 0
    assert events_state(box, NOON)["limit"] == {
        "state": "limited",
        "power_w": 0,
        "until": None,
        "reason": "the street",
    }


def test_local_midnight_on_the_days_of_the_clock_change():
    # 2026-03-29 has 23 hours, 2026-10-25 has 25: midnight is 22:00 UTC in summer, 23:00 UTC in winter
    assert midnight(1774739400, ZONE) == 1774821600  # 2026-03-28T23:10Z -> 2026-03-29T22:00Z
    assert midnight(1792880000, ZONE) == 1792969200  # 2026-10-24T22:13Z -> 2026-10-25T23:00Z


def test_wishes_that_cannot_be_meant():
    box, _ = signed()
    for wish, sentence in (
        ({}, "a wish about events is not_today or terms"),
        ({"party": 1}, "a wish about events is not_today or terms"),
        ({"not_today": 1}, "not_today must be true or false"),
        ({"terms": {"id": 99, "answer": "accept"}}, "no terms with this id are offered"),
        ({"terms": {"id": 7, "answer": "maybe"}}, "terms are answered with accept, refuse or counter"),
    ):
        try:
            events_wish(box, wish, NOON)
        except ValueError as e:
            assert str(e) == sentence, str(e)
        else:
            raise AssertionError(wish)


def test_who_has_signed_may_leave():
    box, points = signed()
    events_wish(box, {"terms": {"id": 7, "answer": "refuse"}}, NOON)
    assert [(m["id"], m["answer"]) for m in said(box, "terms_reply")] == [(7, "refuse")]
    assert accept(box, plan(NOON, 8, battery=0), NOON, points)["accepted"] == []
