"""Starts a version, or the recovery page."""

import gc
import sys

if ".frozen" in sys.path:  # in the image it takes no memory
    sys.path.remove(".frozen")
    sys.path.insert(0, ".frozen")

gc.threshold(4096)  # what stays shall not lie scattered

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
