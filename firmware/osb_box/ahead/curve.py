"""One leaky store planned exactly: dynamic programming on the slopes of a convex cost-to-go.

What a day costs from some fill on is convex and made of straight pieces, as is what a slot costs for the power drawn
in it (fed in, bought, bought above the peak). The best of both together is an infimal convolution, which for such
functions is nothing but merging two sorted lists of slopes (Rockafellar, Convex Analysis, section 16). No grid of
fills, no error of one: some sixteen pieces a slot, all integers.

Fill is counted in W*slots (a quarter of a Wh), slopes in 1/64 EUR/MWh. `retention` is applied as a loss in 65536ths.
"""

from array import array

from micropython import const

from osb_box.ahead.store import at

MOVES = const(8)  # a slot has no more: three prices, cut at zero or at the five efficiencies of a heat pump
PIECES = const(64)
_NEVER = const(0x3FFFFFFF)
_STEEPEST = const(864000)  # HARD * PRICE * 9 / 8: what must not be for several slots costs no more
_ALIKE = const(4)  # slopes this near are one
_STEEP = const(60000)
_FEW, _MANY = const(10), const(16)  # pieces: so few can do with less rounding, so many need more


class Moves:
    """What a store can do in a slot, from most charge to most discharge: pieces of fill, of power, and their slope."""

    def __init__(self):
        self.fill, self.watt, self.slope = array("i", [0] * MOVES), array("i", [0] * MOVES), array("i", [0] * MOVES)
        self.count = self.most = self.most_w = 0

    def set(self, store, k, rest_w, peak_w, buy, sell, over):
        """`rest_w` is the net power of everything else; `over` the price above `peak_w`; prices in 1/64 EUR/MWh."""
        fill, watt, slope = self.fill, self.watt, self.slope
        n = most = 0
        w = self.most_w = at(store.charge, k)
        low, last = -at(store.discharge, k), -_NEVER
        while w > low:
            if w > peak_w - rest_w:
                price, until = over, peak_w - rest_w
            elif w > -rest_w:
                price, until = buy, -rest_w
            else:
                price, until = sell, low
            if w > 0:
                eta, edge = store.part(k, w)
                until = max(0, edge, until)
                moved, s = (w - until) * eta // 1000, -(price + store.wear) * 1000 // eta
                most += moved
            else:
                until = max(low, until)
                eta = at(store.eta_out, k)
                moved, s = (w - until) * 1000 // eta, -(price - store.wear) * eta // 1000
            if s < last:
                s = last  # where prices are negative: nobody charges and discharges at once
            fill[n], watt[n], slope[n] = moved, w - until, s
            n += 1
            w, last = until, s
        self.count, self.most = n, most


class Curve:
    """A store's best powers against the rest of the home: `begin`, `back` from the last slot, then `forth` from now."""

    def __init__(self, slots):
        self._x, self._s = array("i", [0] * PIECES), array("i", [0] * PIECES)
        self._y, self._t = array("i", [0] * PIECES), array("i", [0] * PIECES)
        self._turn = array("i", bytes(4 * slots * MOVES))  # fill down to which each move is worth it
        self._moves = Moves()
        self.work = 0  # pieces handled, for those who cut it into slices

    def begin(self, store, end_price):
        """The end of the horizon: `end_price` [1/64 EUR/MWh] for what is left."""
        self._store = store
        self._s[0] = -end_price
        self._n = 0
        lows, highs = store.low, store.high
        low = lows if isinstance(lows, int) else min(lows)
        high = highs if isinstance(highs, int) else max(highs)
        room = 400  # a tenth of a kWh beyond what is allowed has to be told from what is
        self._least = min(low * 4, store.fill) - room
        self._most = max(high * 4, store.fill) + room
        self._near = self._most - self._least >> 8

    def back(self, k, rest_w, peak_w, buy, sell, over):
        """From what slot k + 1 costs to what slot k costs, by fill."""
        store, moves, turn = self._store, self._moves, self._turn
        x, s, y, t, n = self._x, self._s, self._y, self._t, self._n
        moves.set(store, k, rest_w, peak_w, buy, sell, over)
        count, fill, slope = moves.count, moves.fill, moves.slope
        loss, least, most, near = store.loss, self._least, self._most, self._near
        gain = loss * 65536 // (65536 - loss)
        place = k * MOVES
        shift = -moves.most - at(store.usage, k)
        # what lies ahead is x, s and the band at the slot's end; merged by slope with what can be done it becomes y, t
        edge, stage, add = at(store.low, k) * 4, 0, -store.below
        before = then = kept = max(-_STEEPEST, s[0] + add)
        i = m = c = 0
        while m < count and slope[m] <= kept:
            turn[place + m] = -_NEVER
            shift += fill[m]
            m += 1
        t[0] = kept - (kept * loss + 32768 >> 16)
        fresh = True
        while True:
            if fresh:
                here = x[i] if i < n else _NEVER
                if edge <= here:
                    here = edge
                    stage += 1
                    edge, add = (at(store.high, k) * 4, 0) if stage == 1 else (_NEVER, store.above)
                elif i < n:
                    i += 1
                if here == _NEVER:
                    break
                ahead = s[i] + add
                if add and not -_STEEPEST < ahead < _STEEPEST:
                    ahead = _STEEPEST if ahead > 0 else -_STEEPEST
            p = here + shift
            if m < count and slope[m] < ahead:
                then = slope[m]
                turn[place + m] = here
                shift += fill[m]
                m += 1
                fresh = False
            else:
                then = ahead
                fresh = True
            if loss:
                p += p * gain + 32768 >> 16
            if p <= least:
                c = 0
                before = kept = then
                t[0] = then - (then * loss + 32768 >> 16)
            elif p < most and then - kept > _ALIKE:
                if c and p - y[c - 1] < near and then - before < _STEEP:  # one step where both have their weight
                    y[c - 1] += (p - y[c - 1]) * (then - kept) // (then - before)
                elif c < PIECES - 1:
                    y[c] = p
                    c += 1
                    before = kept
                kept = then
                t[c] = then - (then * loss + 32768 >> 16) if loss else then
        while m < count:
            turn[place + m] = _NEVER
            m += 1
        self._x, self._s, self._y, self._t, self._n = y, t, x, s, c
        if c > _MANY:
            self._near = near * 2
        elif c < _FEW and near > most - least >> 8:
            self._near = near // 2
        self.work += 12 + n + c

    def forth(self, k, fill, rest_w, peak_w, buy, sell, over):
        """(best power [W], fill after it) from a fill at the beginning of slot k."""
        store, moves, turn = self._store, self._moves, self._turn
        moves.set(store, k, rest_w, peak_w, buy, sell, over)
        w = moves.most_w
        y = store.lost(fill) + at(store.usage, k) + moves.most
        for m in range(moves.count):
            spare = y - turn[k * MOVES + m]
            if spare <= 0:
                break
            piece = moves.fill[m]
            if spare < piece:
                w -= moves.watt[m] * spare // piece
                y -= spare
                break
            w -= moves.watt[m]
            y -= piece
        self.work += 12
        return w, y
