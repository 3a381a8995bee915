"""The homes and feeders of one part of the fleet, and their iterates. Parts meet only in the portfolio: what crosses is as large as its columns."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from osb_hub.dispatch.fleet import Fleet, Floats, Ints
from osb_hub.dispatch.structured.feeder import BOTH_SIDES, EXPORT_SIDE, IMPORT_SIDE, UNLIMITED
from osb_hub.dispatch.structured.portfolio import HAIR, Columns
from osb_hub.dispatch.structured.prices import descend_all, path_prices
from osb_hub.dispatch.structured.reserve import (
    KEPT_PAIRS,
    PER_WINDOW,
    SIDE_SIZE,
    TOUCHED,
    TOUCHED_SIZE,
    UPWARD,
    WINDOW_SIZE,
)
from osb_hub.dispatch.structured.rows import NO_PV, ONE_WAY, TWO_WAY, WITH_PV
from osb_hub.dispatch.structured.start import start
from osb_hub.dispatch.structured.sweep import sweep
from osb_hub.dispatch.structured.workspace import feeder_space, home_space, schedule_space
from osb_hub.dispatch.tree import add_children, depth

_STORE_ARRAYS = (
    "charge_max_w", "discharge_max_w", "eta_in", "eta_out", "retention", "usage_w", "fill_min_wh", "fill_max_wh",
    "below_price", "above_price", "wear_price",
)  # fmt: skip
_HOME_ARRAYS = ("load_w", "pv_w", "import_max_w", "export_max_w", "import_price", "export_price")
FEW = 400  # homes: above, so many take steps of their own that no step of a limit should wait for theirs
FEEDER_WEIGHT = 0.3  # of a home's barrier, per home under a feeder


@dataclass(frozen=True)
class Linear:
    """What the portfolio gets to know: sensitivity [n, n], link vector [n] after a whole step and as it is now, complementarity and its count, sums of step lengths."""

    total: Floats
    link: Floats
    doing: Floats
    products: float
    pairs: float
    primal: float
    dual: float
    homes: int


class _Space(threading.local):
    """Each thread's own space to work in, made when it first works."""

    def __init__(self, hold: Any, slots: int, rows: int, most_stores: int, most_homes: int) -> None:
        self.home = home_space(hold, slots, most_stores)
        self.feeder = feeder_space(hold, slots, rows)
        self.schedule = schedule_space(hold, slots, most_stores, most_homes)
        self.moves = np.zeros((3, 2, slots))


