"""A real broker, and a box of nothing but outbox and link."""

import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from osb_hil.firmware import ROOT, micropython
from osb_hil.hub_end import free_port

HERE = Path(__file__).parent
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin")


class Broker:
    """Mosquitto on one port of this machine; it keeps nothing when it is killed."""

    def __init__(self, folder, more=""):
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n{more}")
        self._process = None

    def start(self):
        self._process = subprocess.Popen(
            [MOSQUITTO, "-c", str(self._config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("mosquitto does not listen")

    def kill(self):
        self._process.kill()
        self._process.wait()


class LinkedBox:
    """The VM running `link_alone.py`: a box of nothing but outbox and link, with a reading every `period_ms`."""

    def __init__(self, folder, port, *tls):
        self._folder, self._port, self._tls = folder, port, tls
        self._process = None
        (folder / "outbox").mkdir()

    def start(self, period_ms=100, bench=""):
        path = [str(ROOT / "firmware"), str(ROOT / "wire"), ".frozen"]
        command = [*micropython(), "-X", "heapsize=180k", HERE / "link_alone.py"]
        with (self._folder / "box.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, self._folder, str(self._port), str(period_ms), *self._tls],
                env={**os.environ, "MICROPYPATH": os.pathsep.join(path), "OSB_BENCH": bench},
                stdout=log,
                stderr=log,
            )

    def kill(self):
        if self._process:
            self._process.kill()
            self._process.wait()

    def descriptors(self):
        """How many files and connections its process has open."""
        folder = Path(f"/proc/{self._process.pid}/fd")
        if not folder.exists():
            pytest.skip("this system does not tell what a process has open")
        return len(list(folder.iterdir()))

    def status(self):
        """What the box tells of its link and outbox, as it was at the last reading."""
        for _ in range(50):
            try:
                return json.loads((self._folder / "link.json").read_text())
            except ValueError:  # it is being written
                time.sleep(0.02)
        raise RuntimeError("no status")
