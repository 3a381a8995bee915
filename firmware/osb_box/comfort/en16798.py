"""Adaptive comfort of EN 16798-1:2019, B.2.2: what people find warm enough and not too warm where nobody cools.

Integers in mC, so that nothing is lost on a board. Imported when needed only.
"""

_ABOVE_BELOW_MK = ((2000, 3000), (3000, 4000), (4000, 5000))  # of categories I, II and III
_LEAST_MC, _MOST_MC = 10000, 30000  # running means for which the standard's line holds


def running_mean(before_mc, day_mc):
    """Running mean outdoor temperature after a day whose mean was `day_mc`, alpha 0.8; `before_mc` None at first."""
    return day_mc if before_mc is None else (4 * before_mc + day_mc + 2) // 5


def band(running_mc, category):
    """(lowest, highest) operative temperature of category 1..3; None where the standard says nothing."""
    if running_mc is None or not _LEAST_MC <= running_mc <= _MOST_MC:
        return None
    best = (33 * running_mc + 50) // 100 + 18800
    above, below = _ABOVE_BELOW_MK[category - 1]
    return best - below, best + above
