"""Everything off a board's file system, for one that is full or is to be somebody else's."""

import sys

from osb_hil.flash import FlashError
from osb_hil.flash.device import Device

_ERASE = """
import os
def erase(p):
    for e in list(os.ilistdir(p)):
        q = p + "/" + e[0]
        if e[1] & 0x4000:
            erase(q)
            os.rmdir(q)
        else:
            os.remove(q)
erase(".")
"""


def erase(device: Device) -> None:
    """Asks on the terminal, and erases. FlashError, and nothing erased, at any other answer than yes."""
    print(
        f"All that the board at {device.port} holds will be erased and nothing kept: the box's settings, its code and "
        "its account at the hub (it gets new ones), what it has learned and recorded, and files of your own."
    )
    print("Erase it? Type yes: ", end="", flush=True)
    if sys.stdin.readline().strip().lower() != "yes":
        raise FlashError("Nothing was erased: answer yes, or repeat the command without --erase.")
    device.run(_ERASE)
