"""Runs before main.py on a board: puts outputs where they do no harm, before anything else can fail."""

import sys

try:
    if ".frozen" in sys.path:  # as in main.py
        sys.path.remove(".frozen")
        sys.path.insert(0, ".frozen")
    from osb_boot import outputs

    outputs.safe()
except Exception as e:  # a damaged file must not keep the box from starting
    print("boot:", e)
