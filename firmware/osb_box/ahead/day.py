"""The coming day of a home, and how its stores are planned together: each against what the others have left.

Everybody sees the net power of the rest of the home, so the sun is used before it is sold, and the peak is shared. The
battery comes first, then what is used in the home, then the battery again; where peaks cost, those who can wait best
plan twice. Measured against the whole programme in tests/firmware/ahead: twice around for all costs more time and gains
next to nothing. Prices in 1/64 EUR/MWh.
"""

from array import array

from micropython import const

from osb_box import finish
from osb_box.ahead.curve import Curve
from osb_box.ahead.store import HARD, PRICE, Store, at

_SLICE = const(110)  # pieces between two rests: 15 ms on an RP2040
_PEAK_SLOTS = const(4)  # a peak is rarely one quarter of an hour
_REST = const(24)  # slots between two rests
_CENT = const(2560000)  # W*slots at 1/64 EUR/MWh
_ORDER = ("heat_pump", "tank", "ev", "battery")  # who can wait best comes last
_ROUNDING = const(60)  # of fills over a day: 15 Wh beside a hard edge is no breach
_KEPT_PM = const(800)  # of a day's mean price: what is worth having at its end


class Day:
    """An offer with the prices of its slots [EUR/MWh]. `peak_w` is paid for already; a kW more costs `peak_eur_kw`."""

    def __init__(self, offer, buy, sell, peak_w, peak_ct_kw):
        self.slots = n = offer["slots"]
        self.start, self.most_w = offer["start"], offer["import_max_w"]
        self.buy, self.sell = buy, sell
        load, pv = offer["load_w"], offer["pv_w"]
        self.net = array("i", [at(load, k) - at(pv, k) for k in range(n)])
        self.paid_w, self.peak_ct_kw = peak_w, peak_ct_kw
        self.stores = []
        self.mean = sum(buy) // n

    def stock(self, offer):
        """Generator, a rest at each `yield`: takes the stores that can do anything from the offer."""
        for role in _ORDER:
            for one in offer["stores"]:
                if one["actuator"] == role and (one["charge_max_w"] or one["discharge_max_w"]):
                    self.stores.append(Store(one, self.slots))
                    yield 0
                    yield from self.stores[-1].prepare()

    def end_price(self, store):
        """Worth of a fill at the end [1/64 EUR/MWh]: it saves buying it later, but for a car that has what it needs."""
        if store.actuator == "ev":
            return 0
        worth = self.mean * PRICE * _KEPT_PM // 1000
        if store.actuator == "battery":
            return worth * at(store.eta_out, 0) // 1000
        return worth * 1000 // at(store.eta_in, self.slots - 1)

    def peak(self):
        """Highest mean power of a slot, or what is paid for anyway [W]."""
        return max(self.paid_w, max(self.net))

    def cost(self):
        """What the day costs [ct]: energy, wear, a new peak, and bands left, less what the stores end with."""
        return finish(self.costs())

    def costs(self):
        """The same as a generator that rests at each `yield`."""
        total = 0
        for k in range(self.slots):
            w = self.net[k]
            total += w * PRICE * (self.buy[k] if w > 0 else self.sell[k]) // 1000
        for store in self.stores:
            fill = store.fill
            for k in range(self.slots):
                w = store.power[k]
                total += abs(w) * store.wear // 1000
                fill = after(store, k, fill, w)
                low, high = at(store.low, k) * 4, at(store.high, k) * 4
                if k % _REST == 0:
                    yield 0
                total += max(0, low - _ROUNDING - fill) * store.below // 1000
                total += max(0, fill - high - _ROUNDING) * store.above // 1000
            total -= fill * self.end_price(store) // 1000
        cents = total * 10 // (_CENT // 100)
        if self.peak_ct_kw:
            cents += (self.peak() - self.paid_w) * self.peak_ct_kw // 1000
        return cents


def after(store, k, fill, w):
    """Fill at the end of slot k at a power [W]."""
    return store.lost(fill) + at(store.usage, k) + store.gained(k, w)


def best(day):
    """Generator, a rest at each `yield`: plans the powers of all stores. What it yields is the work of the slice."""
    n, net = day.slots, day.net
    curve = Curve(n)
    for store in day.stores:
        for k in range(n):
            net[k] -= store.power[k]
            store.power[k] = 0
    over = HARD * PRICE
    peak_w = day.most_w
    if day.peak_ct_kw:
        peak_w = min(peak_w, day.paid_w)
        over = min(HARD, day.peak_ct_kw * 40 // _PEAK_SLOTS) * PRICE
    used = [store for store in day.stores if store.actuator != "battery"]
    battery = [store for store in day.stores if store.actuator == "battery"]
    if day.peak_ct_kw:
        rounds = used + battery, used[-1:] + battery
    elif battery:
        rounds = (battery + used + battery,)
    else:
        rounds = used, used[:-1]
    for stores in rounds:
        for store in stores:
            power = store.power
            for k in range(n):
                net[k] -= power[k]
            curve.begin(store, day.end_price(store))
            for k in range(n - 1, -1, -1):
                buy = day.buy[k] * PRICE
                curve.back(k, net[k], peak_w, buy, day.sell[k] * PRICE, buy + over)
                if curve.work > _SLICE:
                    yield curve.work
                    curve.work = 0
            fill = store.fill
            for k in range(n):
                buy = day.buy[k] * PRICE
                power[k], fill = curve.forth(k, fill, net[k], peak_w, buy, day.sell[k] * PRICE, buy + over)
                net[k] += power[k]
                if curve.work > _SLICE:
                    yield curve.work
                    curve.work = 0
        if day.peak_ct_kw:  # what was found worth its price is paid for now, no more
            peak_w = min(day.most_w, day.peak())
            over = HARD * PRICE
