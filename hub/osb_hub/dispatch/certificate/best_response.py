"""The cheapest that a store can do at given prices: dynamic programming on convex functions ("slope trick").

The cost to go, what the slots to come cost at the least from a given fill on, is convex and piecewise linear. It is
kept as its left end, its value there, and its segments from left to right: slopes that rise, and lengths. Going back
over a slot that may charge up to some power is an infimal convolution with a line, which is one more segment in its
place by slope; discharging is another. Both can be taken at once, as in the linear programme. Segments lie in the
middle of two buffers, so that they can grow to both sides.

Plain Python on sequences of numbers; `compiled.py` has it compiled for many stores. [EUR], [Wh], [W].
"""

from math import inf
from typing import Any, NamedTuple

TOLERANCE = 0.01  # a hard band that is missed by less is kept [Wh]


class StoreRows(NamedTuple):
    """What the programme of each store is made of; a row of T numbers per store, the first a number per store."""

    fill0: Any
    retention: Any
    inflow: Any  # Wh that enter by themselves
    gain: Any  # Wh of fill per W charged
    drain: Any  # Wh of fill per W discharged
    charge_max: Any
    discharge_max: Any
    charge_cost: Any  # EUR per W
    discharge_cost: Any
    fill_cost: Any  # EUR per Wh in the store at the end of the slot
    low: Any  # the band
    high: Any
    below: Any  # EUR per Wh below it; inf: hard
    above: Any


def least_costs(rows: StoreRows, slots: int, buffers: Any, result: Any) -> None:
    """`result[s]`: the least cost of each store [EUR]. `buffers`: five of 4 T + 8 numbers."""
    for s in range(len(rows.fill0)):
        result[s] = least_cost(rows, s, slots, buffers)


def least_cost(rows: StoreRows, s: int, slots: int, buffers: Any) -> float:
    """The least cost of store s [EUR]; inf if it cannot keep a hard band."""
    slope, length, lowest, highest, worth = buffers
    retention, inflow, gain, drain = rows.retention[s], rows.inflow[s], rows.gain[s], rows.drain[s]
    charge_max, discharge_max = rows.charge_max[s], rows.discharge_max[s]
    low, high, below, above = rows.low[s], rows.high[s], rows.below[s], rows.above[s]
    if not reach(rows, s, slots, lowest, highest):
        return inf
    total = move_fill_cost(rows, s, slots, worth)

    left, right = lowest[slots], highest[slots]
    first, end, value = 2 * slots + 3, 2 * slots + 4, 0.0  # segments first .. end - 1
    slope[first], length[first] = 0.0, right - left
    for t in range(slots - 1, -1, -1):
        if left < low[t] and 0.0 < below[t] < inf:
            value += below[t] * (low[t] - left)
            first, end = steepen_left(slope, length, first, end, low[t] - left, below[t])
        if right > high[t] and 0.0 < above[t] < inf:
            value += above[t] * max(0.0, left - high[t])
            first, end = steepen_right(slope, length, first, end, right - high[t], above[t])

        if charge_max[t] > 0.0:
            cost = rows.charge_cost[s][t] + worth[t] * gain[t]
            value += cost * charge_max[t]
            left -= gain[t] * charge_max[t]
            first = insert_from_left(slope, length, first, end, -cost / gain[t], gain[t] * charge_max[t])
        if discharge_max[t] > 0.0:
            cost = rows.discharge_cost[s][t] - worth[t] * drain[t]
            right += drain[t] * discharge_max[t]
            end = insert_from_right(slope, length, first, end, cost / drain[t], drain[t] * discharge_max[t])

        # from the fill at the end of this slot, without charge and discharge, to that of the slot before
        begin, finish = retention[t] * lowest[t] + inflow[t], retention[t] * highest[t] + inflow[t]
        first, left, value = cut_left(slope, length, first, end, left, begin, value)
        end, right = cut_right(length, first, end, right, finish)
        if retention[t] > 0.0:
            left = min(max(lowest[t], (left - inflow[t]) / retention[t]), highest[t])
            if retention[t] == 1.0:
                right -= inflow[t]
            else:
                right = left  # and the lengths: a difference between the two would grow in every slot
                for k in range(first, end):
                    slope[k] *= retention[t]
                    length[k] /= retention[t]
                    right += length[k]
        else:
            left, right = lowest[t], highest[t]
            first, end = 2 * slots + 3, 2 * slots + 4
            slope[first], length[first] = 0.0, right - left
    return total + value


