"""The tank is heated through every few days, so that legionella do not settle. Needed once a slot.

DVGW W 551 wants 60 degrees at the outlet of small systems to be reachable and advises against standing below 50; at 60
degrees nine of ten legionella die in two minutes (WHO, Legionella and the prevention of legionellosis, 2007). Here all
the tank is at 60 degrees or more for half an hour, once in `hygiene_days`. Sun to spare is taken from two days before
that is due, an hour of little load on the last day; after that nothing is waited for, and no plan puts it off.
"""

from micropython import const

_HOT_MC = const(60000)
_HELD_SLOTS = const(2)
_EARLY_S = const(172800)
_LAST_DAY_S = const(86400)
_LATEST_S = const(21600)  # heating 300 litres takes three hours
_USUAL_DAYS = const(7)
_FREEZING_MC = const(5000)
LEAST_MAX_MC = 61000  # a tank that may not become warmer cannot be held at 60 degrees


def days(tank):
    """Between two cycles; 0: the box does none."""
    asked = tank.get("hygiene_days")
    return (_USUAL_DAYS if tank["max_mc"] >= LEAST_MAX_MC else 0) if asked is None else asked


def look(box, end, points):
    """Begin and end cycles; `account.hygiene` says whether one runs, `account.coolest` is the slot's lowest mC."""
    tank, account, kept = box.home["tank"], box.accounts["tank"], box.band.kept
    account.frost = _freezes(end, points)
    coolest, account.coolest = account.coolest, None
    every_s = days(tank) * 86400
    if not every_s:
        account.hygiene = False
        return
    done, held = kept.get("water", (end, 0))
    held = held + 1 if coolest is not None and coolest >= _HOT_MC else 0
    if held >= _HELD_SLOTS:
        done, account.hygiene = end, False
    kept["water"] = done, held
    left_s = done + every_s - end
    if left_s <= _EARLY_S and points.value("tank.temp", end) is not None:
        account.hygiene = account.hygiene or left_s <= _LATEST_S or _suits(box, end, left_s)


def _suits(box, end, left_s):
    grid_w = box.accounts["grid"].w
    if grid_w is not None and grid_w * 2 < -box.home["tank"]["power_w"]:
        return True
    from osb_box.comfort.band import day_minute

    hour = day_minute(end, box.zone) // 60
    return left_s <= _LAST_DAY_S and (2 <= hour < 5 or 11 <= hour < 15)


def _freezes(now, points):
    """Whether water that stands in this home could freeze, as far as anybody knows."""
    room_mc, outdoor_mc = points.value("room.temp", now), points.value("outdoor.temp", now)
    if room_mc is None:
        return outdoor_mc is not None and outdoor_mc < 0
    return room_mc < _FREEZING_MC
