"""A fleet in parts of whole homes, each in double precision: what is computed of a part needs little memory."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from osb_hub.dispatch.fleet import Fleet, Ints

Doubles = NDArray[np.float64]
Outcome = TypeVar("Outcome")

ROWS_AT_ONCE = 1536  # of 96 slots; a part needs some thirty arrays of them


@dataclass(frozen=True, eq=False)
class Part:
    """Homes `homes` of the fleet, and all of their stores."""

    fleet: Fleet
    homes: slice
    stores: slice

    def of_homes(self, array: NDArray[Any]) -> Doubles:
        """Rows of these homes, of [H, ...], as doubles: a copy."""
        return np.array(array[self.homes], dtype=np.float64, order="C")

    def of_stores(self, array: NDArray[Any]) -> Doubles:
        """Rows of these stores, of [S, ...], as doubles: a copy."""
        return np.array(array[self.stores], dtype=np.float64, order="C")

    @property
    def feeder(self) -> Ints:
        """[homes] Each home's feeder."""
        return self.fleet.home_feeder[self.homes]

    @property
    def feeders(self) -> slice:
        """From the first to the last feeder of these homes: they are sorted by feeder."""
        return slice(int(self.feeder[0]), int(self.feeder[-1]) + 1)

    @property
    def home(self) -> Ints:
        """[stores] Each store's home, counted within the part."""
        within: Ints = self.fleet.store_home[self.stores] - self.homes.start
        return within

    def home_sums(self, values: Doubles) -> Doubles:
        """Σ over each home's stores: [stores, T] → [homes, T]."""
        return _sums(values, self.home, self.homes.stop - self.homes.start)

    def feeder_sums(self, values: Doubles) -> Doubles:
        """Σ over each feeder's own homes in this part: [homes, T] → [feeders, T]."""
        return _sums(values, self.feeder - self.feeders.start, self.feeders.stop - self.feeders.start)


def parts(fleet: Fleet, with_stores: bool = True) -> Iterator[Part]:
    """The fleet in parts of at most ROWS_AT_ONCE stores and homes (of 96 slots, else in proportion), or one home.

    Without stores: as if its homes had none.
    """
    at_once = max(1, ROWS_AT_ONCE * 96 // fleet.slots)
    before = np.searchsorted(fleet.store_home, np.arange(fleet.homes + 1))  # stores before each home
    rows = before + np.arange(fleet.homes + 1)
    start = 0
    while start < fleet.homes:
        stop = max(start + 1, int(np.searchsorted(rows, rows[start] + at_once, side="right")) - 1)
        stores = slice(int(before[start]), int(before[stop if with_stores else start]))
        yield Part(fleet, slice(start, stop), stores)
        start = stop


def over_parts(fleet: Fleet, compute: Callable[[Part], Outcome], with_stores: bool = True) -> Iterator[Outcome]:
    """`compute` of every part, in order; on all processors where there is more than one part."""
    pieces = list(parts(fleet, with_stores))
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if len(pieces) < 2 or processors < 2:
        yield from map(compute, pieces)
        return
    with ThreadPoolExecutor(processors) as pool:
        yield from pool.map(compute, pieces)


def _sums(values: Doubles, owner: Ints, owners: int) -> Doubles:
    """Σ of the rows of each owner; `owner` rises."""
    result = np.zeros((owners, *values.shape[1:]))
    if owner.size:
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        result[owner[first]] = np.add.reduceat(values, first, axis=0)
    return result
