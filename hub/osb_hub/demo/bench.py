"""The neighbourhood as a child process: `python -m osb_hil`, which tells in JSON lines how it goes."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from osb_hub.errors import InputError

_STOP_S = 15.0  # for the bench to switch its boxes off, before it is killed with them
_NOT_UNDERSTOOD = 2


class BenchFailed(Exception):
    """The neighbourhood did not live to the end of the day; the message says why."""


class Bench:
    """`async with Bench(...) as bench: async for event in bench.events():`; nothing of it outlives the block."""

    def __init__(self, arguments: list[str], log: Path) -> None:
        self._arguments, self._log = arguments, log

    async def __aenter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "osb_hil",
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # a Ctrl-C reaches it through us, in order, and all of it ends with it
            )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            try:
                await asyncio.wait_for(asyncio.shield(self._process.wait()), _STOP_S)
            except (TimeoutError, asyncio.CancelledError):
                self._kill()
        self._kill()
        await self._process.wait()

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """What it tells, until it ends. BenchFailed if it ends badly, InputError if it did not accept its arguments."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            yield json.loads(line)
        status = await self._process.wait()
        if status == _NOT_UNDERSTOOD:
            raise InputError(self._last_words().removeprefix("osb_hil: "))
        if status:
            raise BenchFailed(f"The neighbourhood stopped ({status}): {self._last_words()}")

    def _kill(self) -> None:
        """Whatever is left of its process group."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"nothing is in {self._log}"
