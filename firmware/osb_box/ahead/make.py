"""One plan of the box's own: the stores of its offer, its prices, the best day, and whether that beats having no plan.

Imported when needed only, and so is what it needs, with a rest after each: that takes an RP2040 50 ms.
"""

import gc
from array import array

from micropython import const

from osb_box import forget, loaded
from osb_wire import SLOT_S

_LIFE_S = const(10800)  # a plan that nobody could renew holds as long as one of the hub
_DOUBT_W = const(300)
_EVEN_SLOTS, _EVEN_CAR_SLOTS = const(4), const(32)
_REST = const(8)  # slots between two rests
_NEAR_W = const(100)
COVER, SUN, EXACT = 1, 2, 4  # what a battery does in a slot: give what the home lacks, take what is to spare, obey


def make(box, now, points):
    """Generator, a rest at each `yield`: makes the plan and lays it on the desk; nothing is changed until then."""
    yield 0
    if not box.outlook.plan:
        box.outlook.make_room(box.roles)
    try:
        tariff = yield from loaded("osb_box.ahead.", "tariff")
        draft = yield from loaded("osb_box.plan.", "draft")
        offered = yield from draft.draft(box, now, points, 1)
        for store in offered["stores"] if offered else ():
            room = box.model.room
            if store["actuator"] == "heat_pump" and room.felt_mc is not None:  # or it would run every other slot
                store["fill_wh"] += (room.felt_mc - room.begun_mc) * room.capacity // 1000
        prices = offered and (yield from tariff.pieces(box, offered["start"], offered["slots"]))
        paid_w, ct_kw = tariff.peak(box, now)
    finally:
        tariff = draft = None
        forget("osb_box.ahead.tariff", "osb_box.plan.draft")
    box.outlook.peak_aim_w = paid_w
    if ct_kw:
        paid_w = max(paid_w // 2, paid_w - _doubt_w(box))  # a plan that fills the peak to its brim breaks it
    if not prices:
        box.desk.own = None
        return
    yield 0
    gc.collect()
    try:
        yield from loaded("osb_box.ahead.", "store", "curve", "day", "alone")
        from osb_box.ahead.alone import alone
        from osb_box.ahead.day import Day, after, best
        from osb_box.ahead.store import at

        day = Day(offered, prices[0], prices[1], paid_w, ct_kw)
        yield from day.stock(offered)
        offered = None
        yield 0
        gc.collect()
        yield 0
        yield from alone(day, box.model.room.fill(box.band.target(now)) if box.model.room else 0)
        greedy = yield from day.costs()
        yield from best(day)
    finally:
        forget(*["osb_box.ahead." + name for name in ("alone", "day", "curve", "store")])
    cost = yield from day.costs()
    own = None
    if cost < greedy and day.stores:
        own = yield from _plan(box, day, now, after, at)  # the last rest
        own["cost_ct"], own["saved_ct"] = cost, greedy - cost
        if ct_kw:
            box.outlook.peak_aim_w = max(box.outlook.peak_aim_w, day.peak())
    box.desk.own = own
    for account in box.accounts.values():
        account.renew()


def _doubt_w(box):
    """By how much the load may exceed its forecast in a slot: twice the mean error so far, or 300 W."""
    outlook = box.outlook
    known = [outlook.errors[q] for q in range(4) if outlook.seen[q]]
    return max(_DOUBT_W, max(known) // 8) if known else _DOUBT_W


def _plan(box, day, now, after, at):
    """What the desk keeps of a day, in the place of the last one."""
    rows = {store.actuator: array("h", [max(-32768, min(32767, w)) for w in store.power]) for store in day.stores}
    rows["net"], rows["buy"] = array("h", [max(-32768, min(32767, w)) for w in day.net]), day.buy
    brim_w = day.peak() - _NEAR_W if day.peak_ct_kw else 32767
    for store in day.stores:
        fill = store.fill
        how, room = array("B", [0] * day.slots), array("H", [0] * day.slots)
        for k in range(day.slots):
            w = store.power[k]
            fill = after(store, k, fill, w)
            if k % _REST == 0:
                yield 0
            if store.actuator == "battery":
                low = at(store.low, k)
                how[k] = _manner(w, day.net[k], fill < low * 4 + 400, day.net[k] > brim_w)
            elif store.actuator == "heat_pump":
                room[k] = max(0, 10000 + (fill >> 2) * 1000 // box.model.room.capacity)
        if store.actuator == "battery":
            rows["how"] = how
        elif store.actuator == "heat_pump":
            rows["room_mc"] = room
            rows["heat_pump"] = yield from _evened(store, at, day.buy, _EVEN_SLOTS)
        elif store.actuator == "ev" and day.peak_ct_kw:
            rows["ev"] = yield from _evened(store, at, day.buy, _EVEN_CAR_SLOTS)
    plan, kept = box.outlook.plan, box.outlook.rows
    for name in kept:
        to = plan if name in plan else plan["powers"]
        to[name] = None
        if name in rows:
            kept[name][:] = rows[name]
            to[name] = kept[name]
    plan["made"], plan["start"], plan["end"] = now, day.start, day.start + SLOT_S * day.slots
    plan["expires"] = day.start + _LIFE_S
    return plan


def _evened(store, at, buy, slots):
    """Powers [W] as means of so many slots to come, as far as they cost the same.

    A pump that runs evenly needs less for it, and air cools by tenths of a kelvin in a slot without heat, which the
    stores' one mass does not see. A car that charges slowly leaves room below the peak for what nobody foresaw.
    """
    power = store.power
    n, out = len(power), array("h", power)
    for k in range(n):
        last = k + 1
        if k % _REST == 0:
            yield 0
        while last < min(n, k + slots) and abs(buy[last] - buy[k]) * 20 <= abs(buy[k]) and at(store.charge, last):
            last += 1
        if at(store.charge, k):
            out[k] = sum(power[k:last]) // (last - k)
    return out


def _manner(w, net, empty, at_peak):
    """What the battery's planned power means for a home that will not draw exactly what was foreseen."""
    if (w > 0 and net > _NEAR_W) or (w < 0 and (net < -_NEAR_W or at_peak)):
        return EXACT
    if w < 0 or empty:
        return COVER | SUN
    return SUN if w > 0 or net > 0 else COVER
