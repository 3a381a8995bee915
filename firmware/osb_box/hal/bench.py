"""Lockstep with the bench: time stands still while anybody here holds it. The protocol is in docs/architecture.md."""

import asyncio
import sys


class Lockstep:
    """A clock that the bench moves, and the bench's watchdog."""

    known = True

    def __init__(self):
        self._now = 0
        self._answered = -1  # the time that the bench was told to be done with
        self._holders = set()
        self._sleepers = []  # [due, name, event]
        self._stream = None

    async def connect(self, host, port, box_id):
        """Join the bench and wait for the first time it sends."""
        self._stream = (await asyncio.open_connection(host, port))[0]
        self._stream.write(b"hello %s\n" % box_id.encode())
        await self._stream.drain()
        self.hold("boot")  # released by the application once its tasks hold the clock themselves
        await self._receive()
        self._task = asyncio.create_task(self._follow())

    def now(self):
        """Unix seconds UTC, as the bench said last."""
        return self._now

    async def sleep_until(self, t, name):
        """Let time pass until `t`: `name` holds the clock again from the moment that time has come."""
        if t <= self._now:
            await asyncio.sleep_ms(0)
            return
        sleeper = (t, name, asyncio.Event())
        self._sleepers.append(sleeper)
        self.release(name)
        try:
            await sleeper[2].wait()
        finally:
            if sleeper in self._sleepers:  # cancelled
                self._sleepers.remove(sleeper)

    def hold(self, name):
        """Time stands still until `name` releases it."""
        if self._answered == self._now:
            self._answered = -1
            self._stream.write(b"busy\n")
        self._holders.add(name)

    def release(self, name):
        """`name` has nothing more to do at this time."""
        self._holders.discard(name)
        self._answer()

    def feed(self):
        """Tell the silicon that this box is alive."""
        self._stream.write(b"feed\n")

    def _answer(self):
        if not self._holders and self._answered != self._now:
            self._answered = self._now
            self._stream.write(b"done %d\n" % self._now)

    async def _receive(self):
        line = await self._stream.readline()
        if not line.startswith(b"t "):
            raise OSError("the bench has gone" if not line else "the bench said " + repr(line))
        self._now = int(line[2:])
        for sleeper in [s for s in self._sleepers if s[0] <= self._now]:
            self._sleepers.remove(sleeper)
            self._holders.add(sleeper[1])
            sleeper[2].set()

    async def _follow(self):
        try:
            while True:
                await self._receive()
                self._answer()
        except OSError as e:
            print("lockstep:", e)
            sys.exit(0)
