"""One device's account: what it draws, whether it runs, and what the plan has asked of it and not had.

Following a plan is choosing the power of the next minute so that the slot's mean becomes what the plan says. A battery
is set to what is missing, spread over the rest of the slot. A charger, a compressor or a relay knows nothing between 0
and its least power: it runs until the slot has its energy, then rests, and keeps each state for a decent time. What is
then over or missing goes to the next slot of which the plan asks anything.

Where it need not run all of a slot, each box has its own place in the slot for that, and wanted at full power it may
start a little late: ten thousand tanks that go on together are a step no grid has planned for.
"""

from micropython import const

from osb_wire import SLOT_S

_SPREAD_S = const(120)  # within which boxes start that are wanted at full power; what they miss they are owed


class Account:
    """Powers in W, energies in W*s. The grid has one too, of energy only."""

    w = None  # as measured
    expected = 0  # W that the last command should draw
    command = None  # the last one
    mode = words = None  # "plan", "alone", "override" or "safety"; why
    verdict = 0  # of its temperature's guard
    heating = 0  # what the tank's own thermostat would do
    mean = None  # W of the slot before
    hold_mc = None  # a set-point at which a heat pump does not start now, and holds the room if nobody tells it more
    deaf = False  # a heat pump that takes no set-point
    frost = False  # in the heat pump's room, or around the tank
    hygiene = False  # the tank is heated through: comfort/hygiene.py
    coolest = None  # of the tank in this slot [mC]
    energy = 0  # of this slot
    silent_s = 0  # of this slot, without a measurement
    on = False
    since = 0  # when it went on or off
    _anew = False  # another plan has come within the slot

    def __init__(self, low, high, hold_on_s, hold_off_s):
        """Off or low..high, each state held for so many seconds."""
        self.low = low
        self.high = high
        self.hold_on_s = hold_on_s
        self.hold_off_s = hold_off_s
        self.leave()

    def power(self):
        """W as measured, or as the command should have it."""
        return self.expected if self.w is None else self.w

    def turn(self, on, now):
        """It is on or off now."""
        if on != self.on or now < self.since:  # the clock was set back
            self.on = on
            self.since = now

    def hold(self, room_mc, setpoint):
        """`hold_mc` for a room; whole degrees, and a new one seldom: registers wear out."""
        kept = self.hold_mc
        if kept is None or not room_mc - 1300 < kept <= room_mc:
            kept = self.hold_mc = room_mc // 1000 * 1000
        return min(kept, setpoint)

    def leave(self):
        """The plan is not followed any more: old debts are forgotten."""
        self._begun = None
        self._base = self._carry = self._asked = 0

    def renew(self):
        """Another plan holds from now on: what it asks of this slot it asks of the rest of it."""
        self._anew = True

    def close(self, end):
        """The slot ended: carry on what is owed, but no more than one shortest run."""
        if self._begun is not None:
            most = self.low * self.hold_on_s
            if self._asked:  # what it draws at rest is no debt
                self._carry = max(-most, min(most, self._owed(end)))
            self._begun = end
            self._base = 0
            self._anew = False
        self.energy = self.silent_s = 0

    def _owed(self, end):
        return self._asked * (end - self._begun) + self._carry - (self.energy - self._base)

    def _missing(self, asked, now):
        """W*s that the plan wants in the rest of the slot; followed from now on, if it was not."""
        if self._begun is None or self._anew:
            self._begun = now
            self._base = self.energy
            self._anew = False
        self._asked = asked
        return self._owed(now - now % SLOT_S + SLOT_S)

    def _spare(self, owed, asked):
        """Seconds of a slot for which it need not run."""
        return SLOT_S - max(self.hold_on_s, owed // max(self.low, asked))

    def steady(self, asked, now, step_s):
        """Power for a device that can take any value; `step_s` is the time until the next decision."""
        w = self._missing(asked, now) // max(step_s, SLOT_S - now % SLOT_S)
        return max(self.low, min(self.high, w))

    def pulsed(self, asked, ahead, now, step_s, phase):
        """Power for a device that knows 0 or low..high; `ahead` is what the plan asks of the next slot.

        `phase` 0..255: the box's own place in whatever time there is to spare.
        """
        owed = self._missing(asked, now)
        left = SLOT_S - now % SLOT_S
        held = now - self.since
        if self.on:
            stay = asked > 0 and owed * 2 > self.low * step_s
            if not stay and (held >= self.hold_on_s or asked <= 0):
                return 0
        elif (
            asked <= 0
            or held < self.hold_off_s
            or owed < self.low * min(self.hold_on_s, SLOT_S)
            or (left < self.hold_on_s and ahead <= 0)
            or now % SLOT_S + step_s <= phase * max(_SPREAD_S, self._spare(owed, asked)) >> 8
        ):
            return 0
        return max(self.low, min(self.high, owed // max(step_s, left)))
