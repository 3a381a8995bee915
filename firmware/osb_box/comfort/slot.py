"""A slot has ended: what comfort learns from it beyond the building. Needed once a slot."""

from micropython import const

from osb_box.comfort import lived
from osb_box.comfort.band import day_minute

_ALONE_S = const(10800)  # by day nobody has moved for so long: nobody is at home
_KNOWN_SLOTS = const(48)  # of a day whose mean outdoor temperature counts


def close(box, start, minute, points):
    """The slot that began at `start` [Unix s], `minute` of the local day, is over. Generator: rests at each `yield`."""
    band, end = box.band, start + 900
    if band.holiday and end >= band.holiday[0]:
        band.holiday = None
    _see_outdoors(band, minute, points.value("outdoor.temp", end))
    yield
    if minute % 30 == 15:
        if band.learned or band.override_mc is not None:
            from osb_box.comfort import habits

            habits.learn(band, start, minute, points.value("room.temp", end))
        _see_people(band, start, minute)
    _miss_people(band, end, points)
    lived.attend(band)
    if "tank" in box.home:
        yield
        from osb_box.comfort import hygiene

        hygiene.look(box, end, points)


def _see_outdoors(band, minute, mc):
    """The running mean of EN 16798-1 moves once a day."""
    running_mc, total, count = band.kept.get("outdoor", (None, 0, 0))
    if mc is not None:
        total, count = total + mc, count + 1
    if minute >= 1425:
        if count >= _KNOWN_SLOTS:
            from osb_box.comfort import en16798

            running_mc = en16798.running_mean(running_mc, total // count)
            warm_in_summer(band, running_mc)
        total = count = 0
    band.kept["outdoor"] = running_mc, total, count


def warm_in_summer(band, running_mc):
    """From here on most people find a room too warm that nobody cools."""
    from osb_box.comfort import en16798

    edges = en16798.band(running_mc, band.comfort.get("category") or 2)
    band.summer_mc = edges[1] if edges else 0


def _see_people(band, start, minute):
    """How usual it is that somebody is at home in this half hour; at first it is taken for granted."""
    if band.moved is None:
        return
    if band.usual is None:
        band.usual = bytearray(b"\xff" * 96)
    half_hour = lived.half_hour(band, start, minute)
    here = 255 if band.moved >= start - 900 else 0
    band.usual[half_hour] += (here - band.usual[half_hour]) // 8


def _miss_people(band, end, points):
    """Nobody has moved for hours of the day. Who sleeps does not move, and a dead sensor misses nobody."""
    if band.moved is None:
        return
    if points.value("room.motion", end) is None or band.overridden(end):
        band.away = False
        band.moved = None if points.last("room.motion")[1] < end - 86400 else max(band.moved, end - 900)
    minute = day_minute(end, band.zone)
    if band.moved is not None and not lived.in_night(band, minute):
        since_night_s = (minute - band.day) % 1440 * 60
        if end - band.moved >= _ALONE_S and since_night_s >= _ALONE_S:
            band.away = True
