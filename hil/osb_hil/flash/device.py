"""A board at a serial port, through `mpremote`: run code on it, put files on it, restart it."""

import base64
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from osb_hil.flash import FlashError, trouble

_RUN_S = 120
_AGAIN_S = 0.5
_PIECE = 3072  # bytes written at a time: mpremote's own copying takes 256, each as long as its text with escapes
_CALL = 60000  # characters of code in one call of mpremote
PART = "osb.part"  # what is being written, until it is whole
_HASHES = """
import os, json, hashlib, binascii
def sha(p):
    d = hashlib.sha256()
    b = bytearray(1024)
    with open(p, "rb") as f:
        while True:
            n = f.readinto(b)
            if not n:
                return binascii.hexlify(d.digest()).decode()
            d.update(memoryview(b)[:n])
def walk(p):
    for e in os.ilistdir(p or "."):
        q = p + "/" + e[0] if p else e[0]
        if e[1] & 0x4000:
            if p or e[0] in FOLDERS:
                walk(q)
        elif p or e[0] in FILES:
            print(json.dumps([q, sha(q), os.stat(q)[6]]))
walk("")
"""
_REMOVE = """
import os
for p in {paths!r}:
    os.remove(p)
for p in {folders!r}:
    try:
        os.rmdir(p)
    except OSError:
        pass  # there is something else in it
"""
_MKDIRS = """
import os
for p in {folders!r}:
    try:
        os.mkdir(p)
    except OSError:
        pass
"""


class Held(NamedTuple):
    """A file on the board."""

    sha256: str
    size: int


class Device:
    """The board at `port`, which runs MicroPython. Every failure is a FlashError with what to do next."""

    def __init__(self, port: str):
        self.port = port

    def run(self, code: str) -> str:
        """What `code` prints there."""
        return self._mpremote("exec", code)

    def ask(self, expression: str) -> Any:
        """The value of a MicroPython expression, by way of JSON."""
        return self._told(self.run(f"import json, sys, os, gc\nprint(json.dumps({expression}))"))

    def held(self, folders: set[str], files: set[str]) -> dict[str, Held]:
        """What is there of these files at the top and of everything in these folders, by path."""
        code = f"FOLDERS = {folders!r}\nFILES = {files!r}\n{_HASHES}"
        lines = [self._told(line) for line in self.run(code).splitlines() if line]
        return {path: Held(sha256, size) for path, sha256, size in lines}

    def put(self, files: dict[str, Path]) -> None:
        """Write {path there: file here}. One that is interrupted leaves the old one as it was, and PART."""
        folders = sorted({str(parent) for path in files for parent in Path(path).parents if str(parent) != "."})
        if folders:
            self.run(_MKDIRS.format(folders=folders))
        commands: list[str] = []
        for path, here in sorted(files.items()):
            content = here.read_bytes()
            codes = [f"from binascii import a2b_base64 as a\nf = open({PART!r}, 'wb')\nw = f.write"]
            for at in range(0, len(content), _PIECE):
                codes.append(f"w(a('{base64.b64encode(content[at : at + _PIECE]).decode()}'))")
            for code in [*codes, f"f.close()\nimport os\nos.rename({PART!r}, {path!r})"]:
                if sum(map(len, commands)) + len(code) > _CALL:
                    self._mpremote(*commands)
                    commands.clear()
                commands += [*(["+"] if commands else []), "exec", code]
        if commands:
            self._mpremote(*commands)

    def remove(self, paths: list[str]) -> None:
        """Remove files, and folders in which nothing is left."""
        if paths:
            folders = {str(parent) for path in paths for parent in Path(path).parents if str(parent) != "."}
            self.run(_REMOVE.format(paths=paths, folders=sorted(folders, key=len, reverse=True)))

    @contextlib.contextmanager
    def paused(self, within_s: float = 0) -> Iterator[None]:
        """What runs there is stopped, and the board restarted at the end, however that comes."""
        self.stop(within_s)
        try:
            yield
        except BaseException:
            with contextlib.suppress(FlashError):  # one that is out of reach: what is wrong is being told
                self.restart()
            raise
        self.restart()

    def stop(self, within_s: float = 0) -> None:
        """End what runs there and forget it, without starting it again: what is run now has the board to itself.

        A board that is just starting is tried again for so long: its port may go away once more.
        """
        end = time.monotonic() + within_s
        while True:
            try:
                self._mpremote("soft-reset", resume=False)
                return
            except FlashError:
                if time.monotonic() >= end:
                    raise
            time.sleep(_AGAIN_S)

    def restart(self) -> None:
        """Restart it: what is there now starts."""
        self._mpremote("reset", resume=False)

    def _told(self, answer: str) -> Any:
        try:
            return json.loads(answer)
        except ValueError:
            raise FlashError(f"{trouble.TORN.format(port=self.port)} (The board: {answer.strip()[:80]!r})") from None

    def _mpremote(self, *arguments: str, resume: bool = True, wait_s: int | None = None) -> str:
        command = [sys.executable, "-m", "mpremote", "connect", self.port, *(["resume"] if resume else []), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=wait_s or _RUN_S, check=False)
        except subprocess.TimeoutExpired:
            raise FlashError(trouble.SILENT.format(port=self.port)) from None
        if done.returncode:
            raise FlashError(trouble.mpremote(self.port, done.stdout + done.stderr))
        return done.stdout
