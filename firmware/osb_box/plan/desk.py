"""The plans on the desk: the hub's in force, its next one, what must be told of them; beneath them the box's own.

A plan is the wire's message, taken in by reception.py: "powers" is {role: W or an array of W by slot} of the parts
that are followed, "end" and "expires" say until when; within its "closed" spans (start, end) it is not followed. The
box's own is made by ahead/make.py.
"""

from micropython import const

from osb_wire import SLOT_S

_NOTICES = const(8)  # nobody takes them while the hub is away


class Desk:
    plan = next = own = None

    def __init__(self):
        self._left = []  # parts of the plan in force whose leaving has been told
        self.notices = []  # (t, plan id, roles still followed, role, words)

    def turn(self, now):
        """The next plan's time has come, or this one's has passed."""
        if self.next and now >= self.next["start"]:
            self.enforce(self.next)
        if self.plan and now >= self.plan["expires"]:
            self.plan = None
        if self.own and now >= self.own["expires"]:
            self.own = None

    def enforce(self, plan):
        self.plan, self.next = plan, None
        self._left.clear()

    def asked(self, role, t):
        """Mean W that the hub's plan in force, or else the box's own, asks of `role` in the slot of `t`, or None."""
        power = of(self.plan, role, t)
        return of(self.own, role, t) if power is None else power

    def by_hub(self, role, t):
        """Does the hub's plan ask something of `role` in the slot of `t`?"""
        return of(self.plan, role, t) is not None

    def depart(self, role, now, words):
        """The part for `role` is not followed at present; said once a plan."""
        if role not in self._left and self.by_hub(role, now):
            self._left.append(role)
            self.tell(self.plan, role, now, words)

    def tell(self, plan, role, now, words):
        still = [r for r in sorted(plan["powers"]) if r != role and r not in self._left]
        self.notices = self.notices[-_NOTICES + 1 :]
        self.notices.append((now, plan["id"], still, role, words))


def of(plan, role, t):
    """Mean W that a plan asks of `role` in the slot of `t`, or None."""
    if plan is None or not plan["start"] <= t < plan["end"]:
        return None
    for start, end in plan.get("closed", ()):
        if start <= t < end:
            return None
    power = plan["powers"].get(role)
    return power if power is None or isinstance(power, int) else power[(t - plan["start"]) // SLOT_S]
