"""Synthetic people with a temperature of their own, who press a button when they are cold or warm, and a small house.

They know nothing of the box: what they prefer at a time of the day is a table, and they act as people do: late, only
when it matters to them, only while awake and at home, in half degrees, and not always right.
"""

import random

# minutes of the local day, and what is preferred from then on [mC]; None: asleep or away, nobody feels anything
EARLY = (0, None), (310, 21500), (480, None), (1020, 20500), (1320, None)
NORMAL_WEEKEND = (0, None), (480, 20500), (1380, None)
OWL = (0, 21000), (75, None), (540, 20500), (1260, 21500)
COOL = (0, None), (390, 19500), (510, None), (1050, 19500), (1350, None)
LAZY_WEEKEND = (0, None), (540, 22000), (780, 20500), (1380, None)
PLAIN_WEEK = (0, None), (400, 20500), (500, None), (1020, 20500), (1350, None)

TYPES = {
    "early riser": (EARLY, NORMAL_WEEKEND),
    "night owl": (OWL, OWL),
    "likes it cool": (COOL, COOL),
    "weekend differs": (PLAIN_WEEK, LAZY_WEEKEND),
}
_FEELS_MK = 600
_SAYS_MK = 200  # how far off what is asked for is from what is meant


class Occupant:
    def __init__(self, kind, seed):
        self.week, self.weekend = TYPES[kind]
        self.chance = random.Random(seed) if hasattr(random, "Random") else random
        if self.chance is random:
            random.seed(seed)
        self.asked = 0

    def prefers(self, minute, weekday):
        """mC at this minute of the local day, None while nothing is felt; Monday is weekday 0."""
        wish = None
        for begin, mc in self.weekend if weekday > 4 else self.week:
            if minute >= begin:
                wish = mc
        return wish

    def presses(self, minute, weekday, room_mc, overridden):
        """(mC, minutes) if the button is pressed in this quarter of an hour, else None."""
        wish = self.prefers(minute, weekday)
        if wish is None or overridden or abs(room_mc - wish) < _FEELS_MK or self.chance.random() > 0.6:
            return None
        self.asked += 1
        said = wish + self.chance.choice((-1, 0, 0, 1)) * _SAYS_MK
        return (said + 250) // 500 * 500, self.chance.choice((60, 120, 120, 180))


class House:
    """One mass and what its thermostat makes of a set-point; steps of a quarter of an hour."""

    def __init__(self, mc=20500):
        self.mc = mc

    def step(self, command, outdoor_mc):
        mode, w, setpoint = command
        if mode == "auto":
            w = max(0, min(2500, 1000 + (setpoint - self.mc) * 2))
        heat = 3.2 * w + 350
        self.mc += int((heat * 1000 - 170 * (self.mc - outdoor_mc)) / 4 / 6000)
        return w
