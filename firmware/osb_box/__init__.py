"""Open Smart Box: what a board runs."""

import os
import sys

VERSION = "0.1.0"


def forget(*names):
    """Let modules that nobody needs for now leave memory; who needs one again imports it again."""
    for name in names:
        if sys.modules.pop(name, None):
            package, _, module = name.rpartition(".")
            sys.modules[package].__dict__.pop(module, None)


def beside(file):
    """The folder of a module's data: that of its file, or in the pack where its code is in the image."""
    folder = file.rsplit("/", 1)[0]
    try:
        os.stat(folder)
    except OSError:
        import osb_boot

        folder = osb_boot.PLACE + "/" + folder
    return folder + "/"


def finish(slices):
    """What a generator that rests at each `yield` comes to, for who has the time to wait for it."""
    while True:
        try:
            next(slices)
        except StopIteration as end:
            return end.value
