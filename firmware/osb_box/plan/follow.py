"""Following a plan: choose the power of the next minute so that the slot's mean becomes what the plan says.

An account per actuator compares what the plan asked with what was used, in W*s. A battery is set to what is missing,
spread over the rest of the slot. A charger, a compressor or a relay knows nothing between 0 and its least power: it
runs until the slot has its energy, then rests, and keeps each state for a decent time. What is then over or missing
goes to the next slot.
"""

from osb_wire import SLOT_S


class Track:
    def __init__(self, low_w, high_w, hold_on_s, hold_off_s):
        """Off or low_w..high_w, each state held for so many seconds."""
        self.low = low_w
        self.high = high_w
        self._hold_on = hold_on_s
        self._hold_off = hold_off_s
        self.leave()

    def leave(self):
        """The plan is not followed any more: old debts are forgotten."""
        self._since = None
        self._base = self._carry = self._asked = 0

    def join(self, now, energy):
        """Follow from `now`; `energy` is what the slot's account already holds."""
        if self._since is None:
            self._since = now
            self._base = energy

    def close(self, end, energy):
        """The slot ended with `energy` on its account: carry on what is owed, but no more than one shortest run."""
        if self._since is None:
            return
        most = self.low * self._hold_on
        self._carry = max(-most, min(most, self._owed(end, energy))) if self._asked else 0
        self._since = end
        self._base = 0

    def _owed(self, end, energy):
        return self._asked * (end - self._since) + self._carry - (energy - self._base)

    def steady(self, asked, now, energy, step_s):
        """Power for a device that can take any value; `step_s` is the time until the next decision."""
        self._asked = asked
        left = SLOT_S - now % SLOT_S
        return max(self.low, min(self.high, self._owed(now + left, energy) // max(step_s, left)))

    def pulsed(self, asked, ahead, now, energy, switch, step_s):
        """Power for a device that knows 0 or low..high.

        `ahead` is what the plan asks of the next slot, `switch` the device's present state, `step_s` the time until
        the next decision.
        """
        self._asked = asked
        left = SLOT_S - now % SLOT_S
        owed = self._owed(now + left, energy)
        held = now - switch.since
        if switch.on:
            stay = asked > 0 and owed * 2 > self.low * step_s
            if not stay and (held >= self._hold_on or asked <= 0):
                return 0
        elif (
            asked <= 0
            or held < self._hold_off
            or owed < self.low * min(self._hold_on, SLOT_S)
            or (left < self._hold_on and ahead <= 0)
        ):
            return 0
        return max(self.low, min(self.high, owed // max(step_s, left)))
