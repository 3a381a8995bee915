"""A plan has come from the hub: which parts can be followed, and the reply. Imported when needed only."""

from array import array

from micropython import const

from osb_box.comfort.band import day_minute
from osb_box.plan.actuators import actuators
from osb_box.plan.forecast import TANK_ROOM_MC, draw_w
from osb_wire import SLOT_S

_FAR_MC = const(1500)  # beyond the band: more than the model may err in some hours; the guard does the rest
_REST_S = const(7200)  # of a plan are looked at in one go
_TOLERANCE_W = const(50)  # rounding in the hub's plan is no breach of a device's limit


def accepting(box, message, now, points):
    """Take in a plan (wire message "plan", which becomes the plan on the desk): a generator, a rest at each `yield`,
    that comes to the wire message "reply". After the last rest nothing of what the household says can come between.
    """
    desk, plan = box.desk, message
    plan["end"] = plan["start"] + SLOT_S * plan["slots"]
    plan["expires"] = min(plan["end"], plan["t"] + plan["ttl_s"])
    asked = {part["actuator"]: part["power_w"] for part in plan.pop("actuators")}
    outside = {}
    for role in ("heat_pump", "tank"):
        if role in asked and role in box.roles:
            outside[role] = yield from _outside(box, plan, role, asked[role], now, points)
    newest = desk.next or desk.plan
    late = newest and newest["id"] != plan["id"] and newest["t"] > plan["t"]
    plan["powers"] = {}
    devices = actuators(box)
    accepted, refused = [], []
    nothing, resting = _beyond(box, plan, asked, now)
    for role in sorted(asked):
        power = asked[role]
        low, high = (power, power) if isinstance(power, int) else (min(power), max(power))
        no = nothing or _refusal(box, plan, role, low, high, devices, now) or outside.get(role)
        if late:
            no = "expired", "plan %d is newer" % newest["id"]
        if no:
            refused.append({"actuator": role, "reason": no[0], "detail": no[1]})
            continue
        if resting:  # followed, but not in this slot
            refused.append({"actuator": role, "reason": resting[0], "detail": resting[1]})
        else:
            accepted.append(role)
        if not isinstance(power, int):
            power = array("h" if -32768 <= low and high <= 32767 else "i", power)
        plan["powers"][role] = power
    if not late and now < plan["expires"]:
        if now < plan["start"] and desk.plan and now < desk.plan["expires"]:
            desk.next = plan
        else:
            desk.enforce(plan)
            for account in box.accounts.values():
                account.renew()
    return {"t": now, "plan": plan["id"], "accepted": accepted, "refused": refused}


def _beyond(box, plan, asked, now):
    """What the household wants or has signed: why nothing of the plan is followed, and why not in this slot."""
    if not (box.terms or box.answered or box.events or now < box.not_today or "without_terms" in box.home):
        return None, None
    from osb_box.plan.contract import closed, refuses_all, too_much

    no = refuses_all(box, now)
    if no:
        return no, None
    sentence = too_much(box, asked, plan["start"], plan["slots"], now)
    if sentence:
        return ("terms", sentence), None
    plan["closed"] = closed(box, plan["start"], plan["end"])
    t = max(now, plan["start"])
    for start, end in plan["closed"]:
        if start <= t < end:
            for e in box.events:
                if e["no"] and e["start"] <= t < e["end"]:
                    return None, e["no"]
            return None, ("terms", "plans are followed in events only")
    return None, None


def _refusal(box, plan, role, low, high, devices, now):
    """(reason, sentence) why this box cannot follow low..high W for `role`, or None."""
    if now >= plan["expires"]:
        return "expired", "the plan ended before it could be followed"
    device = None
    for known in devices:
        if known["actuator"] == role:
            device = known
    if device is None:
        return "unknown", "this home has no " + role
    if role == "heat_pump" and box.band.overridden(now):
        return "override", "the household has set its own temperature"
    if role == "ev" and high > 0 and box.ev.state == 3:
        return "fault", "the charger reports a fault"
    if role == "ev" and high > 0 and box.ev.state == 0:
        return "limit", "no car is connected"
    if high > device["charge_max_w"] + _TOLERANCE_W:
        return "limit", "%d W is asked, %s takes at most %d W" % (high, role, device["charge_max_w"])
    if low < -device["discharge_max_w"] - _TOLERANCE_W:
        return "limit", "%d W is asked, %s gives at most %d W" % (-low, role, device["discharge_max_w"])
    return None


def _outside(box, plan, role, power, now, points):
    """Generator; comes to (reason, sentence) where the box's own model sees room or water far beyond the band while the
    plan holds.
    """
    model, home = box.model, box.home
    store = model.room if role == "heat_pump" else model.tank
    mc = points.value("room.temp" if role == "heat_pump" else "tank.temp", now)
    if mc is None:
        return None
    outdoor = model.outdoor(now, points)
    least, most = mc, mc  # what is so already is no fault of the plan's
    t = max(now - now % SLOT_S, plan["start"])
    while t < plan["expires"]:
        if t % _REST_S == 0:
            yield
        w = power if isinstance(power, int) else power[(t - plan["start"]) // SLOT_S]
        if role == "heat_pump":
            low, high = box.band.at(t + SLOT_S)
            ambient, gain = model.forecast(t, outdoor), home["building"]["gain_w"]
            w = w * model.cop_pm(ambient) // 1000
        else:
            low, high = home["tank"]["min_mc"], home["tank"]["max_mc"]
            ambient, gain = TANK_ROOM_MC, -draw_w(home["tank"]["daily_use_wh"], day_minute(t, box.zone))
        mc = store.predict(mc, ambient, gain, w)
        if mc < min(low, least) - _FAR_MC or (w > 0 and mc > max(high, most) + _FAR_MC):
            what = (
                "the room would be at %d.%d degrees" if role == "heat_pump" else "the water would be at %d.%d degrees"
            )
            return "comfort", what % (mc // 1000, mc % 1000 // 100)
        t += SLOT_S
    return None