def reach(rows: StoreRows, s: int, slots: int, lowest: Any, highest: Any) -> bool:
    """Between which fills store s can be at the start (index t) and the end (t + 1) of each slot.

    False if a hard band is out of reach.
    """
    retention, inflow, gain, drain = rows.retention[s], rows.inflow[s], rows.gain[s], rows.drain[s]
    charge_max, discharge_max = rows.charge_max[s], rows.discharge_max[s]
    low, high, below, above = rows.low[s], rows.high[s], rows.below[s], rows.above[s]
    lowest[0] = highest[0] = rows.fill0[s]
    for t in range(slots):
        least = retention[t] * lowest[t] + inflow[t] - drain[t] * discharge_max[t]
        most = retention[t] * highest[t] + inflow[t] + gain[t] * charge_max[t]
        if below[t] == inf:
            if most < low[t] - TOLERANCE:
                return False
            least = min(max(least, low[t]), most)
        if above[t] == inf:
            if least > high[t] + TOLERANCE:
                return False
            most = max(min(most, high[t]), least)
        lowest[t + 1], highest[t + 1] = least, most
    return True


def move_fill_cost(rows: StoreRows, s: int, slots: int, worth: Any) -> float:
    """Put the costs of the fills on what changes them: `worth[t]` is that of a Wh more from the end of slot t on.

    Returns the costs of what nothing can be done about, the first fill and the inflow.
    """
    retention, inflow, fill_cost = rows.retention[s], rows.inflow[s], rows.fill_cost[s]
    total = after = 0.0
    for t in range(slots - 1, -1, -1):
        after += fill_cost[t]
        worth[t] = after
        total += after * inflow[t]
        after *= retention[t]
    whole: float = total + after * rows.fill0[s]
    return whole


def steepen_left(slope: Any, length: Any, first: int, end: int, reach: float, price: float) -> tuple[int, int]:
    """Slopes lessened by `price` over `reach` from the left end: there each Wh costs it. The new first and end."""
    k = first - 1
    while k + 1 < end and length[k + 1] <= reach:
        slope[k], length[k] = slope[k + 1] - price, length[k + 1]
        reach -= length[k]
        k += 1
    if k + 1 == end:
        return first - 1, end - 1
    slope[k], length[k] = slope[k + 1] - price, reach
    length[k + 1] -= reach
    return first - 1, end


def steepen_right(slope: Any, length: Any, first: int, end: int, reach: float, price: float) -> tuple[int, int]:
    """Slopes raised by `price` over `reach` from the right end: there each Wh costs it. The new first and end."""
    k = end
    while k > first and length[k - 1] <= reach:
        slope[k], length[k] = slope[k - 1] + price, length[k - 1]
        reach -= length[k]
        k -= 1
    if k == first:
        return first + 1, end + 1
    slope[k], length[k] = slope[k - 1] + price, reach
    length[k - 1] -= reach
    return first, end + 1


def insert_from_left(slope: Any, length: Any, first: int, end: int, new_slope: float, new_length: float) -> int:
    """One more segment in its place by slope; smaller ones move to the left. The new first."""
    k = first - 1
    while k + 1 < end and slope[k + 1] < new_slope:
        slope[k], length[k] = slope[k + 1], length[k + 1]
        k += 1
    slope[k], length[k] = new_slope, new_length
    return first - 1


def insert_from_right(slope: Any, length: Any, first: int, end: int, new_slope: float, new_length: float) -> int:
    """One more segment in its place by slope; larger ones move to the right. The new end."""
    k = end
    while k > first and slope[k - 1] > new_slope:
        slope[k], length[k] = slope[k - 1], length[k - 1]
        k -= 1
    slope[k], length[k] = new_slope, new_length
    return end + 1


def cut_left(
    slope: Any, length: Any, first: int, end: int, left: float, begin: float, value: float
) -> tuple[int, float, float]:
    """Only what is right of `begin`, but at least the last point. The new first, left and value there."""
    while first < end and left + length[first] <= begin:
        value += slope[first] * length[first]
        left += length[first]
        first += 1
    if first < end and left < begin:
        value += slope[first] * (begin - left)
        length[first] -= begin - left
        left = begin
    return first, left, value


def cut_right(length: Any, first: int, end: int, right: float, finish: float) -> tuple[int, float]:
    """Only what is left of `finish`, but at least the first point. The new end and right."""
    while first < end and right - length[end - 1] >= finish:
        right -= length[end - 1]
        end -= 1
    if first < end and right > finish:
        length[end - 1] -= right - finish
        right = finish
    return end, right
