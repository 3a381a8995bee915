"""An event runs: what each device does, what is shifted, and in the end what that earned. In memory while one runs.

The earnings are the box's own reckoning from the signed terms and metered power: each device against its mean in the
slot before the event, as long as it followed the plan. The cooperative's statement settles.
"""

from micropython import const

from osb_box.clock import local
from osb_box.plan.contract import closed, reference, signed, too_much

_FOLLOWED_PM = const(900)  # of the time in which it was asked


def attend(box, now):
    """Take note of the time since the last look. Returns when the next event begins, `now` while one runs, or None."""
    due = None
    for event in box.events:
        if "followed" in event:
            continue
        if now >= event["end"]:
            _close(box, event, now)
            continue
        if now >= event["start"]:
            _look(box, event, now)
            due = now
        elif due is None or event["start"] < due:
            due = event["start"]
    return due


def _look(box, event, now):
    if "ref" not in event:
        event["ref"] = reference(box)
        box.unsaved = True
        _check(box, event, now)
    if "t" not in event:  # it begins, or the box did
        event["t"] = now
        event.setdefault("ws", 0)
        event.setdefault("roles", {})
    dt, event["t"] = now - event["t"], now
    if not 0 <= dt <= 900:
        return
    for role in box.roles:
        account = box.accounts[role]
        by_hub = box.desk.by_hub(role, now)
        if by_hub or role in event["roles"] or account.mode == "override":
            times = event["roles"].setdefault(role, [0, 0])
            times[1] += dt
            if by_hub and account.mode == "plan":
                times[0] += dt
                if role != "pv":
                    event["ws"] += (event["ref"].get(role, 0) - account.power()) * dt


def _check(box, event, now):
    """The plan on the desk came before it could be compared with what the home draws."""
    plan = box.desk.plan
    if plan and plan["powers"]:
        sentence = too_much(box, plan["powers"], plan["start"], plan["slots"], now)
        if sentence:
            for role in sorted(plan["powers"]):
                box.desk.depart(role, now, ("terms", sentence))
            plan["closed"] = closed(box, plan["start"], plan["end"]) + [(event["start"], event["end"])]


def _close(box, event, now):
    """It is over: keep in short what there was of it."""
    roles, ws = event.pop("roles", {}), event.pop("ws", 0)
    for name in ("ref", "t"):
        event.pop(name, None)
    followed = {role: roles[role][0] * 1000 >= roles[role][1] * _FOLLOWED_PM for role in roles if roles[role][1]}
    event["followed"] = followed or None
    terms = signed(box, event["start"])
    event["earned_ct"] = None
    if terms:
        wh = (max(0, ws) if event["kind"] == "feeder_limit" else abs(ws)) // 3600
        wh = min(wh, terms["capacity_w"] * (event["end"] - event["start"]) // 3600)
        ct = 0 if event["no"] else wh * terms["energy_price"] // 10000
        if followed and all(followed.values()) and not event["no"]:
            ct += terms["event_price_ct"]
        event["earned_ct"] = ct
        _earn(box, ct, event["start"])
    box.unsaved = True


def _earn(box, ct, t):
    year, month = local(t, box.zone)[:2]
    y, m, in_month, in_year = box.earned
    box.earned = [year, month, ct + (in_month if (y, m) == (year, month) else 0), ct + (in_year if y == year else 0)]
