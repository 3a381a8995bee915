"""A board at a serial port: the real VM behind a pseudo-terminal, its file system a folder."""

import contextlib
import os
import pty
import subprocess
import termios
import time
import tty
from pathlib import Path

from osb_hil.firmware import micropython

NAME = "desk"
REPL = Path(__file__).parent / "raw_repl.py"


class Board:
    """`port` is what flash.sh is given; `files` the folder that is its file system. Its program runs, to begin with."""

    def __init__(self, files, repl=REPL):
        self.files = files
        files.mkdir()
        master, slave = pty.openpty()
        tty.setraw(slave, termios.TCSANOW)
        self.port = os.ttyname(slave)
        self._ends = [master, slave]
        self._happened = files.with_name(files.name + ".life")
        with self._happened.open("w") as happened:
            self._process = subprocess.Popen(
                [*micropython(), "-X", "heapsize=180k", str(repl)],
                cwd=files,
                stdin=master,
                stdout=master,
                stderr=happened,
            )

    def life(self, seconds=10):
        """What its program has done, once it runs or after so long: starts, stops, starts, …"""
        end = time.monotonic() + seconds
        while (found := self._happened.read_text().split())[-1:] != ["starts"] and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def close(self):
        self._process.kill()
        self._process.wait()
        while self._ends:
            with contextlib.suppress(OSError):
                os.close(self._ends.pop())
