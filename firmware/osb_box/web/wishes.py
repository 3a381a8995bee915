"""What the household asks for: another temperature at once, and so many kilometres by then. For one request."""

from micropython import const

from osb_box.web.api import parsed, wish

_OVERRIDE = (("target_mc", ("int", 10000, 28000)), ("minutes", ("int", 0, 1440)))
_CAR = (("km", ("int", 0, 1000)), ("by", ("int", 1500000000, 4102444800)))
_CAR_AHEAD_S = const(7 * 86400)


def override(request, box, now):
    """POST /api/override {"target_mc", "minutes"}; 0 minutes end it."""
    wanted = wish(_OVERRIDE, request)
    controller = _controller(box, "heat_pump", "heating")
    controller.override(wanted["target_mc"], wanted["minutes"], now)
    box.cycle.kick(keep=True)
    return {"ok": True}


def car(request, box, now):
    """POST /api/car {"km", "by"}, or {"forget": true} of what the car usually takes."""
    gone = parsed(request) == {"forget": True}
    wanted = {"km": None, "by": None} if gone else wish(_CAR, request)
    controller = _controller(box, "ev", "car charger")
    if not gone and not now < wanted["by"] <= now + _CAR_AHEAD_S:
        raise ValueError("by: must be a time within the next 7 days, in Unix seconds")
    controller.car(wanted["km"], wanted["by"], now)
    box.cycle.kick(keep=True)
    return {"ok": True}


def _controller(box, role, what):
    controller = box.cycle.controller
    if role not in [actuator["actuator"] for actuator in controller.actuators()]:
        raise ValueError("This home has no %s that the box controls" % what)
    return controller
