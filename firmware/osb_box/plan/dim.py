"""The grid operator's limit on what heat pump, tank, car and battery charging draw together: which one is in force.

The states are those of the EEBUS use case "limitation of power consumption" 1.0, numbers in brackets are its rules:

    init ──limit heard──► limited ◄──► unlimited    lost: two heartbeats were missed, 120 s [911, 912]
      │                      └────┬────────┘        fail-safe holds fail_safe_s, 2 h or more [022]
      │ 120 s [906]          signal lost            any limit heard leads back [916, 918 to 920]
      ▼                           ▼
    autonomous ◄──time over── fail_safe             docs/grid.md has the reasons

Between two steps only a list of it stays in memory, and in no home without such a limit; within.py enforces it. Clock
and contact are passed in.
"""

from micropython import const

_FAIL_SAFE_W = const(4200)  # BK6-22-300, annex 1, 4.5.1: what one device may always draw
_FAIL_SAFE_S = const(7200)  # LPC-022
_HEARTBEAT_S = const(60)
_KEPT = ("id", "t", "power_w", "until", "heartbeat_s", "fail_safe_w", "fail_safe_s", "state", "since", "reason")
_NAMES = _KEPT + ("contact_until", "heard", "news", "lead", "loose")
_STATE = const(7)


class Dim:
    """`since`: when the state was entered; `heard`: when the hub spoke last; both Unix s."""

    id = power_w = until = heartbeat_s = reason = None
    fail_safe_w = _FAIL_SAFE_W
    fail_safe_s = _FAIL_SAFE_S
    state = "autonomous"
    t = since = heard = 0
    news = False  # something that the hub should know, and flash should keep
    contact_until = 0  # the local contact asks for a limit
    loose = False  # the heat pump may run although it was told to be off
    lead = "autonomous"  # where init leads to when nobody speaks

    def __init__(self, settings=None):
        """`settings`: home.limit of the configuration, of a home that is under a grid operator's control."""
        if settings:
            self.fail_safe_w = settings["fail_safe_w"] or _FAIL_SAFE_W
            self.fail_safe_s = settings["fail_safe_s"] or _FAIL_SAFE_S
            self.heartbeat_s = _HEARTBEAT_S
            self.state = "init"
            self.heard = None

    def kept(self):
        """What must outlive a restart, JSON-able."""
        kept = [getattr(self, name) for name in _KEPT] + [self.contact_until]
        if self.state == "init":
            kept[_STATE] = "unlimited" if self.lead == "autonomous" else "limited"
        return kept

    def restore(self, kept):
        """Take up what was kept. A limit outlives the restart; the fail-safe's time goes on."""
        for name, value in zip(_KEPT, kept):
            setattr(self, name, value)
        self.contact_until = kept[len(_KEPT)]
        if self.state in ("limited", "unlimited"):
            # the use case leads from init to autonomous; from a limit that would be a way out of it
            self.lead = "autonomous" if self.state == "unlimited" else "fail_safe"
            self.state = "init"
            self.heard = None  # counted from the first look at the clock

    def take(self, message, now):
        """Wire message "limit", new or a heartbeat."""
        if message["t"] < self.t:
            return  # overtaken
        if message["fail_safe_w"] is None:
            message["fail_safe_w"] = self.fail_safe_w
        if message["fail_safe_s"] is None:
            message["fail_safe_s"] = self.fail_safe_s
        before = self.state, self.id
        for name in ("id", "t", "power_w", "until", "heartbeat_s", "fail_safe_w", "fail_safe_s", "reason"):
            if name not in ("t", "id") and getattr(self, name) != message[name]:
                self.news = True
            setattr(self, name, message[name])
        self.heard = now
        if self.heartbeat_s is None:
            self.power_w = self.until = None
            self._go("autonomous", now)
        else:
            self._go("unlimited" if self.power_w is None else "limited", now)
            self._lapse(now)
        self.news = self.news or before != (self.state, self.id)

    def turn(self, now, contact):
        """Time has passed; `contact` is 1, 0, or None while it is not known."""
        if self.heard is None or now < self.heard:
            self.heard = now
        if self.state in ("limited", "unlimited", "init") and now - self.heard > 2 * self.heartbeat_s:
            self._go(self.lead if self.state == "init" else "fail_safe", now)
        self._lapse(now)
        self.since = min(self.since, now)
        if self.state == "fail_safe" and now - self.since >= self.fail_safe_s:
            self._go("autonomous", now)
        held = self.contact_until > 0
        if contact:
            self.contact_until = now + self.fail_safe_s
        elif contact == 0 or now >= self.contact_until:
            self.contact_until = 0
        if held != (self.contact_until > 0):
            self.news = True

    def _lapse(self, now):
        if self.state == "limited" and self.until is not None and now >= self.until:
            self.power_w = self.until = None
            self._go("unlimited", now)

    def _go(self, state, now):
        if state != self.state:
            self.state = state
            self.since = now
            self.news = True

    def allowed(self, now):
        """(W or None, word of household.py): the limit in force."""
        w, word = None, None
        if self.state == "limited":
            w, word = self.power_w, "dim"
        elif self.state in ("fail_safe", "init"):
            w, word = self.fail_safe_w, self.state
            if self.state == "init" and self.power_w is not None and not (self.until and now >= self.until):
                w = min(w, self.power_w)  # it held when the box stopped
        if self.contact_until and (w is None or self.fail_safe_w < w):
            w, word = self.fail_safe_w, "contact"
        return w, word

    def ends(self, now):
        """Until when the limit in force holds by itself, or None."""
        if self.state == "fail_safe":
            return self.since + self.fail_safe_s
        return self.until if self.state == "limited" else None

    def reply(self, now):
        """Wire message "limit_reply"."""
        from osb_box.plan.reasons import why

        w, word = self.allowed(now)
        reason = self.reason if word == "dim" else why(word)[1] if word else "no limit is in force"
        if self.loose:
            reason = why("loose")[1]
        state = "limited" if word == "contact" else self.state
        return {"t": now, "id": self.id, "state": state, "power_w": w, "until": self.ends(now), "reason": reason}


def of(box):
    """The limit that this home knows, from the list `box.dim`; a new one in a home that knew none."""
    dim = Dim(box.home.get("limit"))
    if box.dim:
        for name, value in zip(_NAMES, box.dim):
            setattr(dim, name, value)
    return dim


def stow(box, dim):
    """Put it back."""
    box.dim = [getattr(dim, name) for name in _NAMES]


def take(box, message, now):
    """Wire message "limit"."""
    dim = of(box)
    dim.take(message, now)
    stow(box, dim)
