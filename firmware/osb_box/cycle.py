"""The one scheduled pipeline: sweep the buses, decide, act, record. Nothing else moves devices or records telemetry."""

import asyncio
import gc
import sys

from micropython import const

from osb_box import forget, loaded, rested, settled
from osb_box.clock import next_multiple, slot_start

_MAX_ROWS = const(64)  # of one telemetry message


def stays_home(name):
    """Temperatures and what they tell of habits do not leave the home, nor do its single phases and its peak."""
    return name.startswith(("room.", "outdoor.")) or name in ("tank.temp", "grid.peak") or name[-3:-1] == "_l"


def _saving(path, kept, saved):
    """Generator of osb_boot.atomic, which is loaded for it."""
    try:
        atomic = yield from loaded("osb_boot.", "atomic")
        return (yield from atomic.saving(path, kept, saved))
    finally:
        atomic = None
        forget("osb_boot.atomic")


class Cycle:
    """`link` is the hub session, or None for a box that works alone; `news` is called after each pass; `history` has a
    recorder's `look`, or is None; `buses` are those of the configuration by name; `scan`, `self_test` and `networks`
    are what an installer asked for last.
    """

    news = history = scan = self_test = networks = None
    thinking = 0  # so much is being learned, offered, heard or kept: a page beside it would not fit into memory
    buses = {}
    ledger_path = None  # of the file of what was agreed with others
    passes = 0  # for those who look whether something has happened
    busy = False  # a pass is under way

    def __init__(self, clock, points, devices, controller, outbox, state_path, identity, poll_s):
        self.link = None
        self.errors = {}  # stage -> what went wrong in the last pass
        self.updates = None  # who looks for newer versions, if the configuration asks for it
        self.clock = clock
        self.points = points
        self.devices = devices
        self.controller = controller
        self.outbox = outbox
        self.identity = identity  # what the hub is told of the box, as it was configured
        self._state_path = state_path
        self._saved = None
        self.poll_s = poll_s
        self._lock = asyncio.Lock()  # of decisions and what is kept of them
        self._mind = asyncio.Lock()  # of what is learned, offered or heard, one after the other
        self._kicked = self._unsaved = False
        self._slot = self._offered_slot = self._kept_slot = 0
        self._offer_id = 0

    async def run(self, pulse):
        """A pass at each multiple of poll_s."""
        now = self.clock.now() - 1
        while True:
            await pulse.sleep_until(next_multiple(now + 1, self.poll_s))
            before, now = now, self.clock.now()
            if now < before:
                self.points.set_back(before + self.poll_s - now)
            self.busy = True
            await self._stage("sweep", self.devices.sweep(now, pulse.beat))
            pulse.beat()
            await self._stage("control", self._control_now())
            await asyncio.sleep_ms(0)
            await self._stage("offer", self._offering(now))  # the hub has it before the readings that end a slot
            await self._stage("report", self._report(now))
            if self.history:
                await self._stage("history", self.history.look(now, self.points))
            self.busy = False
            self.passes += 1
            if self.news:
                self.news()
            await asyncio.sleep_ms(0)
            gc.collect()
            settled()  # the first pass has met all devices
            await asyncio.sleep_ms(0)
            await self._stage("learn", self._learn())
            await self._stage("ahead", self._ahead(now, pulse))

    def kick(self, keep=False):
        """Decide and act at once: the household or the hub has said something. Lockstep time waits until it is done. A
        sweep that waits for a silent device is not waited for.

        `keep`: what was said must outlive a power cut, and be in a backup made next.
        """
        self._unsaved = self._unsaved or keep
        if not self._kicked:
            asyncio.create_task(self._pass_between())
            self._kicked = True
        self.clock.hold("kick")

    async def _pass_between(self):
        await self._stage("control", self._control_now(True))
        if self._unsaved:
            async with self._lock:
                await self._stage("state", self._keep())
        self.passes += 1
        if not self._kicked:
            self.clock.release("kick")

    async def offer(self, now):
        """The wire message of what the home can shift from now on, in parts (pieces.py); None before the first pass, or
        without anything.
        """
        try:
            return await self._new_offer(now)
        except Exception as e:  # the link must outlive a fault in what it carries
            self._failed("offer", e)
            return None

    async def _new_offer(self, now):
        if not self._slot:
            return None
        async with self._mind:  # two at once would not fit
            gc.collect()  # an offer is the largest thing a box ever holds
            await asyncio.sleep_ms(0)
            return await self._think(self._offer_pieces(now))

    def _offer_pieces(self, now):
        self._offer_id = max(self._offer_id + 1, now // 60)
        self._offered_slot = slot_start(now)
        offer = yield from self.controller.offering(now, self.points, self._offer_id)
        pieces = yield from loaded("osb_box.", "pieces")
        forget("osb_box.pieces")
        return offer and (yield from pieces.parts(offer))

    async def hear(self, kind, message):
        """Act on a checked message of the hub; the reply to a plan. An offer or what is being learned is of one moment:
        it is finished before.
        """
        async with self._mind:
            try:
                answer = await self._think(self.controller.hear(kind, message, self.clock.now(), self.points))
                if kind not in ("prices", "weather"):  # which the next plan of its own looks at
                    self.kick()
                return answer
            except Exception as e:
                self._failed(kind, e)

    async def _control_now(self, kicked=False):
        """Decisions are carried out one after the other, each of its own time."""
        async with self._lock:
            if kicked:
                self._kicked = False  # whoever kicks from now on wants another pass
            await self._control(self.clock.now())

    async def _control(self, now):
        try:
            if self.controller.attends(now):
                await self._think(loaded("osb_box.plan.", "contract", "attend"))
        except MemoryError:
            pass  # the home is looked after all the same
        try:
            commands = self.controller.step(now, self.points)
            held = await self.devices.apply(commands, now, self.controller.urgent)
            self.controller.loose = "heat_pump" not in held
        finally:
            if self.controller.has_news():
                messages = await self._think(self.controller.messages())
                try:
                    if self.controller.unsaved and self.ledger_path:
                        await self._think(self._keeping_agreed())
                finally:  # what was agreed is on flash before the hub hears of it, if it can be
                    for kind, message in messages:
                        if self.link:
                            self.link.reply(message, kind)

    async def _learn(self):
        """What the slot that has ended teaches, and then to flash with it."""
        async with self._mind:
            await self._think(self.controller.learning(self.points))
        if self._kept_slot != self._slot:
            self._kept_slot = self._slot
            async with self._lock:
                await self._stage("state", self._keep())
            await asyncio.sleep_ms(0)
            gc.collect()  # now, and not in the midst of the next sweep

    async def _offering(self, now):
        """Once a slot, what the home can shift; without the memory for it, the next slot tries again."""
        self._slot = slot_start(now)
        if self.link and self.link.connected and self._offered_slot != self._slot:
            offer = await self._new_offer(now)
            if offer:
                self.link.offer(offer)

    async def _ahead(self, now, pulse):
        """The box's own plan."""
        await asyncio.sleep_ms(0)
        work = self.controller.ahead(now, self.points)
        if work:
            for _ in work:
                pulse.beat()
                await asyncio.sleep_ms(0)
            work = None
            gc.collect()
            await asyncio.sleep_ms(0)
            await self._control_now()

    async def _think(self, slices):
        """Between slices everything else has its turn that needs little memory."""
        self.thinking += 1
        try:
            return await rested(slices)
        finally:
            self.thinking -= 1

    async def _report(self, now):
        rows = []
        for name in self.points.names():
            if not stays_home(name):
                rows.append(self.points.row(name, now))
        if rows:
            await asyncio.sleep_ms(0)
            try:
                self.outbox.append(now, rows[:_MAX_ROWS])
            finally:  # what the flash refuses can still be sent
                if self.link:
                    self.link.telemetry_ready()

    async def _keep(self):
        """Settings and what was learned, to flash."""
        self._unsaved = False
        await self._think(self._keeping())

    def _keeping_agreed(self):
        """What was agreed with others, to flash."""
        kept = yield from self.controller.kept()
        self.controller.unsaved = False  # what changes from here on is kept by the next pass
        try:
            yield from _saving(self.ledger_path, kept, None)
        except Exception:
            self.controller.unsaved = True
            raise

    def _keeping(self):
        yield
        gc.collect()
        yield
        kept = yield from self.controller.snapshot()
        yield
        self._saved = yield from _saving(self._state_path, kept, self._saved)

    async def _stage(self, name, work):
        """One stage of a pass; its failure is recorded and leaves the other stages alone."""
        try:
            await work
            self.errors.pop(name, None)
        except Exception as e:
            self._failed(name, e)

    def _failed(self, name, error):
        sys.print_exception(error)
        self.errors[name] = "%s: %s" % (type(error).__name__, error)
