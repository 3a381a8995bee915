"""How good a schedule surely is: a lower bound from multipliers, an upper bound from the schedule, the gap between.

None of it is shared with a solver, so that it cannot repeat a solver's mistake.
"""

from osb_hub.dispatch.certificate.gaps import Gaps, gaps
from osb_hub.dispatch.certificate.lower import lower_bound
from osb_hub.dispatch.certificate.replayed import Powers, Replayed, powers
from osb_hub.dispatch.certificate.upper import upper_bound, without_stores

__all__ = ["Gaps", "Powers", "Replayed", "gaps", "lower_bound", "powers", "upper_bound", "without_stores"]
