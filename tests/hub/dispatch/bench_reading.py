"""A reader of free MPS files, written from the format and not from the writer."""

import numpy as np
from scipy.sparse import coo_array


def read_mps(path):
    """Cost, {"L" and "E": (matrix, right-hand side)}, bounds, names of columns."""
    kinds, names, entries, right, bounds = {}, {}, [], {}, {}
    section = ""
    for line in path.read_text().splitlines():
        if not line.startswith(" "):
            section = line.split()[0]
            continue
        words = line.split()
        if section == "ROWS":
            kind, row = words
            kinds[row] = kind
            right[row] = 0.0
        elif section == "COLUMNS":
            column = names.setdefault(words[0], len(names))
            entries += [(words[1], column, float(words[2]))]
        elif section == "RHS":
            right[words[1]] = float(words[2])
        elif section == "BOUNDS":
            low, high = bounds.get(words[2], (0.0, np.inf))
            given = float(words[3]) if len(words) > 3 else 0.0
            new = {"FX": (given, given), "FR": (-np.inf, np.inf), "MI": (-np.inf, high)}
            bounds[words[2]] = {**new, "LO": (given, high), "UP": (low, given)}[words[0]]
    cost = np.zeros(len(names))
    parts = {}
    for kind in "LE":
        order = {row: i for i, row in enumerate(row for row in kinds if kinds[row] == kind)}
        found = [(order[row], column, value) for row, column, value in entries if kinds[row] == kind]
        row, column, value = zip(*found, strict=True)
        parts[kind] = (coo_array((value, (row, column)), (len(order), len(names))), [right[row] for row in order])
    for row, column, value in entries:
        if kinds[row] == "N":
            cost[column] += value
    return cost, parts, [bounds.get(name, (0.0, np.inf)) for name in names], list(names)
