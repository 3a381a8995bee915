"""Starts the box."""

import gc

gc.threshold(4096)  # collect often, from the first import on: what stays must not come to lie scattered among garbage

from osb_box.app import main  # noqa: E402

main()
