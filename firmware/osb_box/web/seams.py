"""What modules of their own tell and take: comfort, what comes, events, setting up. For one request."""

from osb_box import hal, rested
from osb_box.web.api import Refused, parsed

_COMFORT = ("comfort.lived", "comfort.habits", "comfort.say")  # each after what it imports
_EVENTS = ("plan.contract", "plan.events")


async def comfort(request, box, now):
    """GET and POST /api/comfort."""
    say = await _module(request, "comfort profile", _COMFORT)
    return await _told(request, box, now, say.comfort_state, say.comfort_wish)


async def ahead(request, box, now):
    """GET /api/ahead; null while there is no plan."""
    say = await _module(request, "plan of its own", ("ahead.say",))
    return await _as_pieces(request, await rested(say.ahead_state(box.cycle.controller, now)))


async def events(request, box, now):
    """GET and POST /api/events."""
    say = await _module(request, "list of events", _EVENTS)
    return await _told(request, box, now, say.events_state, say.events_wish)


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


async def _told(request, box, now, state, wish):
    if request.method == "POST":
        wish(box.cycle.controller, parsed(request), now)
        box.cycle.kick(keep=True)
        return {"ok": True}
    told = state(box.cycle.controller, now)
    return await _as_pieces(request, await rested(told) if hasattr(told, "send") else told)


async def _as_pieces(request, value):
    pieces = await request.load("osb_box.web.pieces")
    return "application/json", pieces.Text(pieces.of(value)), "", 200


async def _module(request, what, names):
    try:
        return await request.load(*["osb_box." + name for name in names])
    except ImportError:
        raise Refused(404, "This box has no %s: its board is too small for it." % what) from None
