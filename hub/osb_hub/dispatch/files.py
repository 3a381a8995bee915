"""Fleet, market and schedule as files (docs/files.md): mistakes are named, and a file is written whole or not at all.

A fleet and a schedule are NPZ, a market is JSON. Raises InputError with the file and one sentence on what is wrong.
"""

import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, BinaryIO, NoReturn
from zipfile import BadZipFile

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from osb_hub.dispatch.fleet import AXES, Fleet
from osb_hub.dispatch.market import Market, Request, Reserve, no_market
from osb_hub.dispatch.result import Multipliers, multiplier_shapes
from osb_hub.dispatch.schedule import Schedule
from osb_hub.errors import InputError

Arrays = dict[str, NDArray[Any]]

_NAMES = ("store_names", "home_names", "feeder_names")
_INDEXES = ("store_home", "home_feeder", "feeder_parent")
_OPTIONAL = {f.name for f in fields(Fleet) if f.default is not MISSING or f.default_factory is not MISSING}
_PRICES = ("buy_price", "sell_price")


def read_fleet(path: Path) -> Fleet:
    """The fleet of an NPZ file."""
    needed = [f.name for f in fields(Fleet) if f.name not in _OPTIONAL]
    arrays: dict[str, Any] = dict(_arrays(path, needed, _OPTIONAL, "fleet"))
    for name in _NAMES:
        if name in arrays:
            if arrays[name].dtype.kind != "U" or arrays[name].ndim != 1:
                raise InputError(f"{path}: {name} is not a list of texts.")
            arrays[name] = tuple(arrays[name].tolist())
    with _said_of(path):
        return Fleet(**arrays)


def write_fleet(path: Path, fleet: Fleet) -> None:
    """The fleet as an NPZ file; what was broadcast is written in its own, smaller shape."""
    arrays = {name: np.ascontiguousarray(getattr(fleet, name)) for name in _INDEXES}
    for name in AXES:
        value = getattr(fleet, name)
        arrays[name] = value if name == "load_w" else _unbroadcast(value)
    arrays |= {name: np.array(getattr(fleet, name)) for name in _NAMES if getattr(fleet, name)}
    with _written(path) as file:
        np.savez(file, allow_pickle=False, slot_h=np.float64(fleet.slot_h), **arrays)


def read_schedule(path: Path, fleet: Fleet, market: Market | None = None) -> tuple[Schedule, Multipliers]:
    """Schedule and multipliers of an NPZ file, which must be of this fleet and market."""
    of_stores, of_homes = (fleet.stores, fleet.slots), (fleet.homes, fleet.slots)
    shapes = multiplier_shapes(fleet, market or no_market(fleet.slots))
    shapes |= {"charge_w": of_stores, "discharge_w": of_stores, "pv_used_w": of_homes}
    arrays = _arrays(path, shapes, set(), "schedule")
    for name, array in arrays.items():
        if array.shape != shapes[name]:
            raise InputError(f"{path}: {name} has shape {array.shape}; this fleet and market need {shapes[name]}.")
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise InputError(f"{path}: {name} holds something that is not a finite number.")
    schedule = Schedule(**{f.name: arrays.pop(f.name) for f in fields(Schedule)})
    return schedule, Multipliers(**arrays)


def write_schedule(path: Path, schedule: Schedule, multipliers: Multipliers) -> None:
    """Schedule and multipliers as an NPZ file."""
    arrays = {f.name: getattr(part, f.name) for part in (schedule, multipliers) for f in fields(part)}
    with _written(path) as file:
        np.savez(file, allow_pickle=False, **arrays)


def read_market(path: Path, slots: int) -> Market:
    """The market of a JSON file for a fleet of so many slots; a price that is one number stands for all of them."""
    raw = _object(path, "the market", _json(path), {*_PRICES}, {"requests", "reserve"})
    prices = {name: np.array(_prices(path, name, raw[name])) for name in _PRICES}
    products = {
        name: [_product(path, f"{kind} {i}", one, known) for i, one in enumerate(_list(path, name, raw.get(name, [])))]
        for name, kind, known in (("requests", "request", _REQUEST), ("reserve", "reserve", _RESERVE))
    }
    with _said_of(path):
        prices = {name: np.full(slots, price) if price.ndim == 0 else price for name, price in prices.items()}
        requests = tuple(Request(**one) for one in products["requests"])
        reserve = tuple(Reserve(**{"shortfall_penalty": 0.0, **one}) for one in products["reserve"])
        return Market(**prices, requests=requests, reserve=reserve).checked(slots)


