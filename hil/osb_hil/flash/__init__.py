"""Puts MicroPython and the box onto a board: what `flash.sh` does."""


class FlashError(Exception):
    """What went wrong, and what to do next: one or two sentences."""
