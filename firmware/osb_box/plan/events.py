"""The hub's events as the household sees them: why, what the home did, what it earned, and "not today".

An event is a dict: id, kind, start, end, reason; "no" is None or [reason, sentence] why the home takes no part; once
it is over "followed" and "earned_ct". plan/attend.py adds what it needs while one runs. Imported when needed only.
"""

from micropython import const

from osb_box.clock import local, utc_offset_s
from osb_box.plan.contract import event_refusal
from osb_wire import SLOT_S

_EVENTS = const(8)  # the household can look back at
_REMEMBERED_SLOTS = const(32 * 96)  # for counting those of a month


def take(box, message, now):
    """Wire message "event": whether the home takes part, and note it."""
    known = [e for e in box.events if e["id"] == message["id"]]
    if known and "followed" in known[0]:
        return
    for e in known:
        box.events.remove(e)
        _uncount(box, e)
    event = {name: message[name] for name in ("id", "kind", "start", "end", "reason")}
    event["no"] = event_refusal(box, event, now)
    box.events = (box.events + [event])[-_EVENTS:]
    _judge(box, event, now)
    _due(box)


def _judge(box, event, now):
    """Count it if the home takes part, and tell the hub."""
    _uncount(box, event)
    if not event["no"]:
        box.taken = list(box.taken) + [event["start"] // SLOT_S]
    no = event["no"] or (None, "the home takes part")
    answer = {"t": now, "event": event["id"], "answer": "refuse" if event["no"] else "accept"}
    answer["reason"], answer["detail"] = no
    box.to_say.append(("event_reply", answer))
    plan = box.desk.plan
    if plan:
        from osb_box.plan.contract import closed

        plan["closed"] = closed(box, plan["start"], plan["end"])
    box.unsaved = True


def _uncount(box, event):
    first = event["start"] // SLOT_S
    box.taken = [q for q in box.taken if first != q > first - _REMEMBERED_SLOTS]


def _due(box):
    begins = [e["start"] for e in box.events if "followed" not in e]
    box.due = min(begins) if begins else None


def midnight(now, zone):
    """The end of the local day [Unix s]."""
    day_end = ((now + utc_offset_s(now, zone)) // 86400 + 1) * 86400
    return day_end - utc_offset_s(day_end - utc_offset_s(now, zone), zone)


def events_wish(box, wish, now):
    """The household's wish (the local API): {"not_today": bool}, or {"terms": {"id", "answer", ...}} as in terms.py.

    `box` is the Controller; kick the cycle after it, which also tells the hub. ValueError is a sentence without stop.
    """
    if not isinstance(wish, dict) or not wish or any(key not in ("not_today", "terms") for key in wish):
        raise ValueError("a wish about events is not_today or terms")
    if "not_today" in wish:
        if not isinstance(wish["not_today"], bool):
            raise ValueError("not_today must be true or false")
        _not_today(box, wish["not_today"], now)
    if "terms" in wish:
        from osb_box.plan import terms

        terms.answer(box, wish["terms"], now)


def _not_today(box, wanted, now):
    box.not_today = midnight(now, box.zone) if wanted else 0
    box.unsaved = True
    for event in box.events:
        if "followed" in event:
            continue
        if wanted and event["start"] < box.not_today and not event["no"]:
            event["no"] = ["override", "the household wants nothing of it today"]
            event["agreed"] = 1
            _judge(box, event, now)
        elif not wanted and event["no"] and event["no"][0] == "override":
            event["no"] = None if event.pop("agreed", 0) else event_refusal(box, event, now)
            _judge(box, event, now)
    if wanted:
        from osb_box.plan.reasons import why

        for plan in (box.desk.plan, box.desk.next):
            for role in sorted(plan["powers"]) if plan else ():
                del plan["powers"][role]
                box.desk.tell(plan, role, now, why("not today"))


def events_state(box, now):
    """What GET /api/events says; `box` is the Controller."""
    events = []
    for e in box.events:
        followed = e.get("followed")
        state = "done" if now >= e["end"] else "now" if now >= e["start"] else "coming"
        out = {name: e[name] for name in ("id", "kind", "start", "end", "reason")}
        out.update({"state": state, "followed": followed, "earned_ct": e.get("earned_ct")})
        out["opted_out"] = bool(e["no"]) and e["no"][0] == "override"
        out["no"], out["refused"] = e["no"] or (None, None)
        events.append(out)
    year, month = local(now, box.zone)[:2]
    y, m, in_month, in_year = box.earned
    earned = {"month": in_month if (y, m) == (year, month) else 0, "year": in_year if y == year else 0}
    terms = box.offered or box.terms
    limit = {"state": "autonomous", "power_w": None, "until": None, "reason": None}
    if box.dim:
        from osb_box.plan.dim import of

        limit = of(box).reply(now)
    return {
        "events": events,
        "not_today_until": box.not_today if now < box.not_today else None,
        "terms": {"id": terms["id"] if terms else None, "offered": box.offered, "signed": box.terms},
        "limit": {key: limit[key] for key in ("state", "power_w", "until", "reason")},
        "earned_ct": earned,
    }
