"""The box's own plan for the coming day: least cost on the household's tariff inside comfort, with a hub or without."""

from array import array

from micropython import const

_SLOTS = const(96)


def series(code):
    """An empty array with room for a day: it keeps its place as `kept[:] = ...` fills it.

    What is made anew each time comes to lie above all that is in memory for the making, and in the midst of free memory
    once that has gone.
    """
    kept = array(code, [0] * _SLOTS)
    kept[:] = array(code)
    return kept


class Outlook:
    """What the box keeps between two plans of its own: prices, the month's peak, how well it has foreseen."""

    plan = rows = None  # where a plan is put
    prices = None  # of the hub: {"start", "buy_eur_mwh", "sell_eur_mwh"}
    month = peak_w = 0  # the highest quarter of an hour of the month so far [W]
    slot = 0  # that the last plan was made in
    anew = True  # something has happened since
    peak_aim_w = 0  # what the guard of the peak holds in this slot; 0: nothing

    def __init__(self, roles):
        # mean absolute errors [1/16 W or Wh] by quarter of the local day, four a row, see accuracy.py
        rows = 3 + len(roles)
        self.errors, self.seen = array("I", [0] * 4 * rows), bytearray(4 * rows)

    def make_room(self, roles):
        """For the plans to come, each in the place of the last one."""
        planned = [role for role in roles if role != "pv"]
        self.rows = {name: series("h") for name in ["buy", "net"] + planned}  # of the plan
        self.rows["room_mc"], self.rows["how"] = series("H"), series("B")
        names = ("made", "start", "end", "expires", "buy", "net", "room_mc", "how", "cost_ct", "saved_ct")
        self.plan = dict.fromkeys(names)
        self.plan["powers"] = dict.fromkeys(planned)
