"""What comes next in this home and why, in keys for the page to put into words. Imported when needed only."""

from micropython import const

from osb_wire import SLOT_S

_ON_W = const(150)  # less is a device at rest
_WHY = const(12)
_NIGHT_W = const(20)  # of sun is none


def ahead_state(box, now):
    """The plan that is followed, slot by slot from the present one on; None where there is none. A generator that rests
    at each `yield` comes to it.

    {"by", "made", "start", "slot_s", "parts", "room_mc", "price", "why", "cost_ct", "saved_ct"}; times in Unix s, power
    in W, prices in EUR/MWh. `why`: {"role", "from", "to", "key", "value"}; `value` is a price, a temperature [mC], a
    time (ready_by) or the month's peak [W].
    """
    plan = box.desk.plan or box.desk.own
    if plan is None:
        return None
    hub = plan is box.desk.plan
    first = max(0, (now - plan["start"]) // SLOT_S)
    slots = (plan["end"] - plan["start"]) // SLOT_S
    parts = []
    for role in box.roles:
        power = plan["powers"].get(role)
        if power is not None:
            parts.append(
                {"role": role, "power_w": [power] * (slots - first) if isinstance(power, int) else list(power[first:])}
            )
    start = plan["start"] + first * SLOT_S
    why = []
    for part in parts:
        yield
        _spans(box, plan, part, start, first, hub, why)
    why.sort(key=lambda one: one["from"])
    room = None if hub else plan["room_mc"]
    return {
        "by": "hub" if hub else "box",
        "made": plan["t"] if hub else plan["made"],
        "start": start,
        "slot_s": SLOT_S,
        "parts": parts,
        "room_mc": list(room[first:]) if room else None,
        "price": None if hub else list(plan["buy"][first:]),
        "why": why[:_WHY],
        "cost_ct": None if hub else plan["cost_ct"],
        "saved_ct": None if hub else plan["saved_ct"],
    }


def _spans(box, plan, part, start, first, hub, why):
    """One entry for each time that a device runs, up to the next in which it does not or for another reason."""
    role, open_ = part["role"], None
    if role == "pv":
        return
    for i in range(len(part["power_w"])):
        t = start + i * SLOT_S
        w = part["power_w"][i]
        key = value = None
        if abs(w) >= _ON_W:
            key, value = ("hub", None) if hub else _reason(box, plan, role, w, first + i, t)
        if open_ and (open_["key"] != key or key is None):
            open_ = None
        if key and open_ is None:
            open_ = {"role": role, "from": t, "to": t, "key": key, "value": value}
            why.append(open_)
        if open_:
            open_["to"] = t + SLOT_S


def _reason(box, plan, role, w, k, t):
    """(key, value) for power that the box's own plan gives a device in slot k."""
    net, buy = plan["net"][k], plan["buy"]
    if w > 0 and net <= _NIGHT_W:
        return "sun", None
    if w < 0:  # the battery gives
        near = box.outlook.peak_aim_w and net + _ON_W > box.outlook.peak_aim_w
        return ("peak", box.outlook.peak_aim_w) if near else (None, None)
    if buy[k] * len(buy) < sum(buy):  # one price for all hours is none that is cheap
        return "cheap", buy[k]
    if role == "ev":
        return "ready_by", box.ev.by
    return "warm_in_time", box.band.target(t) if role == "heat_pump" else None