class Fleetwork:
    """Arrays that all partitions share (each touches its own homes and feeders only), and the partitions."""

    def __init__(self, fleet: Fleet, columns: Columns, hard: float, mu: float, workers: int, dtype: Any) -> None:
        self.fleet, self.columns, self.hard, self.dtype = fleet, columns, hard, dtype
        self.grain = 3e-7 if dtype == np.float32 else 1e-11
        stores, homes, feeders, slots = fleet.stores, fleet.homes, fleet.feeders, fleet.slots
        self.data = (_compact(fleet, _STORE_ARRAYS, dtype), _compact(fleet, _HOME_ARRAYS, dtype))
        self.fills = (_read_only(fleet.fill0_wh, float), _read_only(fleet.end_value, float))
        self.peaks = (_read_only(fleet.peak_price, float), _read_only(fleet.peak_floor_w, float))
        self.homes_of = np.searchsorted(fleet.home_feeder, np.arange(feeders + 1)).astype(np.int64)
        self.stores_of = np.searchsorted(fleet.store_home, np.arange(homes + 1)).astype(np.int64)
        self.most_stores = int(np.diff(self.stores_of).max(initial=0))
        two_way, with_pv = _any(fleet.discharge_max_w), _any(fleet.pv_w)
        self.loose = homes > FEW
        self.kept = (
            np.zeros((stores, ONE_WAY, slots), dtype),
            np.zeros((int(two_way.sum()), TWO_WAY - ONE_WAY, slots), dtype),
            np.where(two_way, np.cumsum(two_way) - 1, -1),
            np.zeros((homes, NO_PV, slots), dtype),
            np.zeros((int(with_pv.sum()), WITH_PV - NO_PV, slots), dtype),
            np.where(with_pv, np.cumsum(with_pv) - 1, -1),
            np.zeros((homes, 6)),
        )
        self._reserve_arrays()
        self.parent = _read_only(fleet.feeder_parent, np.int64)
        self._feeder_arrays(mu)
        self.home_mu = np.zeros(homes)
        self.partitions = _partitions(self.parent, np.diff(self.homes_of), 8 * workers if self.loose else 1)
        most_homes = int(np.diff(self.homes_of).max(initial=0))
        self.space = _Space(self.hold, slots, self.rows[0].size, self.most_stores, most_homes)
        self.pool = ThreadPoolExecutor(workers) if len(self.partitions) > 1 and workers > 1 else None

    def _reserve_arrays(self) -> None:
        fleet, columns = self.fleet, self.columns
        share = np.zeros((2, fleet.slots))
        for t, side, length in zip(columns.slot, columns.side, columns.length, strict=True):
            share[side, t : t + length] += 1
        share = np.divide(1.0, share, out=np.zeros_like(share), where=share > 0)
        held = np.unique(columns.slot)
        place = {(int(t), int(s)): j for j, (t, s) in enumerate(zip(columns.slot, columns.side, strict=True))}
        up_of = np.array([place.get((int(t), 0), -1) for t in held], dtype=np.int64)
        down_of = np.array([place.get((int(t), 1), -1) for t in held], dtype=np.int64)
        owner = np.empty(columns.width, dtype=np.int64)  # slot of each column
        owner[columns.net_at], owner[columns.held_at], owner[columns.weighted_at] = (
            np.arange(fleet.slots),
            columns.slot,
            columns.slot,
        )
        longest = columns.longest
        wide = np.minimum(owner + longest - 1, fleet.slots - 1) // longest
        blocks, every = -(-fleet.slots // longest), np.arange(fleet.slots)
        col_q = np.searchsorted(held, columns.slot)
        on, length = np.zeros((2, held.size)), np.zeros((2, held.size), dtype=np.int64)
        on[columns.side, col_q], length[columns.side, col_q] = 1.0, columns.length
        self.hold = (
            columns.slot, columns.side, share, held, up_of, down_of, longest, columns.net_at, columns.held_at,
            columns.weighted_at,
            np.searchsorted(wide, np.arange(blocks + 1)).astype(np.int64),
            np.searchsorted(owner, np.arange(fleet.slots + 1)).astype(np.int64),
            wide, owner, on, col_q.astype(np.int64), length,
            (every // longest, every % longest), (every, np.zeros_like(every)),
            UPWARD + SIDE_SIZE * columns.side + col_q,
            TOUCHED + (longest + 1) * TOUCHED_SIZE + WINDOW_SIZE * longest * columns.side + col_q,
        )  # fmt: skip
        reliability = np.ascontiguousarray(fleet.reliability[:, columns.slot], dtype=np.float64)
        holds = (
            (reliability.max(axis=1, initial=0.0) > 0) & (np.asarray(fleet.backup) == 0) & (np.diff(self.stores_of) > 0)
        )
        held_store = holds[fleet.store_home]
        kept = np.ones((int(held_store.sum()), KEPT_PAIRS + PER_WINDOW * longest, columns.slot.size), self.dtype)
        at = np.where(held_store, np.cumsum(held_store) - 1, -1)
        self.reserves = (kept, at, np.ones((fleet.homes, columns.slot.size)), reliability, holds)

    def _feeder_arrays(self, mu: float) -> None:
        fleet, columns = self.fleet, self.columns
        slot: list[int] = []
        side: list[int] = []
        column: list[int] = []
        place = {(int(t), int(s)): int(c) for t, s, c in zip(columns.slot, columns.side, columns.held_at, strict=True)}
        for t in range(fleet.slots):
            up, down = place.get((t, 0), -1), place.get((t, 1), -1)
            if up < 0 and down < 0:
                slot, side, column = [*slot, t], [*side, BOTH_SIDES], [*column, -1]
            else:
                slot, side, column = [*slot, t, t], [*side, IMPORT_SIDE, EXPORT_SIDE], [*column, down, up]
        self.rows = tuple(np.array(a, dtype=np.int64) for a in (slot, side, columns.net_at[np.array(slot)], column))
        feeders, rows, width = fleet.feeders, len(slot), columns.width
        dt = fleet.slot_h
        both = np.stack([fleet.feeder_import_max_w, fleet.feeder_export_max_w], axis=1) / 1e3
        self.limits = np.where(
            np.isfinite(both), both - HAIR * np.abs(np.where(np.isfinite(both), both, 0.0)), 2 * UNLIMITED
        )
        self.penalty = np.array(1e3 * dt * fleet.feeder_penalty, dtype=float)
        self.elimination = (
            np.zeros((feeders, rows)), np.zeros((feeders, rows)), np.zeros((feeders, rows)),
            np.zeros((feeders, rows, rows), self.dtype), np.zeros((feeders, rows, width), self.dtype),
            np.zeros((feeders, rows)), np.zeros((feeders, rows)), np.zeros((feeders, rows)),
        )  # fmt: skip
        self.state = np.zeros((feeders, 3, 2, fleet.slots))
        under = np.diff(self.homes_of).astype(float)[:, np.newaxis]
        add_children(self.parent, under)
        self.feeder_weight = FEEDER_WEIGHT * np.maximum(1.0, under[:, 0])
        self.feeder_mu = self.feeder_weight * mu
        self.goal, self.path = np.zeros((feeders, width)), np.zeros((feeders, width))
        self.change = np.zeros((feeders, width))
        self.steps = np.zeros(width, dtype=np.int64)
        self.steps[columns.held_at] = fleet.slots + np.arange(columns.slot.size)
        has_children = np.unique(self.parent[self.parent >= 0])
        self.inner = np.full(feeders, -1)
        self.inner[has_children] = np.arange(has_children.size)
        self.buffers = (
            np.zeros((has_children.size, width, width)), np.zeros((has_children.size, width)), np.zeros((has_children.size, width)),
            np.zeros((has_children.size, width)),
        )  # fmt: skip

    def run(self, work: Any) -> list[Any]:
        """`work` of every partition, in their order."""
        if self.pool is None:
            return [work(part) for part in self.partitions]
        return list(self.pool.map(work, self.partitions))

    def start(self, net_price: Floats, mu: float) -> None:
        def work(part: Ints) -> None:
            start(
                part, self.homes_of, self.stores_of, self.data, self.fills, self.peaks, self.kept, self.reserves, self.hold,
                net_price, self.fleet.slot_h, self.hard, mu, self.space.home,
            )  # fmt: skip

        self.run(work)

    def sweep(
        self,
        full: Floats,
        goals: tuple[Floats, Floats],
        now: tuple[Floats, Floats],
        mu: float,
        shrink: float,
        laggard: float,
        first: bool,
    ) -> Linear:
        """One pass over all partitions."""

        def work(part: Ints) -> tuple[Any, ...]:
            width = full.size
            total, link, now_link = np.zeros((width, width)), np.zeros(width), np.zeros(width)
            if not first:
                descend_all(
                    part, self.parent, full, self.rows, self.elimination, self.state, self.limits, self.penalty,
                    self.feeder_mu, self.loose, self.goal, self.change, self.steps, self.space.moves,
                )  # fmt: skip
                path_prices(part, self.parent, self.rows, self.elimination[6], self.path, self.steps)
            numbers = sweep(
                part, self.parent, self.homes_of, self.stores_of, self.data, self.fills, self.kept, self.reserves, self.hold,
                self.home_mu, goals[0], goals[1], now[0], now[1], self.goal, self.path,
                self.rows, self.elimination, self.state, self.limits, self.penalty, self.feeder_mu, self.feeder_weight,
                self.inner, self.buffers,
                self.fleet.slot_h, self.hard, self.grain, mu, shrink, laggard, first, self.loose, self.space.home, self.space.feeder, total, link, now_link,
            )  # fmt: skip
            return total, link, now_link, *numbers

        parts = self.run(work)
        sums = [sum(part[i] for part in parts) for i in range(8)]
        return Linear(*sums)


def _compact(fleet: Fleet, names: tuple[str, ...], dtype: Any) -> tuple[Any, ...]:
    """Contiguous arrays [rows or 1, T or 1] of one type: broadcast axes are not spelled out."""
    arrays = []
    for name in names:
        a = getattr(fleet, name)
        if a.strides[0] == 0:
            a = a[:1]
        if a.strides[1] == 0:
            a = a[:, :1]
        arrays.append(_read_only(a, dtype))
    return tuple(arrays)


def _read_only(a: Any, dtype: Any) -> Any:
    """Contiguous, and never to be written to: one type of array, wherever the fleet comes from; each type is compiled for anew."""
    fixed = np.ascontiguousarray(a, dtype=dtype).view()
    fixed.flags.writeable = False
    return fixed


def _any(a: Floats) -> Any:
    narrow = a[:, :1] if a.strides[1] == 0 else a
    return narrow.max(axis=1, initial=0) > 0


def _partitions(parent: Ints, homes: Ints, wanted: int) -> list[Ints]:
    """Whole trees of feeders, children before parents, in parts of about as many homes each."""
    root = np.arange(parent.size)
    while np.any(parent[root] >= 0):
        root = np.where(parent[root] >= 0, parent[root], root)
    level = depth(parent)
    order = np.lexsort((-level, root))
    share = np.cumsum(homes[order] + 1)
    number = np.minimum(share * wanted // (share[-1] + 1), wanted - 1)
    last_of_root = np.searchsorted(root[order], root[order], side="right") - 1
    number = number[last_of_root]
    return [order[number == n] for n in np.unique(number)]
