"""The plans on the desk: the one in force, the next one, what was answered, and what must be told later."""

from micropython import const

from osb_box.plan.schedule import Schedule

_NOTICES = const(8)  # nobody takes them while the hub is away


class Desk:
    def __init__(self):
        self.plan = self._next = None
        self._left = set()  # parts of the plan in force whose leaving has been told
        self._notices = []

    def take(self, message, devices, now, overridden, car):
        """A plan has come (wire message); `devices` are the home's as in "hello". Returns the wire message "reply"."""
        plan = Schedule(message)
        newest = self._next or self.plan
        late = newest is not None and newest.id != plan.id and newest.t > plan.t
        accepted, refused = [], []
        for role in plan.roles():
            device = None
            for d in devices:
                if d["actuator"] == role:
                    device = d
            no = plan.refusal(role, device, now, overridden, car)
            if late:
                no = "expired", "plan %d is newer" % newest.id
            if no:
                plan.drop(role)
                refused.append({"actuator": role, "reason": no[0], "detail": no[1]})
            else:
                accepted.append(role)
        if not late and now < plan.expires:
            if now < plan.start and self.plan is not None and now < self.plan.expires:
                self._next = plan
            else:
                self._enforce(plan)
        return {"t": now, "plan": plan.id, "accepted": accepted, "refused": refused}

    def turn(self, now):
        """The next plan's time has come, or this one's has passed."""
        if self._next is not None and now >= self._next.start:
            self._enforce(self._next)
        if self.plan is not None and now >= self.plan.expires:
            self.plan = None

    def _enforce(self, plan):
        self.plan, self._next = plan, None
        self._left.clear()

    def asked(self, role, t):
        """Mean W the plan in force asks of `role` in the slot of `t`, or None."""
        return None if self.plan is None else self.plan.power(role, t)

    def refuse(self, role, now, reason, words):
        """The parts for `role` that had been accepted are given up for good."""
        for plan in (self.plan, self._next):
            if plan is not None and plan.drop(role):
                self._tell(plan, role, now, reason, words)

    def depart(self, role, now, reason, words):
        """The part for `role` is not followed at present; said once a plan."""
        if role not in self._left:
            self._left.add(role)
            self._tell(self.plan, role, now, reason, words)

    def _tell(self, plan, role, now, reason, words):
        accepted = [r for r in plan.roles() if r != role and r not in self._left]
        refused = [{"actuator": role, "reason": reason, "detail": words}]
        del self._notices[: -_NOTICES + 1]
        self._notices.append({"t": now, "plan": plan.id, "accepted": accepted, "refused": refused})

    def take_notices(self):
        notices, self._notices = self._notices, []
        return notices
