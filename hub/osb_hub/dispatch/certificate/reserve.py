"""The reserve that a schedule leaves room for: in every store, then in the home's fuse, then in the feeders above.

Given the powers, each store and slot is on its own, and the limits above it form a tree: to take what drains least
first in the store, and the most reliable homes first under a limit, gives the most that can be promised.
"""

import numpy as np

from osb_hub.dispatch.certificate.parts import Doubles, Part, parts
from osb_hub.dispatch.certificate.replayed import Powers
from osb_hub.dispatch.fleet import Fleet, Floats, Ints
from osb_hub.dispatch.market import DOWN, UP, Held
from osb_hub.dispatch.tree import depth

AT_ONCE = 2_000_000  # numbers that are sorted together


def room_in_homes(part: Part, powers: Powers, held: Held, direction: str) -> Doubles:
    """[homes, J] W that each home can hold in the held slots: all of its stores, within its fuse.

    Soft bands are left no further for it than the schedule leaves them anyway.
    """
    fleet, at = part.fleet, held.slots
    if direction == UP:
        edge, fuse = powers.fill - part.of_stores(fleet.fill_min_wh), part.of_homes(fleet.export_max_w) + powers.net
        by_charge, by_discharge = powers.charge, part.of_stores(fleet.discharge_max_w) - powers.discharge
    else:
        edge, fuse = part.of_stores(fleet.fill_max_wh) - powers.fill, part.of_homes(fleet.import_max_w) - powers.net
        by_charge, by_discharge = part.of_stores(fleet.charge_max_w) - powers.charge, powers.discharge
    energy = np.full((edge.shape[0], at.size), np.inf)  # W of fill that windows allow
    for m in range(1, held.longest + 1):
        counts = (held.endurance >= m) & (at + m - 1 < fleet.slots)
        within = edge[:, at[counts] + m - 1].clip(min=0.0) / (m * fleet.slot_h)
        energy[:, counts] = np.minimum(energy[:, counts], within)

    eta_in, eta_out = part.of_stores(fleet.eta_in)[:, at], part.of_stores(fleet.eta_out)[:, at]
    charge_first = eta_in * eta_out <= 1.0  # a W of charge moves no more fill than a W of discharge
    first = np.where(charge_first, by_charge[:, at], by_discharge[:, at])
    second = np.where(charge_first, by_discharge[:, at], by_charge[:, at])
    of_first = np.where(charge_first, eta_in, 1.0 / eta_out)  # W of fill per W
    of_second = np.where(charge_first, 1.0 / eta_out, eta_in)
    first = np.minimum(first, energy / of_first)
    second = np.minimum(second, (energy - first * of_first).clip(min=0.0) / of_second)

    holds = (part.of_homes(fleet.reliability)[:, at] > 0.0) & (part.of_homes(fleet.backup) == 0.0)[:, np.newaxis]
    return np.where(holds, np.minimum(part.home_sums(first + second), fuse[:, at].clip(min=0.0)), 0.0)


def fit_into_feeders(fleet: Fleet, held: Held, room: Doubles, own: Doubles, reserve: Floats) -> None:
    """Lower `reserve` [H, J] to what the limits of all feeders above have room for, the least reliable homes first.

    `room` [F, J] is what each feeder has left, `own` [F, J] the reserve of its own homes. From the leaves to the
    roots: what is most under the limits of a subtree stays so under the limit above it.
    """
    level, total = depth(fleet.feeder_parent), own.copy()
    above = fleet.home_feeder.copy()  # [H] the feeder above each home that is at this depth, if there is one
    for deep in range(int(level.max(initial=0)), -1, -1):
        nodes = np.flatnonzero(level == deep)
        tight = nodes[(total[nodes] > room[nodes]).any(axis=1)]
        if tight.size:
            order = np.argsort(above, kind="stable")
            for node in tight.tolist():
                begin, end = np.searchsorted(above, [node, node + 1], sorter=order)
                _trim(fleet, held, order[begin:end], np.flatnonzero(total[node] > room[node]), room[node], reserve)
        total[nodes] = np.minimum(total[nodes], room[nodes])
        if deep:
            np.add.at(total, fleet.feeder_parent[nodes], total[nodes])
            inside = level[above] == deep
            above[inside] = fleet.feeder_parent[above[inside]]


def _trim(fleet: Fleet, held: Held, homes: Ints, tight: Ints, room: Doubles, reserve: Floats) -> None:
    """Lower the reserve of these homes in the held slots `tight` to `room` [J]."""
    for some in np.array_split(tight, -(-tight.size * homes.size // AT_ONCE)):
        at = np.ix_(homes, some)
        before = reserve[at].astype(np.float64)
        order = np.argsort(-fleet.reliability[np.ix_(homes, held.slots[some])], axis=0, kind="stable")
        ranked = np.take_along_axis(before, order, axis=0)
        used = np.cumsum(ranked, axis=0) - ranked
        kept = np.empty_like(ranked)
        np.put_along_axis(kept, order, np.minimum(ranked, (room[some] - used).clip(min=0.0)), axis=0)
        reserve[at] = kept


def room_in_feeders(fleet: Fleet, held: Held, direction: str, feeder_net: Doubles) -> Doubles:
    """[F, J] W below the limit that called reserve of this direction would meet; 0 where it is exceeded already."""
    limit, sign = (fleet.feeder_import_max_w, 1.0) if direction == DOWN else (fleet.feeder_export_max_w, -1.0)
    room: Doubles = (limit[:, held.slots] - sign * feeder_net[:, held.slots]).clip(min=0.0)
    return room


def surely_held(fleet: Fleet, held: Held, reserve: Floats) -> Doubles:
    """[J] Σ reliability·reserve over all homes."""
    total = np.zeros(held.slots.size)
    if held.slots.size:
        for part in parts(fleet):
            total += (part.of_homes(fleet.reliability)[:, held.slots] * reserve[part.homes]).sum(axis=0)
    return total
