"""What homes cost at the least, without their stores, at given prices: closed forms of import, export, PV and peak."""

import numpy as np

from osb_hub.dispatch.certificate.parts import Doubles, Part
from osb_hub.dispatch.certificate.prices import Called, Prices, clean

FUSE_PRICE = 100.0  # per Wh beyond a fuse, in a fleet that cannot keep one [EUR/Wh]


def least_cost_of_homes(part: Part, prices: Prices) -> tuple[float, Doubles]:
    """The least cost [EUR] and the price [homes, T] of a Wh in each home, at which its stores are to be judged.

    A home's balance is relaxed at that price. Its import and export see the prices above the home, and those of the
    room in the fuse that called reserve needs.
    """
    fleet, dt = part.fleet, part.fleet.slot_h
    import_max, export_max = part.of_homes(fleet.import_max_w), part.of_homes(fleet.export_max_w)
    import_room, export_room = np.zeros((2, *import_max.shape))
    import_room[:, prices.down.held.slots] = room_price(part, prices.down)
    export_room[:, prices.up.held.slots] = room_price(part, prices.up)
    net = prices.net[part.feeder] + import_room - export_room
    importing, exporting = part.of_homes(fleet.import_price) + net, part.of_homes(fleet.export_price) + net
    price = clean(part.of_homes(prices.home)).clip(
        exporting + export_room - FUSE_PRICE, importing - import_room + FUSE_PRICE
    )
    price = _tightened(part, price, importing, exporting)

    cost = (price * part.of_homes(fleet.load_w)).sum() - (price.clip(min=0.0) * part.of_homes(fleet.pv_w)).sum()
    cost += ((price - exporting).clip(max=0.0) * export_max).sum()
    cost -= (import_room * import_max).sum() + (export_room * export_max).sum()
    return float(cost) * dt + least_cost_of_import(part, (importing - price) * dt, import_max), price


def room_price(part: Part, called: Called) -> Doubles:
    """[homes, J] of the fuse that called reserve would meet."""
    return clean(part.of_homes(called.room)).clip(0.0, FUSE_PRICE)


def _tightened(part: Part, price: Doubles, importing: Doubles, exporting: Doubles) -> Doubles:
    """[homes, T] The home's price; between what export earns and import costs where that cannot hurt the bound.

    Where no schedule can reach the fuse, a price below export's or above import's (with the peak's price, which the
    slots share) would only let the closed forms trade up to it.
    """
    fleet = part.fleet
    load, pv = part.of_homes(fleet.load_w), part.of_homes(fleet.pv_w)
    most_import = part.home_sums(part.of_stores(fleet.charge_max_w)) + load
    most_export = part.home_sums(part.of_stores(fleet.discharge_max_w)) + pv - load
    price = np.where(most_export <= part.of_homes(fleet.export_max_w), np.maximum(price, exporting), price)
    over = (price - importing).clip(min=0.0)
    free = np.where(most_import <= part.of_homes(fleet.import_max_w), over, 0.0)
    of_free = free.sum(axis=1)
    share = part.of_homes(fleet.peak_price) / fleet.slot_h / np.where(of_free > 0.0, of_free, 1.0)
    tightened: Doubles = price - free * (1.0 - share.clip(max=1.0))[:, np.newaxis]
    return tightened


def least_cost_of_import(part: Part, cost: Doubles, import_max: Doubles) -> float:
    """Least of Σ cost·import + peak_price·max(0, peak − floor), 0 ≤ import[t] ≤ min(import_max[t], peak) [EUR].

    `cost` [homes, T] is in EUR per W. Convex in the peak: from the floor it is raised, from one import_max to the
    next, while the slots that it would let import more gain more than it costs.
    """
    peak_price, floor = part.of_homes(part.fleet.peak_price), part.of_homes(part.fleet.peak_floor_w)
    gain = (-cost).clip(min=0.0)
    peak = np.where(peak_price > 0.0, floor, np.inf)
    rising = np.arange(peak.size)
    while rising.size:
        more = import_max[rising] > peak[rising, np.newaxis]
        worth = np.where(more, gain[rising], 0.0).sum(axis=1) > peak_price[rising]
        rising, more = rising[worth], more[worth]
        peak[rising] = np.where(more, import_max[rising], np.inf).min(axis=1, initial=np.inf)
    above = np.where(peak_price > 0.0, peak - floor, 0.0)
    return float((peak_price * above).sum() - (gain * np.minimum(import_max, peak[:, np.newaxis])).sum())
