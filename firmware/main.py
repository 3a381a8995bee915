"""Starts the box: the version that is to run, or the recovery page."""

import gc
import sys

if ".frozen" in sys.path:  # code that is in the image takes no memory: it comes first (boards/manifest.py)
    sys.path.remove(".frozen")
    sys.path.insert(0, ".frozen")

gc.threshold(4096)  # collect often, from the first import on: what stays must not come to lie scattered among garbage

from osb_boot import guard  # noqa: E402

if guard.choose():
    del guard
    try:
        from osb_box.app import main

        main()
    except BaseException as e:
        from osb_boot import guard

        guard.ended(e)
else:
    guard.recover()
