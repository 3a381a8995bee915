"""The linear programme of a fleet and its market: `build` lists its constraints, one function each (docs/dispatch.md).

Shapes: S stores, H homes, F feeders, T slots; J_up and J_down are the slots in which reserve is held. Power [W] is the
mean over a slot, fill [Wh] is at the end of a slot.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Ints
from osb_hub.dispatch.market import DOWN, UP, Market, no_market
from osb_hub.dispatch.model.feeder import feeder_export_limit, feeder_import_limit, feeder_tree
from osb_hub.dispatch.model.home import fuse, home_balance, peak
from osb_hub.dispatch.model.portfolio import portfolio_balance, request
from osb_hub.dispatch.model.program import Program
from osb_hub.dispatch.model.reserve import (
    reserve_feeder,
    reserve_fuse,
    reserve_headroom,
    reserve_promise,
    reserve_window,
)
from osb_hub.dispatch.model.store import Previous, band, plan_change, store_balance
from osb_hub.dispatch.model.variables import HARD, Variables, variables

__all__ = ["HARD", "Model", "Previous", "Program", "Rows", "Variables", "build", "variables"]


@dataclass(frozen=True, eq=False)
class Rows:
    """In which rows of the programme the constraints are whose multipliers are part of a result; -1: there is none."""

    home_balance: Ints  # [H, T]
    feeder_import_limit: Ints  # [F, T]
    feeder_export_limit: Ints  # [F, T]
    portfolio_balance: Ints  # [T]
    request: Ints  # [Q, T]
    reserve_promise: Ints  # [P, T]
    import_room: Ints  # [H, J_down] reserve_fuse
    export_room: Ints  # [H, J_up]
    up_window: Ints  # [S, J_up, E] reserve_window
    down_window: Ints  # [S, J_down, E]


@dataclass(frozen=True, eq=False)
class Model:
    """A programme with the places in it that a result is read from."""

    program: Program
    variables: Variables
    rows: Rows


def build(
    fleet: Fleet, market: Market | None = None, previous: Previous | None = None, fuse_price: float = HARD
) -> Model:
    """The whole programme. `fuse_price` [EUR/Wh] makes fuses soft, to find out which of them cannot be kept."""
    fleet = _double(fleet)
    market = no_market(fleet.slots) if market is None else market.checked(fleet.slots)
    up, down = market.held(UP), market.held(DOWN)
    lp = Program()
    v = variables(lp, fleet, market, fuse_price)

    store_balance(lp, fleet, v)
    band(lp, fleet, v)
    if previous is not None:
        plan_change(lp, fleet, v, previous)
    balance_rows = home_balance(lp, fleet, v)
    fuse(lp, fleet, v)
    peak(lp, fleet, v)
    feeder_tree(lp, fleet, v)
    import_rows = feeder_import_limit(lp, fleet, v, down)
    export_rows = feeder_export_limit(lp, fleet, v, up)
    portfolio_rows = portfolio_balance(lp, fleet, v)
    request_rows = request(lp, market, v)
    reserve_headroom(lp, fleet, v, up, down)
    up_rows, down_rows = reserve_window(lp, fleet, v, up, down)
    export_room, import_room = reserve_fuse(lp, fleet, v, up, down)
    reserve_feeder(lp, fleet, v, up, down)
    promise_rows = reserve_promise(lp, fleet, market, v, up, down)
    rows = Rows(
        balance_rows,
        import_rows,
        export_rows,
        portfolio_rows,
        request_rows,
        promise_rows,
        import_room,
        export_room,
        up_rows,
        down_rows,
    )
    return Model(lp, v, rows)


def _double(fleet: Fleet) -> Fleet:
    """The fleet in double precision: what is compared with this programme must not see its rounding."""
    single = {f.name: getattr(fleet, f.name) for f in fields(fleet)}
    single = {name: a for name, a in single.items() if isinstance(a, np.ndarray) and a.dtype == np.float32}
    return replace(fleet, **{name: a.astype(np.float64) for name, a in single.items()}) if single else fleet
