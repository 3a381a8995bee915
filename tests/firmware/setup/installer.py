"""An installer with a box on the MicroPython VM: asks and wishes as the page does."""

import functools
import json
import os
import socket
import subprocess
import time
from pathlib import Path

from osb_hil.firmware import compiled, micropython, spelled

firmware = functools.cache(compiled)


class Installer:
    """`folder` is the box's flash. The box starts again by itself when it wants to, as a board does."""

    def __init__(self, folder, config, heap="180k", env=None):
        self.folder, self._heap, self._env = folder, heap, env or {}
        (folder / "config.json").write_text(json.dumps(config))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(20)
        self.starts = 0
        self.boot()

    @property
    def config(self):
        return json.loads((self.folder / "config.json").read_text())

    @property
    def log(self):
        return (self.folder / "box.log").read_text()

    def boot(self):
        """Power on; returns once the box asks what to do, or raises with its log."""
        self.start()
        try:
            connection = self._listener.accept()[0]
        except TimeoutError:
            raise AssertionError("the box does not come up:\n" + self.log) from None
        connection.settimeout(20)
        self._stream = connection.makefile("rwb")
        connection.close()

    def start(self):
        self.starts += 1
        program = self.folder.parent / f"{self.folder.name}.py"
        program.write_text(spelled((Path(__file__).parent / "setup_box.py").read_text(), firmware()))
        with (self.folder / "box.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *micropython(),
                    "-X",
                    f"heapsize={self._heap}",
                    str(program),
                    str(self._listener.getsockname()[1]),
                ],
                env={
                    **os.environ,
                    "MICROPYPATH": f"{firmware()}{os.pathsep}.frozen",
                    "OSB_HOME": str(self.folder),
                    **self._env,
                },
                stdout=log,
                stderr=log,
            )

    def ended(self):
        """Wait until the box resets itself; its exit status."""
        self._stream.close()
        return self.process.wait(20)

    def ask(self, wish=None):
        """The state, or the answer to a wish."""
        self._stream.write(json.dumps(wish).encode() + b"\n")
        self._stream.flush()
        line = self._stream.readline()
        assert line, self.log
        parts = [json.loads(part) for part in line.split(b"\t")]
        return {key: value for part in parts for key, value in part.items()}

    def until(self, holds, seconds=30):
        """Ask for the state until `holds(state)`."""
        for _ in range(int(seconds * 20)):
            state = self.ask()
            if holds(state):
                return state
            time.sleep(0.05)
        raise AssertionError(f"{state}\n{self.log}")

    def cut(self):
        """Power off."""
        self.process.kill()
        self.process.wait()

    def close(self):
        self.cut()
        self._stream.close()
        self._listener.close()
