"""The disk of this computer, where the firmware is built before any of it is written to a board."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from osb_hil.flash import FlashError

_FORBIDDEN = (errno.EACCES, errno.EPERM)


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """FlashError for what the disk refuses meanwhile."""
    try:
        yield
    except OSError as error:
        what = "make room on its disk, or move to another one"
        if error.errno in _FORBIDDEN:
            what = f"make {folder} yours (sudo chown -R $USER {folder})"
        raise FlashError(
            f"{error.filename or folder} on this computer cannot be written ({error.strerror or error}): {what}, and "
            "repeat the command."
        ) from error
