"""A fleet as arrays: what every home can do in the slots to come.

S stores, H homes, F feeders, T slots; stores sorted by home, homes by feeder. Names, shapes and units are those of
the fleet file (docs/files.md). Power is positive from the grid into the home [W], energy in Wh, prices in EUR per Wh.
"""

from dataclasses import dataclass, field, fields
from typing import Annotated, Any, get_args, get_origin

import numpy as np
from numpy.typing import ArrayLike, NDArray

from osb_hub.dispatch.tree import a_cycle
from osb_hub.errors import InputError

Floats = NDArray[np.floating[Any]]  # float32 stays float32, everything else is float64
Ints = NDArray[np.int64]

PerStore = Annotated[Floats, "S"]
PerStoreSlot = Annotated[Floats, "ST"]
PerHome = Annotated[Floats, "H"]
PerHomeSlot = Annotated[Floats, "HT"]
PerFeederSlot = Annotated[Floats, "FT"]

ROOT = -1  # the parent of a feeder that hangs directly under the portfolio


@dataclass(frozen=True, eq=False, kw_only=True)
class Fleet:
    """Checked on creation; an array whose shape lacks T or the first axis is broadcast (as a view, it costs nothing).

    A one-dimensional array is one value per store (home, feeder) if it has that length, else one per slot; where both
    lengths are equal, give it as [S, 1] or [1, T]. `load_w` fixes H and T and must be given in full. F is the length
    of `feeder_parent` where that is an array, else of the feeder arrays, the names, or the highest in `home_feeder`.
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
    reliability: PerHomeSlot = field(default_factory=lambda: np.ones(1))  # share of a promised reserve that comes, 0..1
    backup: PerHome = field(default_factory=lambda: np.zeros(1))  # 1: held out of reserve until it is needed, else 0

    feeder_import_max_w: PerFeederSlot  # inf: no limit
    feeder_export_max_w: PerFeederSlot
    feeder_penalty: PerFeederSlot  # per Wh beyond the limit [EUR/Wh]
    feeder_parent: Ints = field(default_factory=lambda: np.array(ROOT))  # [F] the feeder above each; -1: the portfolio

    store_names: tuple[str, ...] = ()
    home_names: tuple[str, ...] = ()
    feeder_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Bring every array to its full shape and check what it holds, before it is broadcast: that costs least."""
        for name in ("store_home", "home_feeder"):
            object.__setattr__(self, name, _numbers(name, getattr(self, name)))
        parent = _numbers("feeder_parent", self.feeder_parent, at_most_one_axis=True)
        given, shapes = self._aligned(parent)
        for name, array in given.items():
            object.__setattr__(self, name, np.broadcast_to(array, shapes[name]))
        object.__setattr__(self, "feeder_parent", np.broadcast_to(parent, (self.feeders,)))
        object.__setattr__(self, "slot_h", _length_h(self.slot_h))
        self._check_indexes()
        self._check_values(given)

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

    def _aligned(self, parent: Ints) -> tuple[dict[str, Floats], dict[str, tuple[int, ...]]]:
        """Every array with as many axes as it should have, and the shape it is to be broadcast to."""
        arrays = {name: _floats(name, getattr(self, name)) for name in AXES}
        load, homes = arrays["load_w"], self.home_feeder.size
        if load.ndim != 2 or load.shape[0] != homes or load.shape[1] == 0:
            raise InputError(f"load_w has shape {load.shape}; {homes} homes need one row each and a column per slot.")
        of_homes = int(self.home_feeder.max()) + 1 if homes else 0
        rows = max(
            [arrays[name].shape[0] for name, axes in AXES.items() if axes == "FT" and arrays[name].ndim == 2] + [0]
        )
        feeders = parent.size if parent.ndim else rows if rows > 1 else len(self.feeder_names) or of_homes
        lengths = {"S": self.store_home.size, "H": homes, "F": feeders, "T": load.shape[1]}
        shapes = {name: tuple(lengths[axis] for axis in axes) for name, axes in AXES.items()}
        return {name: _align(name, arrays[name], shapes[name]) for name in AXES}, shapes

    def _check_indexes(self) -> None:
        for name, most, kind in (("store_home", self.homes, "homes"), ("home_feeder", self.feeders, "feeders")):
            index = getattr(self, name)
            if index.size and (index.min() < 0 or index.max() >= most):
                wrong = int(index.min() if index.min() < 0 else index.max())
                raise InputError(f"{name} points to {wrong}, but there are {most} {kind} (0 to {most - 1}).")
            if np.any(index[1:] < index[:-1]):
                at = int(np.flatnonzero(index[1:] < index[:-1])[0]) + 1
                raise InputError(f"{name} is not sorted: entry {at} is lower than the one before it.")
        for names, count in (("store_names", self.stores), ("home_names", self.homes), ("feeder_names", self.feeders)):
            if getattr(self, names) and len(getattr(self, names)) != count:
                raise InputError(f"{names} has {len(getattr(self, names))} entries for {count}.")
        parent = self.feeder_parent
        astray = np.flatnonzero((parent < ROOT) | (parent >= self.feeders))
        if astray.size:
            f = int(astray[0])
            raise InputError(
                f"feeder_parent of {self.feeder_name(f)} is {parent[f]}; "
                f"it is the number of a feeder (0 to {self.feeders - 1}) or {ROOT} for the portfolio."
            )
        circular = a_cycle(parent)
        if circular is not None:
            raise InputError(
                f"feeder_parent of {self.feeder_name(circular)} leads back to itself; feeders form a tree."
            )

    def _check_values(self, given: dict[str, Floats]) -> None:
        for name, array in given.items():
            if array.size == 0:
                continue
            low, high = array.min(), array.max()  # a NaN shows in both
            if np.isnan(low):
                self._refuse(np.isnan(array), name, "is not a number")
            if low == -np.inf or (high == np.inf and name not in _MAY_BE_INFINITE):
                self._refuse(np.isinf(array) & ((array < 0) | (name not in _MAY_BE_INFINITE)), name, "is infinite")
            if name in _NOT_NEGATIVE and low < 0:
                self._refuse(array < 0, name, "is negative")
            if name in _SHARES and high > 1:
                self._refuse(array > 1, name, "is above 1")
            if name in ("eta_in", "eta_out") and low <= 0:
                self._refuse(array <= 0, name, "is not above 0")
        self._refuse((given["backup"] != 0) & (given["backup"] != 1), "backup", "is neither 0 nor 1")
        for lower, upper, what in _PAIRS:
            if given[lower].size and given[upper].size and given[lower].max() > given[upper].min():
                wrong = given[lower] > given[upper]
                self._refuse(wrong, *((lower, what) if what == "is above fill_max_wh" else (upper, what)))

    def _refuse(self, wrong: NDArray[np.bool_], name: str, what: str) -> None:
        axes, full = AXES[name], np.shape(getattr(self, name))
        if not wrong.any() or 0 in full:
            return
        where = np.unravel_index(int(np.broadcast_to(wrong, full).argmax()), full)
        name_of = {"S": self.store_name, "H": self.home_name, "F": self.feeder_name}[axes[0]]
        slot = f" in slot {where[1]}" if len(axes) == 2 else ""
        raise InputError(f"{name} of {name_of(int(where[0]))}{slot} {what}.")


