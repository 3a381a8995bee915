"""Why a device does what it does: words of the control, the reason of a refusal on the wire, and a sentence.

Imported when needed only. One text takes a third of the memory that a table of as many strings does.
"""

_TEXT = """
no plan|unknown|no plan from the hub
override|override|the household has set its own temperature
too cold|comfort|the room is too cold
too warm|comfort|the room is too warm
frost|comfort|the room is close to frost
room|fault|the room temperature is not known
water|fault|the water temperature is not known: it is heated for three hours at night
water cold|comfort|the water is too cold
hygiene|comfort|the water is heated through against legionella
tank frost|comfort|the water could freeze
water hot|comfort|the water is hot enough
no car|limit|no car is connected
ev fault|limit|the charger reports a fault
ev full|limit|the car takes nothing
pressing|comfort|the car must charge now to be ready
soc|fault|its charge is not known
full|limit|it is full
reserve|limit|it is down to its reserve
grid|fault|the grid meter is silent
fuse|limit|the fuse leaves no more
balance|limit|the phases may not lie further apart
export|limit|no more may be fed into the grid
dim|limit|the grid operator allows no more for now
contact|limit|the grid operator's contact asks for less
fail_safe|limit|the grid operator's signal is lost: no more than is safe
init|limit|the box has just started and waits for the grid operator's signal
loose|limit|the heat pump cannot be kept off and may run
not today|override|the household wants nothing of it today
terms|terms|it is more than the household has signed
rests|limit|it has only just stopped
started|limit|it has only just started
peak|limit|the month's peak would rise
"""


def why(words):
    """(reason on the wire, sentence); KeyError where the control has no such words."""
    at = _TEXT.find("\n%s|" % words)
    if at < 0:
        raise KeyError(words)
    reason, sentence = _TEXT[at + len(words) + 2 : _TEXT.find("\n", at + 1)].split("|")
    return reason, sentence


def replies(desk):
    """("reply", wire message) of each notice of the desk; they go. Words may be reason and sentence themselves."""
    out = []
    for t, plan, accepted, role, words in desk.notices:
        reason, sentence = why(words) if isinstance(words, str) else words
        refused = [{"actuator": role, "reason": reason, "detail": sentence}]
        out.append(("reply", {"t": t, "plan": plan, "accepted": accepted, "refused": refused}))
    desk.notices = []
    return out
