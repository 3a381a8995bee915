"""What the household wishes of its comfort. Needed at a wish only; `box` is the Controller."""

from osb_box import forget
from osb_box.comfort import habits, lived

_SETTINGS = ("setpoint_mc", "min_mc", "max_mc", "night_min_mc")
_VOTE_MK = 500  # for each step on the scale from cold to hot
_VOTE_S = 1800  # a second vote within the half hour replaces the first
_HOLIDAY_LEAST_MC = 8000  # above the frost protection
_YEAR_S = 31622400


def comfort_wish(box, wish, now):
    """Do what POST /api/comfort asks for, all of it or nothing; ValueError is a sentence without its full stop."""
    if not isinstance(wish, dict) or not wish:
        raise ValueError("a wish must be an object with at least one key")
    try:
        steps = []
        band = box.band
        comfort = dict(band.comfort)
        for name in wish:
            value = wish[name]
            if name in _SETTINGS:
                comfort[name] = _integer(name, value, 5000, 35000)
            elif name == "night":
                comfort[name] = _night(value)
            elif name == "holiday":
                steps.append((_holiday, _checked_holiday(value, now)))
            elif name == "feel":
                steps.append((_feel, _integer(name, value, -3, 3)))
            elif name == "learned":
                _edit(band, value, False)
                steps.append((_edit, value))
            else:
                raise ValueError("%s is not a wish that is known" % name)
        _check(comfort)
        if comfort != band.comfort:
            _settle(band, comfort)
        for step, value in steps:
            if step is _feel:
                _feel(band, value, now)
            else:
                step(band, value)
        lived.attend(band)
        box.outlook.anew = True  # plan again
    finally:
        forget("osb_box.comfort.habits", "osb_box.comfort.lived")


def _integer(name, value, low, high):
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("%s: must be an integer" % name)
    if not low <= value <= high:
        raise ValueError("%s: %d is outside %d..%d" % (name, value, low, high))
    return value


def _night(value):
    good = isinstance(value, list) and len(value) == 2
    for text in value if good else ():
        hour, _, minute = text.partition(":") if isinstance(text, str) else ("", "", "")
        good = good and hour.isdigit() and len(text) == 5 and minute.isdigit() and int(hour) < 24 and int(minute) < 60
    if not good:
        raise ValueError("night: must be two local times HH:MM, from and to")
    return value


def _check(comfort):
    if not comfort["min_mc"] < comfort["max_mc"]:
        raise ValueError("min_mc: must be below max_mc")
    if not comfort["min_mc"] <= comfort["setpoint_mc"] <= comfort["max_mc"]:
        raise ValueError("setpoint_mc: must lie within min_mc..max_mc")
    if comfort["night_min_mc"] > comfort["min_mc"]:
        raise ValueError("night_min_mc: must not be above min_mc")


def _settle(band, comfort):
    """Live by other numbers; habits stay at the temperatures they were learned at."""
    changed = comfort["setpoint_mc"] - band.comfort["setpoint_mc"]
    band.use(comfort)
    band.kept["comfort"] = {name: comfort[name] for name in _SETTINGS + ("night",)}
    habits.shift(band, changed)


def _checked_holiday(value, now):
    if value is None:
        return None
    if not isinstance(value, dict) or sorted(value) != ["mc", "until"]:
        raise ValueError("holiday: must be null, or an object with until and mc")
    until = _integer("holiday.until", value["until"], now + 1, now + _YEAR_S)
    return until, _integer("holiday.mc", value["mc"], _HOLIDAY_LEAST_MC, 25000)


def _holiday(band, value):
    band.holiday = value


def _feel(band, vote, now):
    """A vote on the scale of ISO 7730 (ASHRAE's): -3 cold, 0 right, 3 hot."""
    from osb_box.comfort.band import day_minute

    votes, _, last_t = band.kept.get("feel", (0, 0, 0))
    if now - last_t < _VOTE_S:
        votes -= 1
    else:
        k = lived.half_hour(band, now, day_minute(now, band.zone))
        if vote:
            wish_mk = band.target(now) - band.comfort["setpoint_mc"] - vote * _VOTE_MK
            habits.see(band, k, wish_mk)
            habits.see(band, k // 48 * 48 + (k + 1) % 48, wish_mk)
        else:
            habits.agree(band, k)
        last_t = now
    band.kept["feel"] = votes + 1, vote, last_t


def _edit(band, value, act=True):
    """{"id", "on"} or {"id", "forget": true}; with `act` False it is only looked whether that can be meant."""
    if not isinstance(value, dict) or sorted(value) not in (["id", "on"], ["forget", "id"]):
        raise ValueError("learned: must be an object with id, and on or forget")
    on, gone = value.get("on"), value.get("forget", False)
    if ("on" in value and not isinstance(on, bool)) or ("forget" in value and gone is not True):
        raise ValueError("learned: on must be true or false, forget must be true")
    habits.edit(band, value["id"], on, gone, act)
