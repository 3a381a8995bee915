"""What a box has learned of its home, as it is kept on flash. Needed once a slot."""

from osb_box import forget, loaded

_CAR = ("here", "start_wh", "wh", "by", "asked_km", "full", "past", "usual_wh", "told_wh")


def pieces(box):
    """Generator, a rest at each `yield`; comes to what must outlive a restart, JSON-able."""
    yield
    model = box.model
    try:
        memory = yield from loaded("osb_box.comfort.", "memory")
        comfort = memory.snapshot(box)
    finally:
        memory = None
        forget("osb_box.comfort.memory")
    yield
    return {
        "model": {
            "load_w": list(model.load_w),
            "sun": model.sun,
            "room_w": model.room and model.room.bias_w,
            "tank_w": model.tank and model.tank.bias_w,
        },
        "car": [getattr(box.ev, name) for name in _CAR] if box.ev else None,
        "override": [box.band.override_mc, box.band.override_until, box.band.override_since],
        "outlook": [box.outlook.month, box.outlook.peak_w, list(box.outlook.errors), list(box.outlook.seen)],
        "comfort": comfort,
    }
