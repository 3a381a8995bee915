"""What stores cost at the least at given prices: reserve in closed form, the rest by `best_response`."""

import numpy as np

from osb_hub.dispatch.certificate.best_response import StoreRows, least_costs
from osb_hub.dispatch.certificate.home import room_price
from osb_hub.dispatch.certificate.parts import Doubles, Part
from osb_hub.dispatch.certificate.prices import Called, Prices, clean

UNREACHABLE_PRICE = 1.0  # per Wh and slot outside a hard band, for a store that cannot keep it [EUR/Wh]


def least_cost_of_stores(part: Part, prices: Prices, home_price: Doubles, compiled: bool) -> float:
    """The least cost of the part's stores [EUR], each with all the reserve that pays at these prices.

    `home_price` [homes, T] is what a Wh costs in each home. The windows of reserve (`reserve_window`) are relaxed:
    their prices are costs of fill, of reserve, and a part of what leaving a soft band costs. Then the reserve is as
    much as charge and discharge allow, or nothing, and so a change of their prices.
    """
    fleet, dt = part.fleet, part.fleet.slot_h
    price, wear = home_price[part.home], part.of_stores(fleet.wear_price)
    charge_max, discharge_max = part.of_stores(fleet.charge_max_w), part.of_stores(fleet.discharge_max_w)
    charge_cost, discharge_cost = (wear + price) * dt, (wear - price) * dt
    low, high = part.of_stores(fleet.fill_min_wh), part.of_stores(fleet.fill_max_wh)
    below, above = part.of_stores(fleet.below_price), part.of_stores(fleet.above_price)
    hard_below, hard_above = np.isinf(below), np.isinf(above)
    below[hard_below] = above[hard_above] = UNREACHABLE_PRICE
    fill_cost = np.zeros_like(low)
    fill_cost[:, -1] = -part.of_stores(fleet.end_value)

    constant = 0.0
    slots = prices.up.held.slots
    if slots.size:
        of_charge, of_discharge, window = _reserve(part, prices.up, below)
        below -= window
        fill_cost -= window
        constant += float((window * low).sum() + (of_discharge * discharge_max[:, slots]).sum())
        charge_cost[:, slots] += of_charge
        discharge_cost[:, slots] -= of_discharge
    slots = prices.down.held.slots
    if slots.size:
        of_charge, of_discharge, window = _reserve(part, prices.down, above)
        above -= window
        fill_cost += window
        constant += float((of_charge * charge_max[:, slots]).sum() - (window * high).sum())
        charge_cost[:, slots] -= of_charge
        discharge_cost[:, slots] += of_discharge

    rows = StoreRows(
        fill0=part.of_stores(fleet.fill0_wh),
        retention=part.of_stores(fleet.retention),
        inflow=part.of_stores(fleet.usage_w) * dt,
        gain=part.of_stores(fleet.eta_in) * dt,
        drain=dt / part.of_stores(fleet.eta_out),
        charge_max=charge_max,
        discharge_max=discharge_max,
        charge_cost=charge_cost,
        discharge_cost=discharge_cost,
        fill_cost=fill_cost,
        low=low,
        high=high,
        below=np.where(hard_below, np.inf, below),
        above=np.where(hard_above, np.inf, above),
    )
    costs = _least_costs(rows, fleet.slots, compiled)
    broken = np.isinf(costs)
    if broken.any():
        softened = rows._replace(below=below, above=above)
        costs[broken] = _least_costs(StoreRows(*(row[broken] for row in softened)), fleet.slots, compiled)
    return constant + float(costs.sum())


def _reserve(part: Part, called: Called, edge_price: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """What a W of reserve by charge and by discharge costs, at most 0 [stores, J], and the window prices [stores, T].

    The latter are summed over all windows that end in a slot, and at most `edge_price` [stores, T], that of leaving
    the band: where they were more, all of that slot are scaled down.
    """
    fleet, held, dt = part.fleet, called.held, part.fleet.slot_h
    given = clean(part.of_stores(called.window)).clip(min=0.0)  # [stores, J, E]
    each = np.arange(1, held.longest + 1)
    end = held.slots[:, np.newaxis] + each - 1  # [J, E]
    counts = (each <= held.endurance[:, np.newaxis]) & (end < fleet.slots)
    end = np.where(counts, end, 0)
    reliability = part.of_homes(fleet.reliability)[:, held.slots]
    holds = ((reliability > 0.0) & (part.of_homes(fleet.backup) == 0.0)[:, np.newaxis])[part.home]
    given *= holds[:, :, np.newaxis] & counts

    total = np.zeros((given.shape[0], fleet.slots))
    for m in range(held.longest):
        ends = counts[:, m]
        total[:, end[ends, m]] += given[:, ends, m]
    scale = np.where(total > edge_price, edge_price / np.where(total > 0.0, total, 1.0), 1.0)
    given *= scale[:, end]
    drained = (given * each).sum(axis=2) * dt  # EUR per W of fill that it drains or adds

    room = room_price(part, called) + called.path[part.feeder]
    flat = ((room - reliability * called.promise) * dt)[part.home]
    eta_in, eta_out = part.of_stores(fleet.eta_in)[:, held.slots], part.of_stores(fleet.eta_out)[:, held.slots]
    of_charge = np.where(holds, np.minimum(0.0, flat + drained * eta_in), 0.0)
    of_discharge = np.where(holds, np.minimum(0.0, flat + drained / eta_out), 0.0)
    return of_charge, of_discharge, np.minimum(total * scale, edge_price)


def _least_costs(rows: StoreRows, slots: int, compiled: bool) -> Doubles:
    """[stores] EUR. Compiled or not, it is the same function."""
    stores, room = rows.fill0.size, 4 * slots + 8
    if compiled:
        from osb_hub.dispatch.certificate.compiled import least_costs as least_costs_compiled

        result = np.empty(stores)
        least_costs_compiled(rows, slots, np.empty((5, room)), result)
        return result
    values = [0.0] * stores
    least_costs(StoreRows(*(row.tolist() for row in rows)), slots, [[0.0] * room for _ in range(5)], values)
    return np.array(values)
