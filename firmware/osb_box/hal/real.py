"""Real time, as boards and services keep it."""

import asyncio
import time

from micropython import const

_TO_UNIX_S = 946684800 if time.gmtime(0)[0] == 2000 else 0  # ESP32 counts from 2000, RP2 and unix from 1970
_MOST = const(4102444800)  # 2100
_NAP_MS = const(1000)  # sleeps are cut into naps, so that a clock set by the network is noticed


_STAND_S = const(10)  # set back by no more, time stands still until it has caught up


class RealClock:
    """Wall time. Before the network has set a board's clock, time runs on from `floor`, the last time known.

    `put(t)` sets the silicon's clock, so that certificates are judged by the same time; None where the machine does.
    """

    def __init__(self, floor=0, put=None):
        self.known = put is None  # somebody has told us the time, and it runs on
        self._floor = floor
        self._put = put
        self._latest = 0
        if put and self._raw() < floor:
            put(floor)
        self._ahead_s = max(0, floor - self._raw())

    def _raw(self):
        return int(time.time()) + _TO_UNIX_S

    def now(self):
        """Unix seconds UTC."""
        raw = self._raw()
        if self._ahead_s and raw >= self._floor:
            self._ahead_s = 0  # the clock has been set
        t = raw + self._ahead_s
        if not 0 < self._latest - t <= _STAND_S:
            self._latest = t
        return self._latest

    def set(self, t):
        """Take the time [Unix s] that the network tells; False if it cannot be: it was later than that before."""
        if not self._floor <= t < _MOST:
            return False
        if self._put and t != self.now():
            self._put(t)
        self.known = True
        return True

    def hint(self, t):
        """Somebody we trust was at `t` [Unix s] when this was written: until a server tells, it is no earlier."""
        if not self.known and self.now() < t < _MOST and self._put:
            self._put(t)

    async def sleep_until(self, t, name):
        """Sleep until `t`; not longer than it looked at first, even if the clock is set back meanwhile."""
        naps_ms = (t - self.now()) * 1000
        while naps_ms > 0 and self.now() < t:
            nap_ms = min(naps_ms, _NAP_MS)
            await asyncio.sleep_ms(nap_ms)
            naps_ms -= nap_ms

    def hold(self, name):
        """Real time waits for nobody."""

    def release(self, name):
        """Real time waits for nobody."""