# array → its axes, such as "ST"
AXES: dict[str, str] = {f.name: get_args(f.type)[1] for f in fields(Fleet) if get_origin(f.type) is Annotated}

_MAY_BE_INFINITE = {"below_price", "above_price", "feeder_import_max_w", "feeder_export_max_w"}
_SHARES = {"retention", "reliability"}
_NOT_NEGATIVE = _SHARES | {
    "charge_max_w",
    "discharge_max_w",
    "below_price",
    "above_price",
    "wear_price",
    "pv_w",
    "import_max_w",
    "export_max_w",
    "peak_price",
    "peak_floor_w",
    "feeder_penalty",
}
# what must not be above what, and what is said of which
_PAIRS = (
    ("fill_min_wh", "fill_max_wh", "is above fill_max_wh"),
    ("export_price", "import_price", "is below the export price"),
)


def _length_h(value: Any) -> float:
    array = _floats("slot_h", value)
    if array.size != 1 or not 0 < float(array.reshape(())) <= 24:
        raise InputError(f"slot_h is {value}; a slot has a length above 0 and at most 24 hours.")
    return float(array.reshape(()))


def _numbers(name: str, value: ArrayLike, at_most_one_axis: bool = False) -> Ints:
    """Whole numbers along one axis (or, where that is allowed, a single one)."""
    array = np.asarray(value)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.dtype.kind not in "iuf" or (array.dtype.kind == "f" and not np.all(array == np.rint(array))):
        raise InputError(f"{name} holds something that is not a whole number.")
    if array.ndim != 1 and not (at_most_one_axis and array.ndim == 0):
        raise InputError(f"{name} has shape {array.shape}; it is a list of numbers.")
    return array.astype(np.int64, copy=False)


def _floats(name: str, value: ArrayLike) -> Floats:
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different length
        raise InputError(f"{name} holds something that is not a number.") from None
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name} holds something that is not a number.")
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def _align(name: str, array: Floats, shape: tuple[int, ...]) -> Floats:
    """`array` with its axes where `shape` has them; it is not copied."""
    axes = AXES[name]
    if array.ndim == 1 and len(shape) == 2:
        rows, slots = shape
        if rows == slots and array.size == rows and rows > 1:
            raise InputError(f"{name} has {rows} values for {rows} rows and {slots} slots: give it as [{axes[0]}, 1].")
        if array.size == rows:
            array = array[:, np.newaxis]
    try:
        np.broadcast_to(array, shape)
    except ValueError:
        raise InputError(f"{name} has shape {array.shape}, which does not fit [{', '.join(axes)}] = {shape}.") from None
    return array
