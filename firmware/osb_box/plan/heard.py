"""What the hub has said, acted on. Imported when needed only, and so is what it needs, with a rest after each."""

from osb_box import forget, loaded

_NEEDED = {  # the last one takes the message
    "event": ("plan.contract", "plan.events"),
    "limit": ("plan.dim",),
    "plan": ("plan.actuators", "plan.forecast", "plan.reception"),
    "prices": ("ahead.tariff",),
    "terms": ("plan.contract", "plan.terms"),
    "weather": ("plan.forecast",),
}


def act(box, kind, message, now, points):
    """Generator, a rest at each `yield`: `box` is the Controller; comes to the wire message "reply" to a plan."""
    names = _NEEDED[kind]
    try:
        module = yield from loaded("osb_box.", *names)
        if kind == "plan":
            box.see_car(now, points)
            return (yield from module.accepting(box, message, now, points))
        if kind == "weather":
            module.take(box.model, message)
            box.outlook.anew = True
        elif kind == "prices":
            module.take(box.outlook, message)
        else:
            module.take(box, message, now)
        return None
    finally:
        module = None
        forget(*["osb_box." + name for name in names])
