"""A board at a serial port: the real VM behind a pseudo-terminal, its file system a folder."""

import contextlib
import os
import pty
import subprocess
import termios
import tty
from pathlib import Path

from osb_hil.firmware import micropython

NAME = "desk"
REPL = Path(__file__).parent / "raw_repl.py"


class Board:
    """`port` is what flash.sh is given; `files` the folder that is its file system."""

    def __init__(self, files, repl=REPL):
        self.files = files
        files.mkdir()
        master, slave = pty.openpty()
        tty.setraw(slave, termios.TCSANOW)
        self.port = os.ttyname(slave)
        self._ends = master, slave
        self._process = subprocess.Popen(
            [*micropython(), "-X", "heapsize=180k", str(repl)], cwd=files, stdin=master, stdout=master, stderr=master
        )

    def close(self):
        self._process.kill()
        self._process.wait()
        for end in self._ends:
            with contextlib.suppress(OSError):
                os.close(end)
