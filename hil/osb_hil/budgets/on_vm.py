"""A program of the bench on the MicroPython VM, against the compiled firmware."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from osb_hil.firmware import micropython, spelled


def told(firmware: Path, program: str, heap: str, what: str) -> Any:
    """The JSON that the program prints last; RuntimeError, beginning with `what`, where it fails."""
    done = subprocess.run(
        [*micropython(), "-X", f"heapsize={heap}", "-c", spelled(program, firmware)],
        env={**os.environ, "MICROPYPATH": f"{firmware}{os.pathsep}.frozen"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{what}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])
