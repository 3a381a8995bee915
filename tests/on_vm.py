"""Scripts on the MicroPython VM, against the sources."""

import os
import subprocess
from pathlib import Path

from osb_hil.firmware import micropython

ROOT = Path(__file__).parent.parent


def run_vm(script, *args, heap="208k", env=None, timeout=120):
    """Run a script with a Pico W's heap; returns the finished process."""
    path = os.pathsep.join(str(p) for p in (ROOT / "firmware", ROOT / "wire", ROOT / "tests"))
    return subprocess.run(
        [*micropython(), "-X", f"heapsize={heap}", str(script), *map(str, args)],
        env={**os.environ, "MICROPYPATH": f"{path}{os.pathsep}.frozen", **(env or {})},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
