"""Runs on MicroPython: how often a pack is read while several load from it at the same time. Prints a line of JSON."""

import asyncio
import json
import sys

import osb_boot
import osb_box
from osb_boot import pack
from osb_boot.mount import mount

reads = []


def counted(path, mode):
    reads.append(path)
    return open(path, mode)


def loads(name):
    return osb_box.loaded("at_once.", name)


async def together():
    modules = await asyncio.gather(*[osb_box.rested(loads(name)) for name in "abc"])
    return [module.value for module in modules]


def beside_two_that_hang():
    """Who cannot wait loads all the same."""
    hang = [loads(name) for name in "de"]
    for slices in hang:
        next(slices)
        next(slices)
    value = osb_box.finish(loads("f")).value
    for slices in hang:
        slices.close()
    return value


mount(sys.argv[1])
sys.path.insert(0, osb_boot.PLACE)
__import__("at_once")
pack.open = counted
told = {"together": asyncio.run(together()), "reads": len(reads)}
told["beside two that hang"] = beside_two_that_hang()
reads.clear()
told["after those were given up"] = osb_box.finish(loads("d")).value
told["reads then"] = len(reads)
print(json.dumps(told))
