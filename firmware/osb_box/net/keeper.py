"""What to do about a Wi-Fi that is not well, in stages. Pure: seconds and what is seen come in, one act goes out.

   ┌────────── not joined ──────────┐
   ▼                                │
joining ── an address ──► doubt ── 3 probes unanswered ──► join anew ──► doubt ──► radio off and on ──► joining
   │                        │ somebody answers                                     (a new address is an answer)
   │ 20 s                   ▼
   ▼                      well
  lost ── again and again; a set-up access point opens beside it; a restart is the last resort, and rare
"""

from micropython import const

_JOIN_S = const(20)  # for joining and an address
_REFUSED_S = const(4)  # the driver's "no" may be a passing one until then
_PROBES = const(3)
_PROBE_S = const(8)
_AGAIN_S = const(10)  # between attempts without an access point of our own
_RETRY_S = const(180)  # and with one, which each attempt disturbs
_OPEN_S = const(180)
_OPEN_REFUSED_S = const(45)  # a wrong password: whoever typed it may still stand there
_CLOSE_S = const(300)
_CYCLE_EACH = const(8)  # attempts
_RESET_S = const(6 * 3600)  # lost for so long
_RESET_EVERY_S = const(24 * 3600)


class Keeper:
    """`known`: there is a network to join. `doubt`: the driver says that we are in it, but nobody answers; None: the
    radio has just been switched on, so that no address of it can be an old one.
    """

    def __init__(self, t, known, doubt):
        self.stage = "doubt" if doubt else "joining" if known else "lost"
        self.opened = False  # our access point
        self.silent = False  # it became well without anybody having answered
        self.tries = 0
        self._known = known
        self._fresh = doubt is None
        self._strikes = self._probes = 0
        self._since = self._next = self._lost = t
        self._asked = bool(doubt)
        self._said = None

    def step(self, t, state, address, heard, guests, needed, up_s):
        """The next act, or None: join, leave, cycle, probe, open, close, reset; "well" when all is done.

        `state` and `address` as the radio tells them, `heard`: somebody has answered since the last step, `guests` in
        our access point, `needed`: something in the home runs because of us, `up_s` since the board started.
        """
        there = state == "up" and address is not None
        if self.stage == "joining":
            return self._joining(t, state, there, guests)
        if self.stage == "doubt":
            return self._doubt(t, there, heard)
        if self.stage == "cycled":
            return self._join(t)
        if self.stage == "closing":
            if not there:
                return self._join(t)
            if self.opened and (not guests or t - self._since >= _CLOSE_S):
                self.opened = False
                return "close"
            return None if self.opened else "well"
        return self._try_again(t, guests, needed, up_s)

    def _joining(self, t, state, there, guests):
        if not self._asked:
            return self._join(t)
        if there:
            if self._fresh:  # only a router that lives gives a radio that was off an address
                self.silent = True
                return self._well(t)
            self._begin("doubt", t)
            return None
        waited = t - self._since
        no = state in ("absent", "refused", "failed") and waited >= _REFUSED_S
        if waited < _JOIN_S and not no and not (self.opened and guests):
            return None
        if self._strikes and not self._fresh:
            return self._cycle()
        if self.tries == 0:
            self._lost = t
        self.tries += 1
        self._said = state
        self._begin("lost", t)
        self._next = t + (_RETRY_S if self.opened else _AGAIN_S)
        return "leave"

    def _doubt(self, t, there, heard):
        if heard:
            return self._well(t)
        if not there:
            return self._join(t)
        if t < self._next:
            return None
        if self._probes < _PROBES:
            self._probes += 1
            self._next = t + _PROBE_S
            return "probe"
        self._strikes += 1
        if self._strikes == 1:
            self._fresh = False
            return self._join(t)
        return self._cycle()

    def _try_again(self, t, guests, needed, up_s):
        open_s = _OPEN_REFUSED_S if self._said == "refused" else _OPEN_S
        if not self.opened and (not self._known or t - self._lost >= open_s):
            self.opened = True
            self._next = t + _RETRY_S
            return "open"
        if guests or not self._known or t < self._next:
            return None
        if t - self._lost >= _RESET_S and up_s >= _RESET_EVERY_S and not needed:
            return "reset"
        if self.tries % _CYCLE_EACH == 0:
            self.tries += 1
            return self._cycle()
        return self._join(t)

    def _join(self, t):
        self._asked = True
        self._begin("joining", t)
        return "join"

    def _cycle(self):
        self.stage = "cycled"
        self.opened = False
        self._fresh = True
        return "cycle"

    def _well(self, t):
        self._begin("closing", t)
        return None

    def _begin(self, stage, t):
        self.stage = stage
        self._since = self._next = t
        self._probes = 0
