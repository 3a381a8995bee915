"""Job: say to boxes what holds for them: limits as heartbeats each minute, terms until they are answered."""

import asyncio
import logging

from osb_hub.control import home_limits, terms
from osb_hub.ingest.session import Session
from osb_hub.registry.boxes import boxes
from osb_hub.store.database import Database

log = logging.getLogger(__name__)
TERMS_S = 3600  # between two times that unanswered terms are sent


class Agreements:
    """Keeps what was said in mind only to be on time: everything else is in the store."""

    def __init__(self, database: Database, session: Session) -> None:
        self._database, self._session = database, session
        self._left: dict[str, int] = {}  # box → id of the limit that ended the heartbeats and was sent
        self._offered: dict[int, tuple[str, int]] = {}  # terms → state and time of the last sending

    async def beat(self, now: int, patience_s: float) -> None:
        """What is due at `now`, a full minute; a new limit is answered within `patience_s` wall seconds."""
        with self._database.read() as connection:
            limits = home_limits.current(connection)
            due = [known for known in terms.to_send(connection) if self._due(known, now)] if now else []
            online = {box.id for box in boxes(connection) if box.reachable(now)}
        sends = []
        for box, limit in limits.items():
            if limit.heartbeat_s is not None or self._left.get(box) != limit.id:
                sends.append(self._limit(box, limit, now))
        for known in due:
            if known.box in online:
                self._offered[known.id] = known.state, now
                sends.append(self._session.publish(known.box, "terms", known.message(now)))
        await asyncio.gather(*sends)
        asked = {box: limit.id for box, limit in limits.items() if box in online}
        if self._unanswered(asked) and not await self._session.until(lambda: not self._unanswered(asked), patience_s):
            log.warning("no answer to a limit from %s", ", ".join(self._unanswered(asked)))

    def _unanswered(self, asked: dict[str, int]) -> list[str]:
        with self._database.read() as connection:
            said = home_limits.in_force(connection)
        return sorted(box for box, number in asked.items() if box not in said or said[box].home_limit != number)

    async def greet(self, box: str, now: int) -> None:
        """A box has introduced itself: it hears at once what holds for it."""
        with self._database.read() as connection:
            limit = home_limits.current(connection).get(box)
            waiting = [known for known in terms.to_send(connection) if known.box == box]
        if limit is not None:
            await self._limit(box, limit, now)
        for known in waiting:
            await self._session.publish(box, "terms", known.message(now))

    def _due(self, known: terms.Terms, now: int) -> bool:
        state, t = self._offered.get(known.id, ("", 0))
        return state != known.state or now - t >= TERMS_S

    async def _limit(self, box: str, limit: home_limits.HomeLimit, now: int) -> bool:
        sent = await self._session.publish(box, "limit", limit.message(now))
        if sent and limit.heartbeat_s is None:
            self._left[box] = limit.id
        return sent
