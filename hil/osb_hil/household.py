"""What the people of a home tell their box, through its local API."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from osb_hil.box import Box, BoxError, RefusedError
from osb_hil.home.flows import NO_CAR
from osb_hil.home.home import Home
from osb_hil.home.local_time import at


class Household:
    """Says, when it comes home with the car, how far it goes next and by when; again until the box has heard it."""

    def __init__(self, home: Home, zone: ZoneInfo) -> None:
        self.name = home.spec.id
        self._home, self._zone = home, zone
        self._away = False
        self._untold = False

    async def act(self, t: int, box: Box) -> None:
        """Once a step, after the box has seen it. RefusedError where the box does not want to know."""
        ev = self._home.spec.ev
        if ev is None:
            return
        away = self._home.flows.ev_state == NO_CAR
        self._untold = not away and (self._untold or self._away)
        self._away = away
        if self._untold:
            try:
                await box.post("/api/car", {"km": round(ev.km), "by": self._departure(t, ev.departure)})
                self._untold = False
            except RefusedError:
                raise
            except BoxError:
                pass  # the box is off; they try again

    def _departure(self, t: int, minutes: int) -> int:
        """The next time the clock shows `minutes` after midnight."""
        today: date = datetime.fromtimestamp(t, self._zone).date()
        leave = at(today, minutes, self._zone)
        return leave if leave > t else at(today + timedelta(days=1), minutes, self._zone)
