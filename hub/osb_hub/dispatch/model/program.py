"""A linear programme under construction: columns and rows come as whole arrays, never one by one."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from osb_hub.dispatch.fleet import Floats, Ints


@dataclass
class Rows:
    """Rows of one kind (equal, or at most) with their right-hand sides and non-zero entries."""

    count: int = 0
    bounds: list[Floats] = field(default_factory=list)
    row: list[Ints] = field(default_factory=list)
    column: list[Ints] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)

    def add(self, right: Floats) -> Ints:
        """New rows with this right-hand side; their numbers in the same shape."""
        numbers = np.arange(self.count, self.count + right.size).reshape(right.shape)
        self.bounds.append(right.ravel())
        self.count += right.size
        return numbers

    def put(self, rows: Ints, columns: Ints, coefficient: ArrayLike) -> None:
        """Entries coefficient[...] at (rows[...], columns[...])."""
        r, c, v = np.broadcast_arrays(rows, columns, np.asarray(coefficient, dtype=np.float64))
        self.row.append(r.ravel())
        self.column.append(c.ravel())
        self.value.append(v.ravel())

    def matrix(self, columns: int) -> csr_array:
        """All entries as a sparse matrix; entries at the same place add up."""
        if not self.row:
            return csr_array((self.count, columns))
        index = (np.concatenate(self.row), np.concatenate(self.column))
        return csr_array((np.concatenate(self.value), index), shape=(self.count, columns))

    def right(self) -> Floats:
        return np.concatenate(self.bounds) if self.bounds else np.zeros(0)


@dataclass
class Program:
    """min cost·x  subject to  equal·x = b,  at_most·x ≤ d,  low ≤ x ≤ high."""

    columns: int = 0
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    cost: list[Floats] = field(default_factory=list)
    equal: Rows = field(default_factory=Rows)
    at_most: Rows = field(default_factory=Rows)

    def add(
        self, shape: tuple[int, ...], cost: ArrayLike = 0.0, low: ArrayLike = 0.0, high: ArrayLike = np.inf
    ) -> Ints:
        """New columns of this shape; their numbers."""
        size = int(np.prod(shape))
        for target, value in ((self.low, low), (self.high, high), (self.cost, cost)):
            target.append(np.broadcast_to(np.asarray(value, dtype=np.float64), shape).ravel())
        numbers: NDArray[np.int64] = np.arange(self.columns, self.columns + size).reshape(shape)
        self.columns += size
        return numbers
