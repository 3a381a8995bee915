"""What each device shall do now: follow the plan while that is comfortable, else what the home needs.

The hub's plan comes first, then the box's own. Without any a home is comfortable, safe, and greedy with its own sun.
Words are keys of household.py's sentences.
"""

from micropython import const

from osb_box.comfort.band import day_minute, guard
from osb_box.plan.car import LEAST_A
from osb_wire import SLOT_S

_TANK_ON_MC = const(3000)  # alone: above the least temperature
_TANK_SPAN_MC = const(7000)
_HOT_MC = const(61000)  # hygiene: above the 60 degrees that it needs
_BLIND_S = const(3600)  # without a water temperature for so long a boiler is left to its own thermostat ...
_NIGHT_MIN = const(
    60
)  # ... each night from then on [local minutes], or up to an hour later, as not all may begin at once
_BLIND_MIN = const(180)  # ... for so long
_COLD_MC = const(100)  # so much above the least temperature a room is warmed, whatever was planned
_QUIET_W = const(50)  # a battery need not chase the last watts


def decide(box, role, now, points):
    """(command, mode, words) for a role of this home; mode is "plan", "alone", "override" or "safety"."""
    account = box.accounts[role]
    asked = box.desk.asked(role, now)
    if role == "heat_pump":
        return _heat_pump(box, account, asked, now, points)
    if role == "tank":
        return _tank(box, account, asked, now, points)
    if role == "ev":
        return _ev(box, account, asked, now)
    if role == "battery":
        return _battery(box, account, asked, now)
    return (None, "alone", "no plan") if asked is None else (max(0, -asked), "plan", None)


def _battery(box, account, asked, now):
    how, own = 3, box.desk.own
    if asked is not None:
        hub = box.desk.by_hub("battery", now)
        how = 4 if hub else own["how"][(now - own["start"]) // SLOT_S]
        if how & 4:  # as asked, but the sun that is to spare is not sold for it
            w = account.steady(asked, now, box.step_s)
            grid_w = box.accounts["grid"].w
            if not hub and asked > 0 and grid_w is not None:
                w = max(w, min(account.high, account.power() - grid_w))
            return w, "plan", None
    account.leave()
    grid_w, w = box.accounts["grid"].w, account.power()
    if grid_w is None:
        w = 0
    elif not -_QUIET_W < grid_w < _QUIET_W:
        w = max(account.low, min(account.high, w - grid_w))
    if not how & 1:
        w = max(0, w)
    if not how & 2:
        w = min(0, w)
    return w, "alone" if asked is None else "plan", "no plan" if asked is None else None


def _heat_pump(box, account, asked, now, points):
    band = box.band
    room_mc = points.value("room.temp", now)
    if band.overridden(now):
        if account.deaf:
            from osb_box.plan.contacts import override  # who has a set-point does without it

            return override(account, room_mc, band.target(now))
        return ("auto", 0, band.target(now)), "override", "override"
    rise_mk = box.model.rise(now, points)
    setpoint = band.target(now, rise_mk)
    thermostat = ("auto", 0, setpoint)
    low, high = band.at(now, None, rise_mk)
    account.verdict = guard(account.verdict, room_mc, low, high, _COLD_MC, 200, 400)
    if asked is None:
        return thermostat, "alone", "no plan"
    if account.verdict < 0:
        if room_mc < low or low > band.at(now)[0]:  # it is late, or the room has to climb
            if not box.desk.by_hub("heat_pump", now):
                thermostat = ("auto", 0, min(setpoint, low + 500))  # as far as the guard wants it, and no further
            return _comfort(box, "heat_pump", now, thermostat, "too cold")
        # a little more than holds it there, as in a hurry the same heat costs up to half as much again; all, if late
        w = box.model.holding(low + 500, now, points) * 5 // 4
        w += max(0, account.high - w) * max(0, low + _COLD_MC - room_mc) // _COLD_MC
        return _comfort(box, "heat_pump", now, ("run", w, setpoint), "too cold")
    if account.verdict > 0:
        return _comfort(box, "heat_pump", now, ("off", 0, setpoint), "too warm")
    w = _pulsed(box, "heat_pump", asked, now)
    if not w and account.on:
        # a compressor that stops has to rest, and the room cools before it may start again
        if room_mc is not None and room_mc < low + box.model.fall(account.power(), account.hold_off_s, now, points):
            w = account.low
    elif w and not box.desk.by_hub("heat_pump", now):
        # nobody waits for the heat that is owed: made in a hurry it costs up to half as much again
        w = min(w, max(account.low, asked * 5 // 4))
    return ("run" if w else "off", w, setpoint), "plan", None


def _tank(box, account, asked, now, points):
    tank, temp = box.home["tank"], points.value("tank.temp", now)
    least, most = tank["min_mc"], tank["max_mc"]
    account.coolest = min(temp or 0, temp or 0 if account.coolest is None else account.coolest)
    low = least + _TANK_ON_MC
    # alone, a thermostat in the lower half of the range
    if temp is None or temp >= min(low + _TANK_SPAN_MC, most - 1000):
        account.heating = 0
    if temp is not None and temp < low:
        account.heating = 1
    account.verdict = guard(account.verdict, temp, least, most, 500, 0, 2000)
    if temp is None:
        # five minutes in an hour of frost, as nobody knows how warm the water is
        frost = account.frost and now % 3600 < 300
        night = (day_minute(now, box.zone) - _NIGHT_MIN - box.phase // 4) % 1440 < _BLIND_MIN
        night = night and now - points.last("tank.temp")[1] > _BLIND_S
        return int(frost or night), "safety", "tank frost" if frost or (account.frost and not night) else "water"
    if account.hygiene:
        account.heating = int(temp < (min(most, _HOT_MC + 1500) if account.on else _HOT_MC))
        if asked is not None:
            box.desk.depart("tank", now, "hygiene")
        return account.heating, "safety", "hygiene"
    if asked is None:
        return account.heating, "alone", "no plan"
    if account.verdict < 0:
        return _comfort(box, "tank", now, 1, "water cold")
    if account.verdict > 0:
        return _comfort(box, "tank", now, 0, "water hot")
    return int(_pulsed(box, "tank", asked, now) > 0), "plan", None


def _ev(box, account, asked, now):
    car = box.ev
    if asked is None and car.present():
        # all the charger can, from arrival until the need and a reserve are in; a full car may take it or not
        return car.most_a * 1000 if car.wh < car.need() * 6 // 5 else 0, "alone", "no plan"
    absence = car.absence()
    if absence:
        if asked:
            box.desk.depart("ev", now, absence)
        if absence != "ev full" or not car.left():
            return 0, "alone", absence
        # it sleeps, or waits for its own timer: the least to wake by, and at last all that some need for that
        return (car.most_a if car.pressing(now) else LEAST_A) * 1000, "alone", absence
    if car.pressing(now):
        return _comfort(box, "ev", now, car.most_a * 1000, "pressing")
    amps = (_pulsed(box, "ev", asked, now) + car.amp_w // 2) // car.amp_w
    return amps * 1000, "plan", None


def _pulsed(box, role, asked, now):
    ahead = box.desk.asked(role, now + SLOT_S) or 0
    return box.accounts[role].pulsed(asked, ahead, now, box.step_s, box.phase)


def _comfort(box, role, now, command, words):
    box.desk.depart(role, now, words)
    return command, "safety", words
