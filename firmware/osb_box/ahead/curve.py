"""One leaky store planned exactly: dynamic programming on the slopes of a convex cost-to-go.

What a day costs from some fill on is convex and made of straight pieces, as is what a slot costs for the power drawn in
it (fed in, bought, bought above the peak). The best of both together is an infimal convolution, which for such functions
is nothing but merging two sorted lists of slopes (Rockafellar, Convex Analysis, section 16). No grid of fills, no error
of one: some twenty pieces a slot, all integers.

Fill is counted in W*slots (a quarter of a Wh), slopes in 1/64 EUR/MWh. `retention` is applied as a loss in 65536ths.
"""

from array import array

from micropython import const

PRICE = const(64)
MOVES = const(4)  # a slot has no more: three prices, cut at zero
PIECES = const(56)
HARD = const(12000)  # EUR/MWh for what must not be
_NEVER = const(0x3FFFFFFF)
_STEEPEST = const(HARD * PRICE * 9 // 8)  # what must not be for several slots costs no more
_ALIKE = const(4)  # slopes this near are one


class Store:
    """A store of an offer (wire message "offer"), and the power [W] that is planned for it, by slot."""

    def __init__(self, offered, slots):
        def kept(name):
            series = offered[name]
            if isinstance(series, int):
                return series
            return array("h" if -32768 <= min(series) and max(series) <= 32767 else "i", series)

        self.actuator = offered["actuator"]
        self.fill = offered["fill_wh"] * 4
        self.eta_in, self.eta_out = kept("eta_in_pm"), kept("eta_out_pm")
        self.charge, self.discharge = kept("charge_max_w"), kept("discharge_max_w")
        self.usage, self.low, self.high = kept("usage_w"), kept("fill_min_wh"), kept("fill_max_wh")
        self.wear = offered["wear_price"] * PRICE
        self.loss = 65536 - at(offered["retention_ppm"], 0) * 65536 // 1000000
        below, above = offered["below_price"], offered["above_price"]
        self.below = PRICE * (HARD if below is None else min(HARD, below))
        self.above = PRICE * (HARD if above is None else min(HARD, above))
        self.end_price = offered["end_value"]
        self.power = array("i", [0] * slots)

    def lost(self, fill):
        """What is left of a fill after a slot."""
        return fill - (fill * self.loss + 32768 >> 16)


def at(series, k):
    return series if isinstance(series, int) else series[k]


class Moves:
    """What a store can do in one slot, from most charge to most discharge: pieces of fill, of power, and their slope."""

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
                until = max(0, until)
                eta = at(store.eta_in, k)
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
    """Works out a store's best powers against the rest of the home; `back` from the last slot, then `forth` from now."""

    def __init__(self, slots):
        self._x, self._s = array("i", [0] * PIECES), array("i", [0] * PIECES)
        self._y, self._t = array("i", [0] * PIECES), array("i", [0] * PIECES)
        self._turn = array("i", [0] * (slots * MOVES))  # fill down to which each move is worth it
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

    def back(self, k, rest_w, peak_w, buy, sell, over):
        """From what slot k + 1 costs to what slot k costs, by fill."""
        store, moves, x, s, y, t, n = self._store, self._moves, self._x, self._s, self._y, self._t, self._n
        # the band at the end of the slot, into y, t
        edge, stage, add = at(store.low, k) * 4, 0, -store.below
        c = i = 0
        t[0] = max(-_STEEPEST, s[0] + add)
        while c < PIECES - MOVES:
            p = x[i] if i < n else _NEVER
            if edge <= p and stage < 2:
                p = edge
                stage += 1
                edge, add = at(store.high, k) * 4, 0 if stage == 1 else store.above
            elif i < n:
                i += 1
            else:
                break
            y[c] = p
            c += 1
            then = s[i] + add
            t[c] = then if -_STEEPEST < then < _STEEPEST else _STEEPEST if then > 0 else -_STEEPEST
        n = c
        # what can be done in the slot, merged by slope, back into x, s by the fill at its beginning
        moves.set(store, k, rest_w, peak_w, buy, sell, over)
        count, fill, slope, turn = moves.count, moves.fill, moves.slope, self._turn
        loss, least, most = store.loss, self._least, self._most
        gain = loss * 65536 // (65536 - loss)
        place = k * MOVES
        shift = -moves.most - at(store.usage, k)
        m = c = 0
        kept = t[0]
        while m < count and slope[m] <= kept:
            turn[place + m] = -_NEVER
            shift += fill[m]
            m += 1
        s[0] = kept - (kept * loss + 32768 >> 16)
        i = 0
        while i < n:
            p = y[i] + shift
            p += p * gain + 32768 >> 16
            if m < count and slope[m] < t[i + 1]:
                then = slope[m]
                turn[place + m] = y[i]
                shift += fill[m]
                m += 1
            else:
                i += 1
                then = t[i]
            if p <= least:
                c = 0
                kept = then
                s[0] = then - (then * loss + 32768 >> 16)
            elif p < most and then - kept > _ALIKE:
                if c == 0 or p - x[c - 1] > 1:
                    x[c] = p
                    c += 1
                kept = then
                s[c] = then - (then * loss + 32768 >> 16)
        while m < count:
            turn[place + m] = _NEVER
            m += 1
        self._n = c
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
