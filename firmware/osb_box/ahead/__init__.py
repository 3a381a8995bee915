"""The box's own plan for the coming day: least cost on the household's tariff inside comfort, with a hub or without."""

from array import array


class Outlook:
    """What the box keeps between two plans of its own: prices, the month's peak, how well it has foreseen."""

    prices = None  # of the hub: {"start", "buy_eur_mwh", "sell_eur_mwh"}
    month = peak_w = 0  # the highest quarter of an hour of the month so far [W]
    slot = 0  # that the last plan was made in
    anew = True  # something has happened since
    peak_aim_w = 0  # what the guard of the peak holds in this slot; 0: nothing

    def __init__(self, roles):
        # mean absolute errors [1/16 W or Wh] by quarter of the local day, four a row, see accuracy.py
        rows = 3 + len(roles)
        self.errors, self.seen = array("I", [0] * 4 * rows), bytearray(4 * rows)