def write_market(path: Path, market: Market) -> None:
    """The market as a JSON file."""

    def plain(product: Request | Reserve) -> dict[str, Any]:
        values = asdict(product)
        return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in values.items()}

    content: dict[str, Any] = {name: getattr(market, name).tolist() for name in _PRICES}
    content |= {"requests": [plain(one) for one in market.requests], "reserve": [plain(one) for one in market.reserve]}
    with _written(path) as file:
        file.write(json.dumps(content, indent=1).encode() + b"\n")


def _arrays(path: Path, needed: Any, optional: set[str], kind: str) -> Arrays:
    """All arrays of an NPZ file, of which none may be missing or unknown."""
    try:
        with Path(path).open("rb") as opened:
            file = np.load(opened, allow_pickle=False)
            if not isinstance(file, NpzFile):
                raise ValueError
            names = set(file.files)
            missing, unknown = [name for name in needed if name not in names], sorted(names - {*needed} - optional)
            if missing:
                raise InputError(f"{path}: the array {missing[0]} is missing; a {kind} file has it.")
            if unknown:
                raise InputError(f"{path}: a {kind} has no array {unknown[0]}.")
            return {name: file[name] for name in file.files}
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except MemoryError:
        raise InputError(f"{path}: does not fit into the memory of this machine.") from None
    except (ValueError, EOFError, RuntimeError, BadZipFile, UnpicklingError, zlib.error):
        raise InputError(f"{path}: is not a whole NPZ file of plain arrays.") from None


def _unbroadcast(array: NDArray[Any]) -> NDArray[Any]:
    """One entry along every axis that only repeats itself."""
    repeats = tuple(slice(1) if stride == 0 else slice(None) for stride in array.strides)
    return np.ascontiguousarray(array[repeats])


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when it is complete."""
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        os.replace(part, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error}).") from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _said_of(path: Path) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _json(path: Path) -> Any:
    def no_number(text: str) -> NoReturn:
        raise InputError(f"{path}: {text} is not a finite number.")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        known = dict(pairs)
        if len(known) < len(pairs):
            names = [name for name, _ in pairs]
            raise InputError(f"{path}: {next(name for name in names if names.count(name) > 1)} stands there twice.")
        return known

    try:
        return json.loads(Path(path).read_text(encoding="utf-8"), parse_constant=no_number, object_pairs_hook=once)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: is not JSON ({error.msg}).") from None
    except (UnicodeDecodeError, RecursionError):
        raise InputError(f"{path}: is not JSON in UTF-8.") from None


def _object(path: Path, what: str, value: Any, needed: set[str], optional: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{path}: {what} is not an object of keys and values.")
    for name in sorted(needed - value.keys()):
        raise InputError(f"{path}: {name} of {what} is missing.")
    for name in sorted(value.keys() - needed - optional):
        raise InputError(f"{path}: {what} has no key {name}; known are {', '.join(sorted(needed | optional))}.")
    return value


def _product(path: Path, what: str, value: Any, known: Mapping[str, tuple[Callable[[Any], bool], str]]) -> Any:
    optional = {"pool_margin", "offered"} & known.keys()
    if isinstance(value, dict) and value.get("offered") is True:
        optional.add("shortfall_penalty")
    raw = _object(path, what, value, known.keys() - optional, optional)
    for name, entry in raw.items():
        fits, would_be = known[name]
        if not fits(entry):
            raise InputError(f"{path}: {name} of {what} is {json.dumps(entry)[:40]}; it is {would_be}.")
    return {name: tuple(entry) if name == "slots" else entry for name, entry in raw.items()}


def _prices(path: Path, name: str, value: Any) -> Any:
    if not (_is_number(value) or _is_numbers(value)):
        raise InputError(f"{path}: {name} is {json.dumps(value)[:40]}; it is a number, or one for each slot.")
    return np.asarray(value, dtype=np.float64)


def _list(path: Path, name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{path}: {name} is not a list.")
    return value


_MOST = 10**18  # of a whole number: none means more, and arrays take no larger one


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MOST


def _is_number(value: Any) -> bool:
    return _is_whole(value) or isinstance(value, float)


def _is_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))


_TEXT = (lambda value: isinstance(value, str), "a text")
_NUMBER = (_is_number, "a number")
_BOTH: dict[str, tuple[Callable[[Any], bool], str]] = {
    "name": _TEXT,
    "direction": _TEXT,
    "slots": (lambda value: isinstance(value, list) and all(map(_is_whole, value)), "a list of whole numbers"),
    "power_w": _NUMBER,
    "price": _NUMBER,
    "shortfall_penalty": _NUMBER,
}
_REQUEST = {**_BOTH, "baseline_w": (lambda v: _is_number(v) or _is_numbers(v), "a number, or one for each slot")}
_RESERVE = {
    **_BOTH,
    "endurance": (_is_whole, "a whole number"),
    "pool_margin": _NUMBER,
    "offered": (lambda value: isinstance(value, bool), "true or false"),
}
