"""What modules of their own tell and take: comfort, what comes, events, setting up. For one request."""

from osb_box.web.api import Refused, parsed
from osb_box.web.pieces import Text, of


def comfort(request, box, now):
    """GET and POST /api/comfort."""
    say = _module("osb_box.comfort.say", "comfort profile")
    return _told(request, box, now, say.comfort_state, say.comfort_wish)


def ahead(request, box, now):
    """GET /api/ahead; null while there is no plan."""
    return _as_pieces(_module("osb_box.ahead.say", "plan of its own").ahead_state(box.cycle.controller, now))


def events(request, box, now):
    """GET and POST /api/events."""
    say = _module("osb_box.plan.events", "list of events")
    return _told(request, box, now, say.events_state, say.events_wish)


def setup(request, box, now):
    """GET and POST /api/setup; GET /api/setup?scan only how the search goes."""
    if request.method == "POST":
        wish = _module("osb_box.setup.wish", "way to be set up from here")
        return wish.setup_wish(box.cycle, parsed(request), now)
    say = _module("osb_box.setup.say", "way to be set up from here")
    return _as_pieces(say.scan_state(box.cycle) if request.query == "scan" else say.setup_state(box.cycle, now))


def _told(request, box, now, state, wish):
    if request.method == "POST":
        wish(box.cycle.controller, parsed(request), now)
        box.cycle.kick(keep=True)
        return {"ok": True}
    return _as_pieces(state(box.cycle.controller, now))


def _as_pieces(value):
    return "application/json", Text(of(value)), "", 200


def _module(name, what):
    try:
        return __import__(name, None, None, ("say",))
    except ImportError:
        raise Refused(404, "This box has no %s: its board is too small for it." % what) from None
