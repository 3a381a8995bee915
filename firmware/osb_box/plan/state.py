"""What the household sees of the control. Imported when needed only."""

from osb_box.plan import reasons


def shortfall(car, now):
    """Wh that will be missing at departure even if it charges at full power from now on."""
    return max(0, car.left() - car.amp_w * car.most_a * (car.by - now) // 3600) if car.here else 0


def state(box, now):
    """All of it in plain words, for the local API."""
    plan, car, band = box.desk.plan, box.ev, box.band
    low, high = band.at(now)
    devices = {}
    for role in box.roles:
        account = box.accounts[role]
        if account.mode == "plan":
            hub = plan and box.desk.by_hub(role, now)
            devices[role] = {"mode": "plan", "reason": plan["reason"] if hub else "the box's own plan"}
        elif account.mode:
            devices[role] = {"mode": account.mode, "reason": reasons.why(account.words)[1]}
    out = {
        "actuators": devices,
        "plan": {"id": plan["id"], "expires": plan["expires"], "reason": plan["reason"]} if plan else None,
        "band": {"min_mc": low, "max_mc": high, "target_mc": band.target(now)},
        "override": None,
        "car": None,
        "events": [e for e in box.events if e["end"] > now],
    }
    if band.overridden(now):
        out["override"] = {"target_mc": band.override_mc, "until": band.override_until}
    if car:
        out["car"] = {
            "connected": car.here,
            "need_wh": car.need(),
            "charged_wh": car.wh,
            "by": car.by,
            "shortfall_wh": shortfall(car, now),
            "idle": car.full,
            "usual_wh": None if car.usual_wh == car.told_wh else car.usual_wh,
        }
    return out
