"""What time it is for everything scheduled: real time, or the time of a bench that waits for everyone.

Both clocks hand out steps; what is due at a step is done before the next one is asked for. On the bench that is
the answer `done`, so a slow machine takes longer and never computes something else.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from typing import Protocol

from osb_hub.errors import InputError

STEP_S = 60


class Clock(Protocol):
    """Simulated or real Unix seconds UTC."""

    patience_s: float  # wall seconds to wait for what boxes send at the same moment

    def now(self) -> int:
        """Unix seconds; 0 while a bench has not said."""

    def steps(self) -> AsyncGenerator[int, None]:
        """Each moment at which something may be due."""


class RealClock:
    """Time of the machine; one step at each full minute."""

    patience_s = 10.0

    def now(self) -> int:
        return int(time.time())

    async def steps(self) -> AsyncGenerator[int, None]:
        """Full minutes, the current one first; those that passed while busy or asleep are left out."""
        while True:
            t = self.now() // STEP_S * STEP_S
            yield t
            await asyncio.sleep(max(0.0, t + STEP_S - time.time()))


class LockstepClock:
    """Time of a bench's conductor over TCP: `hello hub`, then `t <unix>` answered by `done <unix>`."""

    patience_s = 5.0

    def __init__(self, address: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._now = 0

    def now(self) -> int:
        return self._now

    async def steps(self) -> AsyncGenerator[int, None]:
        """The conductor's times, until it hangs up."""
        try:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        except OSError as error:
            raise InputError(f"bench {self._host}:{self._port} does not answer ({error.strerror}).") from error
        try:
            writer.write(b"hello hub\n")
            while line := await reader.readline():
                word, _, value = line.decode().strip().partition(" ")
                if word != "t":
                    continue
                self._now = int(value)
                yield self._now
                writer.write(f"done {value}\n".encode())
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
