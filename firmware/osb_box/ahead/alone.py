"""What the home does without any plan, on the same stores: the measure that a plan has to beat."""

from micropython import const

from osb_box.ahead.day import after
from osb_box.ahead.store import at

_REST = const(8)  # slots between two rests


def alone(day, target_wh):
    """Generator, a rest at each `yield`: gives all stores of a Day their powers under plain control.

    `target_wh` is the room's fill at its set-point.
    """
    for store in day.stores:
        power, net, fill = store.power, day.net, store.fill
        heating = False
        for k in range(day.slots):
            net[k] -= power[k]
            low, high = at(store.low, k) * 4, at(store.high, k) * 4
            if store.actuator == "battery":
                w = _follow(store, k, fill, -net[k], low, high)
            else:
                want = high
                if store.actuator == "heat_pump":
                    want = target_wh * 4
                elif store.actuator == "tank":
                    heating = fill < low + (high - low) // 4 or (heating and fill < low + (high - low) * 3 // 4)
                    want = low + (high - low) * 3 // 4 if heating else low
                w = store.needed(k, want - after(store, k, fill, 0))
            power[k] = w
            net[k] += w
            fill = after(store, k, fill, w)
            if k % _REST == 0:
                yield 0


def _follow(store, k, fill, spare, low, high):
    """The battery takes what is to spare and gives what is missing [W]."""
    if spare > 0:
        return min(spare, at(store.charge, k), max(0, high - fill) * 1000 // at(store.eta_in, k))
    return -min(-spare, at(store.discharge, k), max(0, fill - low) * at(store.eta_out, k) // 1000)
