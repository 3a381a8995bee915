"""Job: make a plan, keep it, tell the boxes, hear what they say to it."""

import asyncio
import dataclasses
import logging

from osb_hub.clock import Clock
from osb_hub.control import events, plans, replies
from osb_hub.dispatch.limits import REBOUND_S
from osb_hub.dispatch.planner import PlanResult, plan
from osb_hub.ingest.session import Session
from osb_hub.jobs.gather import Gathered, gather
from osb_hub.jobs.replan import Correction
from osb_hub.registry.boxes import boxes
from osb_hub.settings import Settings
from osb_hub.store import market
from osb_hub.store.database import Database
from osb_hub.store.readings import slot_of

log = logging.getLogger(__name__)


class Planning:
    """Plans, one after the other."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, session: Session) -> None:
        self._settings, self._database, self._clock, self._session = settings, database, clock, session

    async def make(self, correction: Correction | None = None) -> None:
        """One plan for the slot that is running; nothing is planned while no box has been heard of."""
        made = await asyncio.to_thread(self._solve, correction)
        if made is None:
            return
        number, gathered, result = made
        log.info("plan %d: %s %s", number, result.status, result.sentence)
        await self._publish(number, gathered, result)
        await self._give_notice()

    def _solve(self, correction: Correction | None) -> tuple[int, Gathered, PlanResult] | None:
        now = self._clock.now()
        with self._database.read() as connection:
            gathered = gather(connection, self._settings, now, correction.first_limit_w if correction else None)
        if not gathered.problem.offers:
            return None
        result = solve(gathered)
        with self._database.write() as connection:
            reason = correction.reason if correction else "quarter-hourly plan"
            number = plans.keep(connection, gathered.problem, result, reason)
        return number, gathered, result

    async def _publish(self, number: int, gathered: Gathered, result: PlanResult) -> None:
        with self._database.read() as connection:
            made = plans.last(connection)
        assert made is not None
        sent = await asyncio.gather(
            *(
                self._session.publish(box, "plan", plans.message(made, result.power_w.get(box, {})))
                for box in gathered.dispatched
            )
        )
        asked = {box for box, ok in zip(gathered.dispatched, sent, strict=True) if ok}

        def all_answered() -> bool:
            with self._database.read() as connection:
                return asked <= replies.answered(connection, number)

        if not await self._session.until(all_answered, self._clock.patience_s):
            with self._database.read() as connection:
                missing = asked - replies.answered(connection, number)
            log.warning("no reply to plan %d from %s", number, ", ".join(sorted(missing)))

    async def _give_notice(self) -> None:
        now = self._clock.now()
        with self._database.write() as connection:
            feeders = {box.id: box.feeder for box in boxes(connection) if box.reachable(now)}
            ahead = [limit for limit in market.limits(connection, slot_of(now) - REBOUND_S, now) if limit.end > now]
            notices = events.new_notices(connection, ahead, feeders, now)
        for box, notice in notices:
            if not await self._session.publish(box, "event", notice):
                with self._database.write() as connection:
                    events.forget(connection, notice["id"])


def solve(gathered: Gathered) -> PlanResult:
    """The plan for what was gathered, with what was missing said in its sentence."""
    result = plan(gathered.problem)
    return dataclasses.replace(result, sentence=" ".join([result.sentence, *gathered.notes]))
