"""The compiler is at work before any solve begins: what the first start of a machine takes is nobody's time limit."""

from dataclasses import replace

import numpy as np

from osb_hub.dispatch.fleet import AXES, ROOT, Fleet
from osb_hub.dispatch.market import Market
from osb_hub.dispatch.structured.solver import Structured, precision


def compile_all(fleet: Fleet, market: Market) -> None:
    """Have all compiled that a solve of the fleet will call, by a few iterations of its first home in the same market.

    Numbers of another precision are compiled for anew. Takes minutes once, and some 0.3 s where the code is on disk.
    """
    Structured(_first_home(fleet), market, 1, precision(fleet)).iterate(np.inf, np.inf)


def _first_home(fleet: Fleet) -> Fleet:
    """With its stores, alone under a feeder with the limits of the first."""
    stores = int(np.searchsorted(fleet.store_home, 1))
    most = {"S": stores, "H": 1, "F": 1}
    arrays = {name: getattr(fleet, name)[: most[axes[0]]] for name, axes in AXES.items()}
    return replace(
        fleet,
        **arrays,
        store_home=np.zeros(stores, dtype=np.int64),
        home_feeder=np.zeros_like(fleet.home_feeder[:1]),
        feeder_parent=np.full_like(fleet.feeder_parent[:1], ROOT),
        store_names=(),
        home_names=(),
        feeder_names=(),
    )
