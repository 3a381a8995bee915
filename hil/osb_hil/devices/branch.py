"""What a meter sees on the branch it sits in."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Branch:
    """Power into the home [W] (negative: out of it) and both energy counters [Wh]."""

    power_w: float
    import_wh: float
    export_wh: float = 0.0


Measure = Callable[[], Branch]

VOLTS = 230.0
HERTZ = 50.0
