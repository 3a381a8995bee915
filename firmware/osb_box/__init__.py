"""Open Smart Box: what a board runs."""

import asyncio
import gc
import sys

import osb_boot

VERSION = "0.1.0"
collect_bytes = gc.threshold()  # what may be taken between two collections of garbage

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


def _undisturbed(work, *what):
    """Without garbage being collected in the midst of it: that is to be done soon after, in a step of its own."""
    gc.threshold(-1)
    try:
        return work(*what)
    finally:
        gc.threshold(collect_bytes)


def fetch(name):
    """Have a module's file in memory, which is half of what it takes to load it: everything else has its turn then."""
    if osb_boot.mounted and name not in sys.modules:
        try:
            _undisturbed(osb_boot.mounted.fetch, _file(name))
        except (OSError, MemoryError):
            pass  # it lies elsewhere, or is read as it is loaded


def _file(name):
    return name.replace(".", "/") + ".mpy"


def load(name):
    """A module, from what was fetched of it."""
    file = _file(name)
    try:
        return _undisturbed(__import__, name, None, None, (name,))
    finally:
        if osb_boot.mounted:
            osb_boot.mounted.ready.pop(file, None)


def loaded(package, *names, new=None):
    """Generator: loads modules of a package, with rests, as each takes an RP2040 up to 35 ms; the last of them.

    Those of ours that this has brought into memory are added to `new`, a list; not what others load in their turn.
    Garbage is collected after each, in a step of its own, 10 ms in a full heap, and not before it by whoever happens to
    allocate: a module takes what may be taken between two collections.
    """
    yield 0
    for name in names:
        gc.threshold(-1)  # the next line allocates
        name = package + name
        fetch(name)
        yield 0
        if name in sys.modules:
            module = load(name)
            continue
        gc.threshold(-1)
        before = tuple(sys.modules)
        module = load(name)
        gc.threshold(-1)
        if new is not None:
            new += [name for name in sys.modules if name not in before and name[:4] == "osb_"]
        yield 0  # where this is given up, what is loaded next sets it back
        gc.collect()
        gc.threshold(collect_bytes)
        yield 0
    return module


async def rested(slices):
    """What a generator comes to that rests at each `yield`; everything else has its turn there."""
    while True:
        try:
            next(slices)
        except StopIteration as end:
            return end.value
        await asyncio.sleep_ms(0)


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
