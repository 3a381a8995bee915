"""Feeder limits over the slots of a plan, from the windows that were announced."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from osb_hub.dispatch.fleet import Floats
from osb_wire import SLOT_S

REBOUND_S = 2 * 3600  # a limit holds this much longer, or what was held back would come as the next peak


@dataclass(frozen=True)
class Window:
    """A feeder may import at most `import_max_w` from `start` until `end` [Unix s]."""

    feeder: str
    start: int
    end: int
    import_max_w: float


def limits(windows: Iterable[Window], start: int, slots: int) -> dict[str, Floats]:
    """Feeder → W per slot from `start`; inf where there is no limit. Of several windows the tightest counts.

    A slot that a window only touches is limited whole. Every window is prolonged by REBOUND_S.
    """
    begins = start + SLOT_S * np.arange(slots)
    result: dict[str, Floats] = {}
    for window in windows:
        series = result.setdefault(window.feeder, np.full(slots, np.inf))
        inside = (begins + SLOT_S > window.start) & (begins < window.end + REBOUND_S)
        series[inside] = np.minimum(series[inside], window.import_max_w)
    return result
