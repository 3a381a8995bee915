"""Composition root of the hub: settings → store → ingest → clock → jobs."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from osb_hub.clock import Clock, LockstepClock, RealClock
from osb_hub.control import plans
from osb_hub.control.plans import Plan
from osb_hub.ending import together
from osb_hub.ingest.session import Session
from osb_hub.jobs import intervals, replan, retail, weather
from osb_hub.jobs.agreements import Agreements
from osb_hub.jobs.delivery import LiveDelivery, delivery
from osb_hub.jobs.planning import Planning
from osb_hub.prices.series import PriceSeries
from osb_hub.registry.boxes import Box, boxes, offers
from osb_hub.settings import Settings
from osb_hub.store import market
from osb_hub.store.database import Database
from osb_hub.store.readings import slot_of
from osb_wire import SLOT_S

log = logging.getLogger(__name__)
CHECK_S = 180  # within a slot, how often a feeder under a limit is looked at
WEATHER_S = 3600
PRICES_S = 2 * 86400  # a box is told no more


@dataclass(frozen=True)
class Progress:
    """What the hub knows after the jobs of a slot."""

    slot: int
    plan: Plan | None
    delivery: LiveDelivery
    boxes: list[Box]


class Service:
    """A running hub, and what its operator can tell it."""

    def __init__(self, settings: Settings, progress: Callable[[Progress], None] | None = None) -> None:
        self._settings, self._progress = settings, progress
        self.database = Database(settings.database)
        self.clock: Clock = LockstepClock(settings.bench) if settings.bench else RealClock()
        self.session = Session(settings, self.database, self.clock, self._greet)
        self._agreements = Agreements(self.database, self.session)
        self._planning = Planning(settings, self.database, self.clock, self.session)
        self._slot = self._check = 0
        self._told_prices: dict[str, tuple[int, list[int]]] = {}  # box → end and buying prices, as last sent
        if settings.weather is not None:
            with self.database.write() as connection:
                market.add_weather(connection, weather.read(settings.weather))

    def announce_limit(self, feeder: str, start: int, end: int, import_max_w: int, reason: str) -> None:
        """The grid operator limits a feeder from now on known."""
        with self.database.write() as connection:
            market.add_limit(connection, feeder, start, end, import_max_w, self.clock.now(), reason)

    def load_prices(self, series: PriceSeries, announced: int | None = None) -> None:
        """Spot prices known from `announced` on (default: now)."""
        with self.database.write() as connection:
            known_from = self.clock.now() if announced is None else announced
            market.add_prices(connection, series.by_slot(), known_from)

    async def run(self, at: "Actions" = ()) -> None:
        """Until the bench hangs up, or cancelled. `at`: operator actions at their times, before the jobs of it."""
        jobs = [self.session.run(), self._steps(sorted(at, key=lambda action: action[0]))]
        if not self._settings.bench:
            jobs.append(self._beats())
        try:
            await together(*jobs)
        finally:
            self.database.close()

    async def _beats(self) -> None:
        """A heartbeat is on time whatever a plan takes to be made; a bench waits for both."""
        async with contextlib.aclosing(RealClock().steps()) as times:
            async for t in times:
                await self._agreements.beat(t, self.clock.patience_s)

    async def _steps(self, actions: "list[Action]") -> None:
        with contextlib.suppress(TimeoutError):
            # heard from the first moment on; a broker that is down must not stop the rest
            await asyncio.wait_for(self.session.connected.wait(), self.clock.patience_s)
        async with contextlib.aclosing(self.clock.steps()) as times:
            async for t in times:
                while actions and actions[0][0] <= t:
                    await actions.pop(0)[1](self)
                if self._settings.bench:
                    await self._agreements.beat(t, self.clock.patience_s)
                await self._step(t)

    async def _step(self, t: int) -> None:
        slot = slot_of(t)
        check = (t - slot) // CHECK_S
        if slot > self._slot:
            self._slot, self._check = slot, check
            await self._start_slot(slot, t)
        elif check > self._check:
            self._check = check
            correction = self._correction(t)
            if correction is not None:
                await self._planning.make(correction)

    async def _start_slot(self, slot: int, t: int) -> None:
        await self.session.until(lambda: self._everyone_told(slot), self.clock.patience_s)
        await asyncio.to_thread(intervals.update_all, self.database, self.clock.now())
        await self._planning.make(self._correction(t))
        with self.database.read() as connection:
            reachable = [box.id for box in boxes(connection) if box.reachable(self.clock.now())]
        prices = self._prices(slot)
        for box in reachable:
            await self._send_prices(box, prices)
            if slot % WEATHER_S == 0:
                await self._send_weather(box, slot)
        if self._progress is not None:
            with self.database.read() as connection:
                last, live = plans.last(connection), delivery(connection, self.clock.now())
                self._progress(Progress(slot, last, live, boxes(connection)))

    def _correction(self, t: int) -> replan.Correction | None:
        """What a plan in the middle of a slot has to make good; a hub that starts anew there may need it too."""
        with self.database.read() as connection:
            return replan.needed(connection, t)

    def _everyone_told(self, slot: int) -> bool:
        """Whether every reachable box has measured up to the slot and offered for it."""
        with self.database.read() as connection:
            made = offers(connection)
            return all(
                (box.telemetry_t or 0) >= slot and box.id in made and made[box.id].start + SLOT_S > slot
                for box in boxes(connection)
                if box.reachable(self.clock.now())
            )

    async def _greet(self, box: str, now: int) -> None:
        """What holds for a box that has introduced itself, and what it needs for plans of its own."""
        await self._agreements.greet(box, max(now, self.clock.now()))
        self._told_prices.pop(box, None)
        await self._send_weather(box, now)
        await self._send_prices(box, self._prices(now))

    def _prices(self, now: int) -> dict[str, Any] | None:
        slot = slot_of(now)
        with self.database.read() as connection:
            known = market.prices(connection, slot, slot + PRICES_S, now)
        return retail.message(known, self._settings.tariff, slot, now)

    async def _send_prices(self, box: str, message: dict[str, Any] | None) -> None:
        """If they are others than it knows."""
        if message is None:
            return
        end, buy = message["start"] + message["slots"] * SLOT_S, message["buy_eur_mwh"]
        told_end, told = self._told_prices.get(box, (0, []))
        if told_end != end or told[-len(buy) :] != buy:
            if await self.session.publish(box, "prices", message):
                self._told_prices[box] = (end, buy)

    async def _send_weather(self, box: str, now: int) -> None:
        with self.database.read() as connection:
            known = market.weather_from(connection, slot_of(now), self._settings.horizon)
        message = weather.message(known, now)
        if message is not None:
            await self.session.publish(box, "weather", message)


Action: TypeAlias = tuple[int, Callable[[Service], Awaitable[None]]]
Actions: TypeAlias = Sequence[Action]


async def run(settings: Settings, *, at: Actions = (), progress: Callable[[Progress], None] | None = None) -> None:
    """Run a hub until its bench hangs up, or until cancelled."""
    await Service(settings, progress).run(at)
