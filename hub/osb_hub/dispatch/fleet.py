"""A fleet as arrays: what every home can do in the slots to come.

S stores, H homes, F feeders, T slots; stores sorted by home, homes by feeder. Names, shapes and units are those of
the fleet file (docs/files.md). Power is positive from the grid into the home [W], energy in Wh, prices in EUR per Wh.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated, get_args, get_origin

import numpy as np
from numpy.typing import ArrayLike, NDArray

from osb_hub.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PerStore = Annotated[Floats, "S"]
PerStoreSlot = Annotated[Floats, "ST"]
PerHome = Annotated[Floats, "H"]
PerHomeSlot = Annotated[Floats, "HT"]
PerFeederSlot = Annotated[Floats, "FT"]


@dataclass(frozen=True, eq=False)
class Fleet:
    """Checked on creation; an array whose shape lacks T or the first axis is broadcast (as a view, it costs nothing).

    A one-dimensional array is one value per store (home, feeder) if it has that length, else one per slot; where both
    lengths are equal, give it as [S, 1] or [1, T]. `load_w` fixes H and T and must be given in full.
    Raises InputError naming the array and the store, home or feeder at fault.
    """

    slot_h: float  # length of a slot [h]
    store_home: Ints  # [S] home of each store, rising
    home_feeder: Ints  # [H] feeder of each home, rising

    fill0_wh: PerStore  # at the start of the first slot
    retention: PerStoreSlot  # share of the fill left after a slot, 0..1
    eta_in: PerStoreSlot  # Wh of fill per Wh of charge (a heat pump's COP)
    eta_out: PerStoreSlot  # Wh of discharge per Wh of fill
    charge_max_w: PerStoreSlot
    discharge_max_w: PerStoreSlot
    usage_w: PerStoreSlot  # what enters the fill by itself; negative: a trip, heat lost
    fill_min_wh: PerStoreSlot  # band of the fill at the end of a slot
    fill_max_wh: PerStoreSlot
    below_price: PerStoreSlot  # per Wh below the band and slot; inf: the band is hard [EUR/Wh]
    above_price: PerStoreSlot
    wear_price: PerStoreSlot  # per Wh charged or discharged [EUR/Wh]
    end_value: PerStore  # of the fill after the last slot [EUR/Wh]

    load_w: PerHomeSlot  # not controllable
    pv_w: PerHomeSlot  # available; may be curtailed
    import_max_w: PerHomeSlot  # fuse
    export_max_w: PerHomeSlot
    import_price: PerHomeSlot  # [EUR/Wh]
    export_price: PerHomeSlot
    peak_price: PerHome  # per W of the highest import above peak_floor_w [EUR/W]
    peak_floor_w: PerHome

    feeder_import_max_w: PerFeederSlot  # inf: no limit
    feeder_export_max_w: PerFeederSlot
    feeder_penalty: PerFeederSlot  # per Wh beyond the limit [EUR/Wh]

    store_names: tuple[str, ...] = ()
    home_names: tuple[str, ...] = ()
    feeder_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Bring every array to its full shape and check what it holds."""
        for name in ("store_home", "home_feeder"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.int64))
        lengths = self._lengths()
        for name, axes in AXES.items():
            value = _full(name, getattr(self, name), tuple(lengths[axis] for axis in axes), axes)
            object.__setattr__(self, name, value)
        self._check()

    @property
    def stores(self) -> int:
        return int(self.store_home.size)

    @property
    def homes(self) -> int:
        return int(self.home_feeder.size)

    @property
    def feeders(self) -> int:
        return int(np.shape(self.feeder_import_max_w)[0])

    @property
    def slots(self) -> int:
        return int(np.shape(self.load_w)[1])

    def store_name(self, s: int) -> str:
        home = self.home_name(int(self.store_home[s]))
        return self.store_names[s] if self.store_names else f"store {s} of {home}"

    def home_name(self, h: int) -> str:
        return self.home_names[h] if self.home_names else f"home {h}"

    def feeder_name(self, f: int) -> str:
        return self.feeder_names[f] if self.feeder_names else f"feeder {f}"

    def _lengths(self) -> dict[str, int]:
        load = np.asarray(self.load_w)
        if load.ndim != 2 or load.shape[0] != self.home_feeder.size or load.shape[1] == 0:
            raise InputError(
                f"load_w has shape {load.shape}; {self.home_feeder.size} homes need one row each and a column per slot."
            )
        of_homes = int(self.home_feeder.max()) + 1 if self.home_feeder.size else 0
        given = np.asarray(self.feeder_import_max_w)
        feeders = given.shape[0] if given.ndim == 2 and given.shape[0] > 1 else len(self.feeder_names) or of_homes
        return {"S": self.store_home.size, "H": self.home_feeder.size, "F": feeders, "T": load.shape[1]}

    def _check(self) -> None:
        if not 0 < self.slot_h <= 24:
            raise InputError(f"slot_h is {self.slot_h}; a slot has a length above 0 and at most 24 hours.")
        for name, most, kind in (("store_home", self.homes, "homes"), ("home_feeder", self.feeders, "feeders")):
            index = getattr(self, name)
            if index.size and (index.min() < 0 or index.max() >= most):
                raise InputError(f"{name} points to {int(index.max())}, but there are {most} {kind} (0 to {most - 1}).")
            if np.any(np.diff(index) < 0):
                at = int(np.flatnonzero(np.diff(index) < 0)[0]) + 1
                raise InputError(f"{name} is not sorted: entry {at} is lower than the one before it.")
        for names, count in (("store_names", self.stores), ("home_names", self.homes), ("feeder_names", self.feeders)):
            if getattr(self, names) and len(getattr(self, names)) != count:
                raise InputError(f"{names} has {len(getattr(self, names))} entries for {count}.")
        self._check_values()

    def _check_values(self) -> None:
        may_be_infinite = {"below_price", "above_price", "feeder_import_max_w", "feeder_export_max_w"}
        for name in AXES:
            value = getattr(self, name)
            self._refuse(np.isnan(value), name, "is not a number")
            if name not in may_be_infinite:
                self._refuse(np.isinf(value), name, "is infinite")
            elif name.endswith("_price"):
                self._refuse(value < 0, name, "is negative")
        for name in _NOT_NEGATIVE:
            self._refuse(getattr(self, name) < 0, name, "is negative")
        self._refuse(self.retention > 1, "retention", "is above 1")
        for name in ("eta_in", "eta_out"):
            self._refuse(getattr(self, name) <= 0, name, "is not above 0")
        self._refuse(self.fill_min_wh > self.fill_max_wh, "fill_min_wh", "is above fill_max_wh")
        self._refuse(self.import_price < self.export_price, "import_price", "is below the export price")

    def _refuse(self, wrong: NDArray[np.bool_], name: str, what: str) -> None:
        if not wrong.any():
            return
        where = np.argwhere(wrong)[0]
        axes = AXES[name]
        naming: dict[str, Callable[[int], str]] = {
            "S": self.store_name,
            "H": self.home_name,
            "F": self.feeder_name,
        }
        slot = f" in slot {where[1]}" if len(axes) == 2 else ""
        raise InputError(f"{name} of {naming[axes[0]](int(where[0]))}{slot} {what}.")


# array → its axes, such as "ST"
AXES: dict[str, str] = {f.name: get_args(f.type)[1] for f in fields(Fleet) if get_origin(f.type) is Annotated}

_NOT_NEGATIVE = (
    "retention",
    "charge_max_w",
    "discharge_max_w",
    "wear_price",
    "pv_w",
    "import_max_w",
    "export_max_w",
    "peak_price",
    "peak_floor_w",
    "feeder_penalty",
)


def _full(name: str, value: ArrayLike, shape: tuple[int, ...], axes: str) -> Floats:
    """`value` broadcast to `shape`."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{name} holds something that is not a number.") from None
    if array.ndim == 1 and len(shape) == 2:
        rows, slots = shape
        if rows == slots and array.size == rows and rows > 1:
            raise InputError(f"{name} has {rows} values for {rows} rows and {slots} slots: give it as [{axes[0]}, 1].")
        if array.size == rows:
            array = array[:, np.newaxis]
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        raise InputError(f"{name} has shape {array.shape}, which does not fit [{', '.join(axes)}] = {shape}.") from None
