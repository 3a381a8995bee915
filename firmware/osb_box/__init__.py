"""Open Smart Box: what a board runs."""

import asyncio
import gc
import sys

from micropython import const

import osb_boot

VERSION = "0.1.0"
_SETTLED_BYTES = const(16384)
_MOST = const(2)  # files of modules that wait in memory, at most
_TURNS = const(8)  # of all others, in which one of those is imported
collect_bytes = gc.threshold()  # what may be taken between two collections of garbage

_fetched = 0  # files that wait
_met = bytearray(32)  # a bit by the hash of each module that has been loaded before

# MicroPython looks for a file by the name of most of its own modules at each import of one, 7 ms long on an RP2040,
# unless it finds the module here. The rarer ones are not worth the larger table.
for name in "array binascii json os struct time".split():
    sys.modules[name] = __import__(name)


def forget(*names):
    """Let modules that nobody needs for now leave memory; who needs one again imports it again."""
    for name in names:
        if sys.modules.pop(name, None):
            package, _, module = name.rpartition(".")
            sys.modules[package].__dict__.pop(module, None)


def settled():
    """What stays is in its place, below all garbage: it need not be collected as often from now on."""
    global collect_bytes
    collect_bytes = _SETTLED_BYTES
    gc.threshold(collect_bytes)


def load(name):
    """A module in one step, without garbage being collected in the midst of it."""
    gc.threshold(-1)
    try:
        return __import__(name, None, None, (name,))
    finally:
        gc.threshold(collect_bytes)


def loaded(package, *names, new=None):
    """Generator: loads modules of a package, with rests, as each takes an RP2040 up to 35 ms; the last of them.

    Those of ours that this has brought into memory are added to `new`, a list; not what others load in their turn.
    A module's file is fetched, and everything else has its turn before it is imported. A third who loads at that time
    waits for one of two, or both steps would be one, 85 ms long. Garbage is collected after that in a step of its own,
    10 ms in a full heap, and not before by whoever happens to allocate: a module takes what may be taken between two
    collections. Before it, too, the first time that a module comes: names stay where they come to lie, which shall be
    in the holes below, and not in the midst of free memory. Who gives this up at a rest closes it. A rest is "", as in
    what is made while it is sent.
    """
    global _fetched
    mounted = osb_boot.mounted
    yield ""
    for name in names:
        name = package + name
        module = sys.modules.get(name)
        if module:
            continue
        file = name.replace(".", "/") + ".mpy"
        for _ in range(_TURNS):
            if _fetched < _MOST:
                break
            yield ""
        fetches = 1 if mounted and _fetched < _MOST else 0
        _fetched += fetches
        try:
            gc.threshold(-1)
            if fetches:
                try:
                    mounted.fetch(file)
                except (OSError, MemoryError):
                    pass  # it lies elsewhere, or is read as it is loaded
            yield ""
            n = hash(name) & 255
            if not _met[n >> 3] >> (n & 7) & 1:
                _met[n >> 3] |= 1 << (n & 7)
                gc.collect()
                yield ""
            gc.threshold(-1)  # others may have loaded meanwhile
            before = tuple(sys.modules)
            __import__(name)
            module = sys.modules[name]  # others may forget it while this rests
            if new is not None:
                new += [name for name in sys.modules if name not in before and name[:4] == "osb_"]
            yield ""
            gc.collect()
        finally:
            gc.threshold(collect_bytes)
            _fetched -= fetches
            if fetches:
                mounted.drop(file)
        yield ""
    return module


async def rested(slices):
    """What a generator comes to that rests at each `yield`; everything else has its turn there."""
    try:
        while True:
            next(slices)
            await asyncio.sleep_ms(0)
    except StopIteration as end:
        return end.value
    finally:
        slices.close()  # given up, it goes no further


def beside(file):
    """The folder of a module's data: that of its file, or in the pack where its code is in the image."""
    return ("" if file[0] == "/" else osb_boot.data) + file.rsplit("/", 1)[0] + "/"


def finish(slices):
    """What a generator that rests at each `yield` comes to, for who has the time to wait for it."""
    while True:
        try:
            next(slices)
        except StopIteration as end:
            return end.value
