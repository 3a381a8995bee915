"""Does what the hub asks stay within what the household has signed? Pure; imported when it is asked for.

Counted are the events that the home has agreed to, by the local week and month in which they begin. What is shifted is
reckoned against what each device drew in the slot before the event (the method "meter before, meter after").
"""

from micropython import const

from osb_box.clock import local
from osb_wire import SLOT_S

_DAY_S = const(86400)
_TOLERANCE_W = const(50)  # rounding in the hub's plan breaks no contract


def signed(box, t):
    """The signed terms that hold at `t`, or None."""
    terms = box.terms
    return terms if terms and terms["start"] <= t < terms["end"] else None


def hours(seconds):
    """Seconds in the largest unit that keeps them whole: 5400 is `90 min`."""
    return "%d h" % (seconds // 3600) if seconds % 3600 == 0 else "%d min" % (seconds // 60)


def refuses_all(box, now):
    """(reason, sentence) why this home follows nobody at present, or None."""
    if now < box.not_today:
        return "override", "the household wants nothing of it today"
    if box.terms:
        return None if signed(box, now) else ("terms", "the terms signed do not hold at this time")
    if box.answered and box.answered[1] == "refuse":
        return "terms", "the household has refused the terms"
    if box.home.get("without_terms") == "refuse":
        return "terms", "no terms have been signed"
    return None


def event_refusal(box, event, now):
    """(reason, sentence) why the home takes no part in an event (wire message "event"), or None."""
    if event["end"] <= now:
        return "expired", "it is over"
    if event["start"] < box.not_today:
        return "override", "the household wants nothing of it today"
    if not box.terms:
        return refuses_all(box, max(now, box.not_today))
    terms = signed(box, event["start"])
    if terms is None or event["end"] > terms["end"]:
        return "terms", "the terms signed do not hold at that time"
    if event["end"] - event["start"] > terms["duration_s"]:
        return "terms", "it lasts %s, %s were signed" % (
            hours(event["end"] - event["start"]),
            hours(terms["duration_s"]),
        )
    if event["start"] - now < terms["notice_s"]:
        return "terms", "the notice is shorter than the %s that were signed" % hours(terms["notice_s"])
    start = event["start"]
    year, month, _, _, _, weekday = local(start, box.zone)
    monday = _day(box, start) - weekday
    week = sum(1 for q in box.taken if monday <= _day(box, q * SLOT_S) < monday + 7)
    if week >= terms["week_events"]:
        return "terms", "%d events a week were signed" % terms["week_events"]
    in_month = sum(1 for q in box.taken if local(q * SLOT_S, box.zone)[:2] == (year, month))
    if in_month >= terms["month_events"]:
        return "terms", "%d events a month were signed" % terms["month_events"]
    return None


def _day(box, t):
    from osb_box.clock import utc_offset_s

    return (t + utc_offset_s(t, box.zone)) // _DAY_S


def closed(box, start, end):
    """[(start, end)] within which a plan for start..end is not followed: events refused, and the time between events
    where that was signed.
    """
    refused = [(e["start"], e["end"]) for e in box.events if e["no"] and e["end"] > start and e["start"] < end]
    terms = signed(box, start)
    if terms is None or terms["plans"] == "always":
        return refused
    out = []
    t = start
    for e in sorted(box.events, key=lambda e: e["start"]):
        if not e["no"] and e["end"] > t and e["start"] < end:
            if e["start"] > t:
                out.append((t, e["start"]))
            t = e["end"]
    if t < end:
        out.append((t, end))
    return out


def too_much(box, asked, start, slots, now):
    """Sentence if powers ({role: W or W by slot from `start`}) shift more than was signed in an event that runs or
    begins in this slot; else None.
    """
    for e in box.events:
        terms = signed(box, e["start"])
        if terms is None or e["no"] or e["end"] <= now or e["start"] >= now - now % SLOT_S + SLOT_S:
            continue
        ref = e.get("ref") or reference(box)
        first = max(0, (max(now, e["start"]) - start) // SLOT_S)
        for k in range(first, min(slots, -(-(e["end"] - start) // SLOT_S))):
            more = less = 0
            for role in asked:
                w = asked[role]
                d = (w if isinstance(w, int) else w[k]) - ref.get(role, 0)
                if d > 0:
                    more += d
                else:
                    less -= d
            most = max(more, less)
            if most > terms["capacity_w"] + _TOLERANCE_W:
                return "%d W would be shifted, %d W were signed" % (most, terms["capacity_w"])
    return None


def reference(box):
    """W of each device before an event: the mean of the slot before, or what it draws now."""
    out = {}
    for role in box.roles:
        account = box.accounts[role]
        out[role] = account.power() if account.mean is None else account.mean
    return out
