"""How far a schedule can be from the best one, relative to what dispatch is about."""

from dataclasses import dataclass
from math import inf

from osb_hub.dispatch.certificate.replayed import Replayed

LEAST_EUR = 1e-6  # less than a ten-thousandth of a cent is nothing


@dataclass(frozen=True)
class Gaps:
    """Shares of 1. Negative: the schedule breaks a hard band or a fuse, so that no bound holds for it."""

    gap: float
    gap_of_savings: float


def gaps(lower_bound_eur: float, schedule: Replayed, no_dispatch: Replayed, without_stores: Replayed) -> Gaps:
    """Both gaps between the lower bound and the schedule's objective, which has all penalties in it.

    `gap`: relative to |objective − objective without any stores|, what the stores cost or save: fixed load, PV and
    what reserve is paid for anyway are on both sides of it.
    `gap_of_savings`: relative to what dispatch saves, objective without dispatch − objective.
    Penalties (comfort, feeder limits, shortfalls) are left out of all objectives that a gap is relative to, so that
    a limit that nobody can keep makes no gap small. Relative to nothing (for the savings: or less) a gap is inf,
    unless the bounds meet.
    """
    missing = schedule.objective_eur - lower_bound_eur
    of_stores = abs(schedule.without_penalties_eur - without_stores.without_penalties_eur)
    saved = no_dispatch.without_penalties_eur - schedule.without_penalties_eur
    return Gaps(_relative(missing, of_stores), _relative(missing, saved))


def _relative(missing: float, to: float) -> float:
    if abs(missing) <= LEAST_EUR:
        return 0.0
    return missing / to if to > LEAST_EUR else inf
