"""A serial port, before a tool opens it: mpremote says the same of one that is not there and of one it may not open."""

import os
import time

from serial.tools import list_ports

from osb_hil.flash import FlashError

_POLL_S = 0.2


def check(port: str) -> None:
    """FlashError if this user cannot open it. Addresses (`socket://…`) and Windows' names are the tool's to try."""
    if not port.startswith("/"):
        return
    if not os.path.exists(port):
        raise FlashError(absent(port))
    if not os.access(port, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise FlashError(forbidden(port))


def wait(port: str, seconds: float) -> None:
    """Until a board that restarts shows its port; FlashError as of `check` if it does not within that time.

    The port may be there a moment before its user may open it.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return check(port)
        except FlashError:
            if time.monotonic() >= end:
                raise
        time.sleep(_POLL_S)


def forbidden(port: str) -> str:
    """What to do where the rights are missing."""
    return (
        f"You may not open {port}. On Linux add yourself to its group (sudo usermod -aG dialout $USER), "
        "log out and in again, and repeat the command."
    )


def absent(port: str) -> str:
    """What to do where it is not there, or somebody else has it."""
    others = ", ".join(sorted(p.device for p in list_ports.comports())) or "none"
    return (
        f"{port} cannot be opened. Plug the board in with a cable that carries data, close other programs that "
        f"use it, and look at the name: ports of this machine are {others}."
    )
