"""A home whose household has signed terms, and events for it."""

from little_home import MIDNIGHT, ZONE, hear, home, points_with

from osb_box import finish
from osb_box.control import Controller
from osb_box.plan.events import events_wish
from osb_wire.messages import decode, encode

NOON = MIDNIGHT + 12 * 3600  # Thursday
DAY = 86400
NUMBERS = {
    "start": MIDNIGHT - 30 * DAY,
    "end": MIDNIGHT + 300 * DAY,
    "week_events": 2,
    "month_events": 3,
    "duration_s": 7200,
    "capacity_w": 3000,
    "notice_s": 3600,
    "energy_price": 200,  # 20 ct/kWh
    "event_price_ct": 50,
    "plans": "always",
}
ALL = {"room_temp": 21000, "outdoor_temp": 0, "tank_temp": 50000, "battery_soc": 500, "pv_power": 0}
ALL.update({"ev_state": 1, "ev_energy": 0, "ev_power": 0, "tank_power": 0, "battery_power": 0})


def terms(number=7, state="offered", **changes):
    """Wire message "terms"."""
    out = dict(NUMBERS, id=number, t=NOON, state=state, text="winter evenings")
    out.update(changes)
    return decode("terms", encode("terms", out))


def event(start, number=1, hours=1, kind="feeder_limit"):
    return {
        "id": number,
        "t": NOON,
        "kind": kind,
        "start": start,
        "end": start + int(hours * 3600),
        "reason": "the cable is full",
    }


def a_box(config=None, **values):
    box = Controller(config or home(), ZONE)
    measured = dict(ALL, grid_power=2000, heat_pump_power=1500)
    measured.update(values)
    points = points_with(NOON, **measured)
    box.step(NOON, points)
    return box, points


def signed(config=None, **changes):
    box, points = a_box(config)
    hear(box, "terms", terms(**changes), NOON)
    events_wish(box, {"terms": {"id": 7, "answer": "accept"}}, NOON)
    finish(box.messages())
    return box, points


def said(box, kind):
    """What was said of a kind; all of it must be what the contract allows."""
    messages = finish(box.messages())
    for k, m in messages:
        encode(k, m)
    return [m for k, m in messages if k == kind]


def refusal(box, message, now):
    """(reason, detail) with which the box answers an event; (None, ...) where it takes part."""
    hear(box, "event", message, now)
    (answer,) = said(box, "event_reply")
    return answer["reason"], answer["detail"]
