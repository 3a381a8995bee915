"""What the household pays and gets in each slot, and what its peak costs. Imported when needed only.

The hub's prices come first, then the configuration's windows of local time, then its flat price. Where no price of a
slot is known, that of the same time a day before stands in for it.
"""

from array import array

from micropython import const

from osb_box import finish
from osb_box.clock import days_from_civil, local
from osb_box.comfort.band import minutes_of
from osb_wire import SLOT_S

_DAY = const(96)
_REST = const(6)  # slots between two rests
_MOST = const(9000)  # EUR/MWh; beyond it a price says no more
FLOOR_W = const(2500)  # VREG, capaciteitstarief: at least 2.5 kW is paid for


def take(outlook, message):
    """Keep the wire's message "prices", behind what was told of the slot before, whose cost may not be reckoned yet."""
    n, start = message["slots"], message["start"]
    told = outlook.prices or {"start": 0, "buy_eur_mwh": array("h"), "sell_eur_mwh": array("h")}
    before = _row(outlook.prices, start - SLOT_S)
    rows = []
    for key in ("buy_eur_mwh", "sell_eur_mwh"):
        prices = message[key]
        row = array("h", [] if before is None else [told[key][before]])
        row.extend(array("h", [_bounded(prices if isinstance(prices, int) else prices[k]) for k in range(n)]))
        rows.append(row)
    outlook.prices = None  # or half of them would be new if there were no memory for the rest
    told["start"] = start if before is None else start - SLOT_S
    told["buy_eur_mwh"][:], told["sell_eur_mwh"][:] = rows
    outlook.prices = told
    outlook.anew = True


def prices(box, start, slots):
    """(buy, sell) arrays [EUR/MWh] for the slots from `start`; None where nobody has said what energy costs."""
    return finish(pieces(box, start, slots))


def pieces(box, start, slots):
    """The same as a generator that rests at each `yield`."""
    price = at(box, start)
    if price is None:
        return None
    buy, sell = array("h", [0] * slots), array("h", [0] * slots)
    for k in range(slots):
        if k % _REST == 0:
            yield 0
        price = at(box, start + k * SLOT_S) or price
        buy[k], sell[k] = price[0], min(price)  # or a meter would earn by itself
    return buy, sell


def at(box, t):
    """(buy, sell) of the slot at `t` [EUR/MWh]; None where nobody has said what energy costs then."""
    told, tariff = box.outlook.prices, box.home.get("tariff")
    i = _row(told, t)
    if i is not None:
        return told["buy_eur_mwh"][i], told["sell_eur_mwh"][i]
    if tariff:
        return _bounded(_by_window(tariff, local(t, box.zone))), _bounded(tariff["sell_eur_mwh"])


def total(box, start, slots):
    """Generator, a rest at each `yield`: sums of (buy, sell) over slots [EUR/MWh], None where one is not known."""
    buy = sell = 0
    for k in range(slots):
        if k % _REST == 0:
            yield 0
        price = at(box, start + k * SLOT_S)
        if price is None:
            return None
        buy += price[0]
        sell += price[1]
    return buy, sell


def _row(told, t):
    """Index of the slot in what the hub told, or of its like up to a day before; None without either."""
    if told is None or t < told["start"]:
        return None
    i, n = (t - told["start"]) // SLOT_S, len(told["buy_eur_mwh"])
    if i >= n + _DAY:
        return None
    while i >= n:
        i -= _DAY
    return i if i >= 0 else None


def _by_window(tariff, clock):
    minute, weekend = clock[3] * 60 + clock[4], clock[5] > 4
    for window in tariff.get("windows") or ():
        begin, end = minutes_of(window["from"]), minutes_of(window["to"])
        days = window["days"]
        if (minute - begin) % 1440 < ((end - begin) % 1440 or 1440) and (
            days == "all" or (days == "weekend") == weekend
        ):
            return window["buy_eur_mwh"]
    return tariff["buy_eur_mwh"]


def peak(box, now):
    """(W that are paid for in this month whatever happens, ct for each kW more); (0, 0) where peaks cost nothing.

    A new peak is paid once and may be used on all days that the month has left.
    """
    tariff = box.home.get("tariff")
    yearly = tariff and tariff.get("peak_eur_kw_year")
    if not yearly:
        return 0, 0
    year, month, day = local(now, box.zone)[:3]
    _month(box.outlook, month)
    left = days_from_civil(year + month // 12, month % 12 + 1, 1) - days_from_civil(year, month, day)
    return max(box.outlook.peak_w, tariff.get("peak_floor_w") or FLOOR_W), yearly * 100 // (12 * left)


def metered(box, end, w, told_w):
    """The slot that ended had this mean import [W] or None: perhaps the month's peak, which the meter says is `told_w`.

    What the meter says is what is paid for; it may have yet to count this slot. None where it says nothing.
    """
    _month(box.outlook, local(end - SLOT_S, box.zone)[1])
    box.outlook.peak_w = max(box.outlook.peak_w if told_w is None else told_w, w or 0)


def _month(outlook, month):
    if outlook.month != month:
        outlook.month, outlook.peak_w = month, 0


def _bounded(price):
    return max(-_MOST, min(_MOST, price))
