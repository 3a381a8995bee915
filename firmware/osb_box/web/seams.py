"""What modules of their own tell and take: comfort, what comes, events, setting up. For one request."""

from osb_box import hal, rested
from osb_box.web.api import Refused, parsed

_COMFORT = ("comfort.lived", "comfort.habits")  # each after what it imports
_EVENTS = ("plan.contract", "plan.events")


async def comfort(request, box, now):
    """GET and POST /api/comfort."""
    posted = request.method == "POST"
    names = _COMFORT + ("comfort.wish" if posted else "comfort.say",)
    say = await _module(request, "comfort profile", names)
    if posted:
        return _wished(request, box, now, say.comfort_wish)
    return await _as_pieces(request, await rested(say.comfort_state(box.cycle.controller, now)))


async def ahead(request, box, now):
    """GET /api/ahead; null while there is no plan."""
    say = await _module(request, "plan of its own", ("ahead.say",))
    return await _as_pieces(request, await rested(say.ahead_state(box.cycle.controller, now)))


async def events(request, box, now):
    """GET and POST /api/events."""
    say = await _module(request, "list of events", _EVENTS)
    if request.method == "POST":
        return _wished(request, box, now, say.events_wish)
    return await _as_pieces(request, say.events_state(box.cycle.controller, now))


async def setup(request, box, now):
    """GET and POST /api/setup; GET /api/setup?scan only how the search goes."""
    posted = request.method == "POST"
    say = await _module(request, "way to be set up from here", ("setup.wish" if posted else "setup.say",))
    await rested(hal.ready())
    if posted:
        return say.setup_wish(box.cycle, parsed(request), now)
    if request.query == "scan":
        return await _as_pieces(request, say.scan_state(box.cycle))
    return await _as_pieces(request, await rested(say.setup_state(box.cycle, now)))


def _wished(request, box, now, wish):
    wish(box.cycle.controller, parsed(request), now)
    box.cycle.kick(keep=True)
    return {"ok": True}


async def _as_pieces(request, value):
    pieces = await request.load("osb_box.pieces")
    return "application/json", pieces.Text(pieces.of(value)), "", 200


async def _module(request, what, names):
    try:
        return await request.load(*["osb_box." + name for name in names])
    except ImportError:
        raise Refused(404, "This box has no %s: its board is too small for it." % what) from None
