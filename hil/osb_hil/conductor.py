"""The bench's clock: simulated time goes on only when everybody has finished the current step.

Line protocol over TCP, see docs/architecture.md: `hello <name>`, `t <unix>`, `done <unix>`, `busy`, `feed`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

HUB = "hub"
WATCHDOG_S = 8.0  # wall time without a feed after which the silicon resets a board (RP2040: 8.388 s at most)
PATIENCE_S = 120.0  # wall time for one step, whatever the machine


class BenchError(RuntimeError):
    """A step could not be finished: somebody is late, or out of order."""


@dataclass
class _Participant:
    writer: asyncio.StreamWriter
    done: int = 0  # the last step it has finished
    fed: float | None = None  # when its watchdog was last fed [s, loop time]; None before the first feed


class Conductor:
    """The bench server. `on_hung(name)` is called for a box whose watchdog has run out."""

    def __init__(self, on_hung: Callable[[str], None] = lambda name: None, patience_s: float = PATIENCE_S) -> None:
        self._on_hung, self._patience_s = on_hung, patience_s
        self._here: dict[str, _Participant] = {}
        self._expected: set[str] = set()
        self._ahead: dict[str, int] = {}  # clocks that are wrong, by how much [s]
        self._now = 0
        self._fault = ""
        self.address = ""  # `host:port`, once started
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._watchdog: asyncio.Task[None] | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen on a free port of this machine."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._watchdog = asyncio.create_task(self._watch())
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Hang up on everybody."""
        if self._watchdog:
            self._watchdog.cancel()
        if self._server:
            self._server.close()
        for conversation in self._conversations:
            conversation.cancel()
        await asyncio.gather(*self._conversations)

    def expect(self, name: str) -> None:
        """A participant has been switched on: steps wait for it, also while it starts or resets."""
        self._expected.add(name)

    def dismiss(self, name: str) -> None:
        """It has been switched off: nobody waits for it any longer."""
        self._expected.discard(name)
        self._changed.set()

    def set_clock(self, name: str, ahead_s: int) -> None:
        """From the next step on, the clock of a participant is wrong by so much; 0 sets it right."""
        self._ahead[name] = ahead_s

    def fail(self, sentence: str) -> None:
        """Whoever waits for a step is told that it will not come."""
        self._fault = sentence
        self._changed.set()

    async def met(self, name: str) -> None:
        """Wait until a participant is here, for as long as it takes."""
        while name not in self._here:
            self._changed.clear()
            await self._changed.wait()

    async def advance(self, t: int) -> None:
        """Let it be `t`: first for all boxes, then for the hub. BenchError names who has not finished."""
        self._now = t
        for name in self._here:
            if name != HUB:
                self._tell(name)
        when = datetime.fromtimestamp(t, UTC).strftime("finished %Y-%m-%d %H:%M:%S UTC")
        await self._until(lambda: sorted((self._expected | set(self._here)) - {HUB} - self._finished()), when)
        if HUB in self._here:
            self._tell(HUB)
            await self._until(lambda: sorted({HUB} & set(self._here) - self._finished()), when)
            await self.settled()

    async def settled(self) -> None:
        """Wait for boxes that were given something to do after they had finished: a plan, a wish of the household."""
        for _ in range(3):  # what has arrived is read first: `busy` was sent before whoever asked had its answer
            await asyncio.sleep(0)
        await self._until(lambda: sorted(set(self._here) - {HUB} - self._finished()), "come to rest")

    def _finished(self) -> set[str]:
        return {name for name, who in self._here.items() if who.done >= self._now + self._ahead.get(name, 0)}

    def _tell(self, name: str) -> None:
        self._here[name].writer.write(b"t %d\n" % (self._now + self._ahead.get(name, 0)))

    async def _until(self, late: Callable[[], list[str]], what: str) -> None:
        deadline = asyncio.get_running_loop().time() + self._patience_s
        while names := late():
            if self._fault:
                raise BenchError(self._fault)
            self._changed.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._changed.wait()
            except TimeoutError:
                verb = "has" if len(names) == 1 else "have"
                raise BenchError(f"{', '.join(names)} {verb} not {what} within {self._patience_s:g} s") from None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name, me, conversation = "", _Participant(writer), asyncio.current_task()
        assert conversation is not None
        self._conversations.add(conversation)
        try:
            while line := await reader.readline():
                word, _, rest = line.decode("ascii", "replace").strip().partition(" ")
                if word == "hello" and rest:
                    name = rest
                    self._here[name] = me
                    if self._now and name != HUB:
                        self._tell(name)  # it has started in the middle of a step
                elif word == "done" and rest.isdigit():
                    me.done = int(rest)
                elif word == "busy":
                    me.done = 0
                elif word == "feed":
                    me.fed = asyncio.get_running_loop().time()
                    continue
                self._changed.set()
        except (ConnectionError, asyncio.CancelledError):
            pass  # a box that was killed, or the bench that stops
        finally:
            self._conversations.discard(conversation)
            if self._here.get(name) is me:
                del self._here[name]
                self._changed.set()
            writer.close()

    async def _watch(self) -> None:
        """Call `on_hung` for each box that has not fed its watchdog for WATCHDOG_S."""
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while True:
            await asyncio.sleep(WATCHDOG_S / 16)
            now = loop.time()
            punctual = now - checked < WATCHDOG_S / 4  # else it is the bench that hung, and feeds lie unread
            checked = now
            for name, who in list(self._here.items()):
                if punctual and who.fed is not None and now - who.fed > WATCHDOG_S:
                    who.fed = None
                    self._on_hung(name)
