"""`@kernel`: compiled once and kept on disk under a name made from all kernels' sources.

numba's own cache looks at the file of a function only, not at those of the functions it calls: a change in one of them would go unnoticed.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from platformdirs import user_cache_path

# nan and infinity keep their meaning: limits may be infinite, and a lost solve has to be seen
FAST = {"contract", "arcp", "reassoc", "nsz", "afn"}


def _fingerprint() -> str:
    sources = (path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    compiled = [source for source in sources if b"@kernel" in source or b") = range(" in source]  # names of rows too
    return hashlib.sha256(b"".join(compiled)).hexdigest()[:16]


numba.config.CACHE_DIR = str(user_cache_path("open-smart-box") / "kernels" / _fingerprint())


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile at the first call; other threads go on while it runs.

    `_nrt=False`: no array is allocated in compiled code, so none is counted; counting had 8 % of the samples of a profile.
    """
    compiled: Callable[..., Any] = numba.njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True, _nrt=False)(
        function
    )
    return compiled


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `kernel`, but written out where it is used: for parts of arrays, which could not be handed back, and for what is called in inner loops."""
    written_out: Callable[..., Any] = numba.njit(inline="always", _nrt=False)(function)
    return written_out
