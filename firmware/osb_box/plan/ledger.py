"""Energy of each device in the present slot [W*s]: from power readings, or from the command where a meter is silent."""

from osb_wire import SLOT_S


class Ledger:
    def __init__(self, roles):
        self.energy = {role: 0 for role in roles}
        self._silent_s = {role: 0 for role in roles}
        self.since = 0  # from when the account of this slot runs

    def open(self, t):
        """A new slot, or a new beginning after a gap."""
        self.since = t
        for role in self.energy:
            self.energy[role] = self._silent_s[role] = 0

    def add(self, role, seconds, w, measured):
        self.energy[role] += w * seconds
        if not measured:
            self._silent_s[role] += seconds

    def mean(self, role, end):
        """Measured mean [W] of the slot that ends at `end`; None unless nearly all of it was measured."""
        span = end - self.since
        if span * 10 < SLOT_S * 9 or self._silent_s[role] * 10 > span:
            return None
        return self.energy[role] // span
