"""A board at a serial port, through `mpremote`: run code on it, put files on it, restart it."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from osb_hil.flash import FlashError
from osb_hil.flash import port as ports

_RUN_S = 120
_PIECE = 3072  # bytes written at a time: mpremote's own copying takes 256, each as long as its text with escapes
_CALL = 60000  # characters of code in one call of mpremote
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
        return json.loads(self.run(f"import json, sys, os, gc\nprint(json.dumps({expression}))"))

    def held(self, folders: set[str], files: set[str]) -> dict[str, Held]:
        """What is there of these files at the top and of everything in these folders, by path."""
        code = f"FOLDERS = {folders!r}\nFILES = {files!r}\n{_HASHES}"
        lines = [json.loads(line) for line in self.run(code).splitlines() if line]
        return {path: Held(sha256, size) for path, sha256, size in lines}

    def put(self, files: dict[str, Path]) -> None:
        """Write {path there: file here}."""
        folders = sorted({str(parent) for path in files for parent in Path(path).parents if str(parent) != "."})
        if folders:
            self.run(_MKDIRS.format(folders=folders))
        commands: list[str] = []
        for path, here in sorted(files.items()):
            content = here.read_bytes()
            codes = [f"from binascii import a2b_base64 as a\nf = open({path!r}, 'wb')\nw = f.write"]
            for at in range(0, len(content), _PIECE):
                codes.append(f"w(a('{base64.b64encode(content[at : at + _PIECE]).decode()}'))")
            for code in [*codes, "f.close()"]:
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

    def stop(self) -> None:
        """End what runs there and forget it, without starting it again: what is run now has the board to itself."""
        self._mpremote("soft-reset", resume=False)

    def restart(self) -> None:
        """Restart it: what is there now starts."""
        self._mpremote("reset", resume=False)

    def _mpremote(self, *arguments: str, resume: bool = True, wait_s: int | None = None) -> str:
        command = [sys.executable, "-m", "mpremote", "connect", self.port, *(["resume"] if resume else []), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=wait_s or _RUN_S, check=False)
        except subprocess.TimeoutExpired:
            raise FlashError(_silent(self.port)) from None
        if done.returncode:
            raise FlashError(explain(self.port, done.stdout + done.stderr))
        return done.stdout


def _silent(port: str) -> str:
    return (
        f"The board at {port} does not answer. Unplug it, plug it in again, and repeat the command; if it stays "
        "silent, with --image and the file of MicroPython for this board."
    )


def explain(port: str, said: str) -> str:
    """What to do about what mpremote said."""
    if "Permission denied" in said or "EACCES" in said:
        return ports.forbidden(port)
    if "could not be opened" in said or "No such file" in said or "failed to access" in said:
        return ports.absent(port)
    if any(full in said for full in ("ENOSPC", "Errno 28", "OSError: 28", "No space left")):
        return (
            "The board's file system is full. Remove files of your own from it (mpremote fs ls), or erase it: "
            "repeat the command with --erase, which also forgets its settings."
        )
    if "could not enter raw repl" in said and "b''" in said:  # what has been heard until then
        return _silent(port)
    if "could not enter raw repl" in said:
        return (
            f"Something answers at {port}, but it is not MicroPython. Repeat the command with --image and the file "
            "of MicroPython for this board."
        )
    last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
    return f"mpremote failed at {port} ({last}). Unplug the board, plug it in again, and repeat the command."
