"""What the household is told of its comfort. Needed at a question only; `box` is the Controller."""

from osb_box import forget, loaded
from osb_box.comfort import habits

_SETTINGS = ("setpoint_mc", "min_mc", "max_mc", "night_min_mc")
_MET, _SPEED_M_S = 1.2, 0.1  # sitting, in still air (ISO 7730)
_WINTER_CLO, _SUMMER_CLO, _SUMMER_FROM_MC = 1.0, 0.5, 15000


def comfort_state(box, now):
    """The dict for GET /api/comfort; a generator that rests at each `yield` comes to it."""
    band, room = box.band, box.model.room
    try:
        comfort, kept = band.comfort, band.kept
        running_mc = kept["outdoor"][0] if "outdoor" in kept else None
        out = {name: comfort[name] for name in _SETTINGS}
        out["night"] = comfort["night"]
        out["learned"] = habits.rules(band)
        out["holiday"] = {"until": band.holiday[0], "mc": band.holiday[1]} if band.holiday else None
        out["feel"] = {"votes": kept["feel"][0], "last": kept["feel"][1]} if "feel" in kept else None
        out["running_mean_mc"] = running_mc
        yield from loaded("osb_box.comfort.", "en16798")
        out["adaptive"] = _adaptive(running_mc, comfort.get("category") or 2)
        yield from loaded("osb_box.comfort.", "iso7730")
        out["pmv_pm"], out["ppd_pm"] = _predicted(box.points, now, running_mc)
        yield from loaded("osb_box.comfort.", "identify")
        out["model"] = _model(room)
        out["occupied"] = None if band.moved is None else not band.away
        yield from loaded("osb_box.comfort.", "hygiene")
        out["hygiene"] = _hygiene(box)
        return out
    finally:
        names = ("habits", "lived", "en16798", "iso7730", "identify", "hygiene")
        forget(*["osb_box.comfort." + name for name in names])


def _adaptive(running_mc, category):
    from osb_box.comfort import en16798

    edges = en16798.band(running_mc, category)
    return {"min_mc": edges[0], "max_mc": edges[1], "category": category} if edges else None


def _predicted(points, now, running_mc):
    """(mean vote [1/1000], dissatisfied [per mille]) of people in this room; (None, None) where it is not known."""
    mc = points.value("room.temp", now) if points else None
    if mc is None:
        return None, None
    from osb_box.comfort import iso7730

    humidity = points.value("room.humidity", now)
    warm = running_mc is not None and running_mc >= _SUMMER_FROM_MC
    clo = _SUMMER_CLO if warm else _WINTER_CLO
    room_c = mc / 1000
    vote = iso7730.pmv(room_c, room_c, _SPEED_M_S, 0.5 if humidity is None else humidity / 1000, _MET, clo)
    return round(vote * 1000), round(iso7730.ppd(vote) * 10)


def _model(room):
    if room is None or room.memory is None:
        return None
    from osb_box.comfort import identify

    error_mk = identify.error_mk(room.memory)
    return error_mk and {"loss_w_k": room.loss, "capacity_wh_k": room.capacity, "error_mk": error_mk}


def _hygiene(box):
    """When the water was last heated through, and by when it will be again; None where the box does not do it."""
    from osb_box.comfort import hygiene

    tank = box.home.get("tank")
    every_s = hygiene.days(tank) * 86400 if tank else 0
    if not every_s or "water" not in box.band.kept:
        return None
    done = box.band.kept["water"][0]
    return {"done": done, "due": done + every_s, "now": box.accounts["tank"].hygiene}
