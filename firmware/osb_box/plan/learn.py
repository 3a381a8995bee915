"""A slot has ended: correct what the box knows of its home, and keep it. Imported when needed only.

Each module that it needs is loaded between two rests, as that takes as long as what is done with it.
"""

from micropython import const

from osb_box import forget, loaded
from osb_box.comfort.band import day_minute
from osb_wire import SLOT_S

_SLOTS = const(24)  # over which a wrong model is corrected: slow against one slot's noise, fast against a season
_FELT_SLOTS = const(8)


def learn(box, slot, points):
    """Generator, a rest at each `yield`: learns from a slot as Controller keeps it."""
    end, mean, free = slot[0], slot[1], slot[4]
    forecast = yield from loaded("osb_box.plan.", "forecast")
    home, model = box.home, box.model
    minute = day_minute(end - SLOT_S, box.zone)
    base = mean["grid"]
    for role in box.roles:
        base = None if base is None or mean[role] is None else base - mean[role]
    wrong = {"load": None if base is None else base - model.load_w[minute // 15]}
    if base is not None:
        q = minute // 15
        model.load_w[q] += (max(0, min(30000, base)) - model.load_w[q]) // 4
    if free and mean["pv"] is not None:
        ghi = forecast.radiation(model, end - SLOT_S)
        # a low winter sun makes an inclined roof yield several times the horizontal radiation
        if ghi is not None and ghi >= 50:
            first = forecast.usual_sun(home["pv"]["peak_w"])
            sun = model.sun + (-mean["pv"] * 1000 // ghi - model.sun) // 8
            model.sun = max(first // 4, min(first * 3, sun))
    if model.tank:
        day = home["tank"]["daily_use_wh"]
        temp, w = points.value("tank.temp", end), mean["tank"]
        drawn_w = forecast.draw_w(day, minute)
        wrong["water"] = learn_heat(model.tank, temp, forecast.TANK_ROOM_MC, -drawn_w, w, day // 24)
    if model.room:
        outdoor, w = model.outdoor(end, points), mean["heat_pump"]
        heat_w = None if w is None else w * model.cop_pm(outdoor) // 1000
        sun = forecast.radiation(model, end - SLOT_S)
        forecast = None
        yield
        wrong["room"] = yield from _learn_room(box, end, points, outdoor, heat_w, sun)
    yield
    yield from _lived(box, end, minute, points)
    yield
    yield from _reckoned(box, slot, minute, wrong, points)


def _reckoned(box, slot, minute, wrong, points):
    """How good forecasts were, and the highest quarter-hour of the month."""
    try:
        accuracy = yield from loaded("osb_box.ahead.", "accuracy")
        accuracy.ended(box, slot, minute, wrong)
        grid_w, told_w = slot[1]["grid"], points.value("grid.peak", slot[0])
        if grid_w is not None or told_w is not None:
            tariff = yield from loaded("osb_box.ahead.", "tariff")
            tariff.metered(box, slot[0], grid_w, told_w)
    finally:
        forget("osb_box.ahead.accuracy", "osb_box.ahead.tariff")


def _lived(box, end, minute, points):
    """What the slot tells of the people."""
    try:
        slot = yield from loaded("osb_box.comfort.", "lived", "slot")
        yield from slot.close(box, end - SLOT_S, minute, points)
    finally:
        names = ("slot", "lived", "habits", "hygiene", "en16798")
        forget(*["osb_box.comfort." + name for name in names])


def _learn_room(box, end, points, outdoor_mc, heat_w, sun):
    """Returns how wrong [Wh] the prediction of the slot was, or None."""
    room, building, room_mc = box.model.room, box.home["building"], points.value("room.temp", end)
    gain_w = building["gain_w"]
    try:
        identify = yield from loaded("osb_box.comfort.", "identify")
        midnight = day_minute(end, box.zone) < 15
        known = box.model.temp is not None or points.value("outdoor.temp", end) is not None
        identify.follow(room, building, room_mc, outdoor_mc, heat_w if known else None, gain_w, sun, midnight)
    finally:
        forget("osb_box.comfort.identify")
    slow_mc = None if room_mc is None else room_mc - room.ahead_mk
    gain_w += room.sun_w * (sun or 0) // 1000
    return learn_heat(room, slow_mc, outdoor_mc, gain_w, heat_w, building["loss_w_k"] * 10)


def learn_heat(store, after_mc, ambient_mc, gain_w, heat_w, most_w):
    """Move the correction, at most `most_w`, towards what would have predicted `after_mc`; how many Wh it was off."""
    before_mc = store.begun_mc
    store.begun_mc = after_mc
    if before_mc is None or after_mc is None or heat_w is None:
        store.felt_mc = after_mc
        return None
    # air is some tenths of a kelvin warmer while the heating runs, which says little of floors and walls
    felt_mc = store.predict(before_mc if store.felt_mc is None else store.felt_mc, ambient_mc, gain_w, heat_w)
    store.felt_mc = felt_mc + (after_mc - felt_mc) // _FELT_SLOTS
    wrong_mk = after_mc - store.predict(before_mc, ambient_mc, gain_w, heat_w)
    wrong_wh = wrong_mk * store.capacity // 1000
    store.bias_w = max(-most_w, min(most_w, store.bias_w + wrong_wh * 3600 // SLOT_S // _SLOTS))
    return wrong_wh
