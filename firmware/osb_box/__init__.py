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


def loaded(package, *names, new=None):
    """Generator: loads modules of a package, with rests, as each takes an RP2040 up to 35 ms; the last of them.

    Those of ours that this has brought into memory are added to `new`, a list; not what others load in their turn.
    A module's file is fetched, and everything else has its turn before it is imported. Garbage is collected after that
    in a step of its own, 10 ms in a full heap, and not before by whoever happens to allocate: a module takes what may
    be taken between two collections.
    """
    mounted = osb_boot.mounted
    yield 0
    for name in names:
        name = package + name
        module = sys.modules.get(name)
        if module:
            continue
        file = name.replace(".", "/") + ".mpy"
        gc.threshold(-1)  # where this is given up at a rest, what is loaded next sets it back
        if mounted:
            try:
                mounted.fetch(file)
            except (OSError, MemoryError):
                pass  # it lies elsewhere, or is read as it is loaded
        yield 0
        gc.threshold(-1)  # others may have loaded meanwhile
        before = tuple(sys.modules)
        try:
            __import__(name)
        except BaseException:
            gc.threshold(collect_bytes)
            raise
        finally:
            if mounted:
                mounted.ready.pop(file, None)
        module = sys.modules[name]  # others may forget it while this rests
        if new is not None:
            new += [name for name in sys.modules if name not in before and name[:4] == "osb_"]
        yield 0
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
