"""Feeders under feeders: street under transformer under substation. A tree is an array of parents, -1 at its top."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def a_cycle(parent: NDArray[np.int64]) -> int | None:
    """The first node that is its own ancestor, or None. `parent` [F] holds numbers of nodes, or -1."""
    above = parent
    for _ in range(parent.size.bit_length()):  # `above` doubles its distance: from a tree it falls out at the top
        above = np.where(above >= 0, above[above], -1)
    circular = above[above >= 0]
    return int(circular.min()) if circular.size else None


def depth(parent: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many nodes are above each [F]."""
    result, above = np.zeros(parent.size, dtype=np.int64), parent
    while np.any(above >= 0):
        result += above >= 0
        above = np.where(above >= 0, parent[above], -1)
    return result


def add_children(parent: NDArray[np.int64], values: NDArray[np.floating[Any]]) -> None:
    """Add to every row of `values` [F, ...] those of all nodes below it, in place."""
    level = depth(parent)
    for deep in range(int(level.max(initial=0)), 0, -1):
        nodes = np.flatnonzero(level == deep)
        np.add.at(values, parent[nodes], values[nodes])
