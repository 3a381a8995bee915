"""How large the whole linear programme is, without building it."""

from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import DOWN, UP, Market


def columns(fleet: Fleet, market: Market) -> int:
    """Columns of the programme that `model.build` makes of this fleet and market, one term per level."""
    slots = fleet.slots
    store = 5 * slots  # charge, discharge, fill, below, above
    home = 5 * slots + 1  # import, export, two fuse excesses, PV; the peak
    feeder = 3 * slots  # net, two excesses
    portfolio = 2 * slots  # buy, sell
    for direction in (UP, DOWN):
        held = market.held(direction).slots.size
        store += 2 * held  # less of one direction, more of the other
        feeder += held
    portfolio += sum(1 + len(one.slots) for one in market.requests)
    portfolio += sum(1 + (0 if one.offered else len(one.slots)) for one in market.reserve)
    return fleet.stores * store + fleet.homes * home + fleet.feeders * feeder + portfolio
