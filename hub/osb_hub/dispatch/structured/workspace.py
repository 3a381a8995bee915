"""Space in which a thread works at one home, one feeder: made once and passed in, as compiled code allocates nothing."""

from typing import Any

import numpy as np

from osb_hub.dispatch.structured.held import ZETA_SIZE
from osb_hub.dispatch.structured.places import LONGEST, SLOT_OF
from osb_hub.dispatch.structured.reserve import held_size
from osb_hub.dispatch.structured.rows import HOME_SIZE, STORE_SIZE

VECTOR = 16  # numbers: a loop that ends in the middle of so many runs its last rounds one by one


def home_space(hold: Any, slots: int, most_stores: int) -> tuple[Any, ...]:
    """(h, x, g, z, room): rows of a home, of its stores, the same for what they hold in reserve, and its matrices (places.py)."""
    longest, columns = hold[LONGEST], slots + 2 * hold[SLOT_OF].size
    stores = max(most_stores, 1)
    k = stores * longest
    wide = (columns + VECTOR - 1) // VECTOR * VECTOR
    block, column = (k * k, slots), (k + 1, columns)
    shapes = (
        block, block, block, block, (k, slots), (3, max(k, 2), max(k, 2)),
        column, column, column, column, column, (2 * k + 2, wide), block, block,
    )  # fmt: skip
    room = tuple(np.zeros(shape) for shape in shapes)
    return (
        np.zeros(HOME_SIZE),
        np.zeros(stores * STORE_SIZE),
        np.ones((stores, held_size(longest))),
        np.ones(ZETA_SIZE),
        room,
    )


def feeder_space(hold: Any, slots: int, rows: int) -> tuple[Any, ...]:
    """Of one feeder: its sensitivity, link vector and rows' flow; net and reserve of its homes after a whole step and now; see sweep."""
    held = hold[SLOT_OF].size
    columns, wide = slots + held, slots + 2 * held
    sensitivity = np.zeros((wide, (wide + VECTOR - 1) // VECTOR * VECTOR))
    return (
        sensitivity, np.zeros(wide), np.zeros(rows), np.zeros(slots), np.zeros(held),
        np.zeros(columns), np.zeros((2, slots)), np.zeros(slots), np.zeros(wide),
    )  # fmt: skip


def schedule_space(hold: Any, slots: int, most_stores: int, most_homes: int) -> tuple[Any, ...]:
    """For the schedules of one feeder's homes: see recover."""
    stores = max(most_stores, 1)
    return (
        np.zeros((stores, slots)), np.zeros((stores, slots)), np.zeros(slots), np.zeros(hold[SLOT_OF].size),
        np.zeros((2, most_homes * stores, slots)), np.zeros((most_homes, slots)),
    )  # fmt: skip
