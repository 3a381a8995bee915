"""What the household says and sees, and what the hub is told of it. Imported when needed only."""

# words of the control -> (reason of a refusal on the wire, sentence)
REASONS = {
    "no plan": ("unknown", "no plan from the hub"),
    "override": ("override", "the household has set its own temperature"),
    "too cold": ("comfort", "the room is too cold"),
    "too warm": ("comfort", "the room is too warm"),
    "frost": ("comfort", "the room is close to frost"),
    "room": ("fault", "the room temperature is not known"),
    "water": ("fault", "the water temperature is not known"),
    "water cold": ("comfort", "the water is too cold"),
    "hygiene": ("comfort", "the water is heated through against legionella"),
    "tank frost": ("comfort", "the water could freeze"),
    "water hot": ("comfort", "the water is hot enough"),
    "no car": ("limit", "no car is connected"),
    "ev fault": ("limit", "the charger reports a fault"),
    "ev full": ("limit", "the car is full"),
    "pressing": ("comfort", "the car must charge now to be ready"),
    "soc": ("fault", "its charge is not known"),
    "full": ("limit", "it is full"),
    "reserve": ("limit", "it is down to its reserve"),
    "grid": ("fault", "the grid meter is silent"),
    "fuse": ("limit", "the fuse leaves no more"),
    "balance": ("limit", "the phases may not lie further apart"),
    "export": ("limit", "no more may be fed into the grid"),
    "dim": ("limit", "the grid operator allows no more for now"),
    "contact": ("limit", "the grid operator's contact asks for less"),
    "fail_safe": ("limit", "the grid operator's signal is lost: no more than is safe"),
    "init": ("limit", "the box has just started and waits for the grid operator's signal"),
    "not today": ("override", "the household wants nothing of it today"),
    "terms": ("terms", "it is more than the household has signed"),
    "rests": ("limit", "it has only just stopped"),
    "started": ("limit", "it has only just started"),
    "peak": ("limit", "the month's peak would rise"),
}


def override(box, target_mc, minutes, now):
    """Wins at once. 0 minutes ends it. ValueError outside 10..28 degrees."""
    band = box.band
    if minutes <= 0:
        band.override_mc = None
        return
    if not 10000 <= target_mc <= 28000:
        raise ValueError("target_mc must be 10000..28000, not %d" % target_mc)
    band.override_mc = target_mc
    band.override_until = now + minutes * 60
    band.override_since = now
    band.away = False  # somebody is there
    words = "override", "the household asked for %d.%d degrees" % (target_mc // 1000, target_mc % 1000 // 100)
    for plan in (box.desk.plan, box.desk.next):  # what had been accepted is given up for good
        if plan and "heat_pump" in plan["powers"]:
            del plan["powers"]["heat_pump"]
            box.desk.tell(plan, "heat_pump", now, words)


def ask(car, km, by, now):
    """So many km at `by`. ValueError without a charger, beyond 1000 km, for a time not within a week."""
    if car is None:
        raise ValueError("this home has no charger: no kilometres can be asked for")
    if not 0 <= km <= 1000:
        raise ValueError("km must be 0..1000, not %d" % km)
    if not now < by <= now + 7 * 86400:
        raise ValueError("by must lie within the coming week, not %d" % by)
    car.asked_km = km
    car.by = by
    car.full = False


def shortfall(car, now):
    """Wh that will be missing at departure even if it charges at full power from now on."""
    return max(0, car.left() - car.most_w * (car.by - now) // 3600) if car.here else 0


def replies(desk):
    """("reply", wire message) of each notice of the desk; they go."""
    out = []
    for t, plan, accepted, role, words in desk.notices:
        reason, sentence = REASONS.get(words, words)
        refused = [{"actuator": role, "reason": reason, "detail": sentence}]
        out.append(("reply", {"t": t, "plan": plan, "accepted": accepted, "refused": refused}))
    desk.notices = []
    return out


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
            devices[role] = {"mode": account.mode, "reason": REASONS[account.words][1]}
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
        }
    return out
