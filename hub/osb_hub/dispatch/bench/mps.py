"""The whole linear programme as a free-format MPS file, which any LP solver reads.

Columns are named after the variables of the model, `charge[3,17]` for store 3 in slot 17; rows are `equal[i]` and
`at_most[i]`. Powers are in kW, energies in kWh, the objective in EUR. Format: "MPS file format", lp_solve reference
guide.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csc_array, vstack

from osb_hub.dispatch.fleet import Fleet, Floats
from osb_hub.dispatch.market import Market
from osb_hub.dispatch.model import HARD, Program, variables
from osb_hub.dispatch.referee import whole_lp
from osb_hub.errors import InputError


def write_mps(path: Path, fleet: Fleet, market: Market) -> None:
    """Write the programme of this fleet and market; the file appears when it is complete."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="ascii") as file:
            file.writelines(chain.from_iterable((line, "\n") for line in _lines(fleet, market)))
        os.replace(part, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error}).") from error
    finally:
        part.unlink(missing_ok=True)


def _lines(fleet: Fleet, market: Market) -> Iterator[str]:
    cost, at_most, most, equal, right, bounds = whole_lp(fleet, market)
    names = _columns(fleet, market, cost.size)
    rows = np.array([*(f"at_most[{i}]" for i in range(most.size)), *(f"equal[{i}]" for i in range(right.size))], object)
    sides = np.concatenate([most, right])

    yield "NAME dispatch"
    yield "ROWS"
    yield " N cost"
    yield from map(" {} {}".format, chain(repeat("L", most.size), repeat("E", right.size)), rows)
    yield "COLUMNS"
    matrix = csc_array(vstack([at_most, equal]))
    matrix.sum_duplicates()
    for j, name in enumerate(names):
        if cost[j]:
            yield f" {name} cost {cost[j]!s}"
        inside = slice(matrix.indptr[j], matrix.indptr[j + 1])
        if inside.start == inside.stop and not cost[j]:
            yield f" {name} cost 0"
        yield from _entries(name, rows[matrix.indices[inside]], matrix.data[inside].tolist())
    yield "RHS"
    given = np.flatnonzero(sides)
    yield from _entries("rhs", rows[given], sides[given].tolist())
    yield "BOUNDS"
    yield from _bounds(names, bounds)
    yield "ENDATA"


def _entries(name: str, rows: Iterable[Any], values: Iterable[float]) -> Iterator[str]:
    return (f" {name} {row} {value!r}" for row, value in zip(rows, values, strict=True))


def _bounds(names: list[str], bounds: Floats) -> Iterator[str]:
    """Whatever differs from 0 .. inf, which is what MPS takes for granted."""
    for name, (low, high) in zip(names, bounds.tolist(), strict=True):
        if low == high:
            yield f" FX bound {name} {low!r}"
        elif low == -np.inf and high == np.inf:
            yield f" FR bound {name}"
        else:
            if low == -np.inf:
                yield f" MI bound {name}"
            elif low:
                yield f" LO bound {name} {low!r}"
            if high < np.inf:
                yield f" UP bound {name} {high!r}"


def _columns(fleet: Fleet, market: Market, count: int) -> list[str]:
    names = [f"x[{j}]" for j in range(count)]
    v = variables(Program(), fleet, market, HARD)
    for one in fields(v):
        for index, column in np.ndenumerate(getattr(v, one.name)):
            if column >= 0:
                names[column] = f"{one.name.rstrip('_')}[{','.join(map(str, index))}]"
    return names
