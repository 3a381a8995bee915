"""What takes long to make of the same bytes is made once in a checkout, whoever asks: a test, flash.sh, a demo."""

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_MADE = ROOT / "build" / "made"


def once(content: bytes, make: Callable[[bytes], bytes], kind: str = "") -> bytes:
    """What the function `make` of this project makes of `content`.

    It is made anew when the file changes in which the function stands; `kind` names all else that it depends on.
    """
    code = Path(make.__code__.co_filename).read_bytes()
    told = f"{make.__qualname__} {kind} {hashlib.sha256(code).hexdigest()}\0"
    digest = hashlib.sha256(told.encode() + content).hexdigest()
    path = _MADE / digest[:2] / digest
    try:
        return path.read_bytes()
    except FileNotFoundError:
        made = make(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{digest}.{os.getpid()}.{threading.get_ident()}")  # others may make the same just now
    part.write_bytes(made)
    part.replace(path)
    return made
