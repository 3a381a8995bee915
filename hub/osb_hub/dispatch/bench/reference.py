"""The same fleet through HiGHS, whole: what the dispatch is compared with, in the same run."""

import time
from dataclasses import dataclass

from scipy.optimize import linprog

from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import Market
from osb_hub.dispatch.referee import whole_lp

_STATUS = {0: "optimal", 1: "time limit", 2: "infeasible", 3: "unbounded", 4: "numerical trouble"}


@dataclass(frozen=True)
class Reference:
    """One method's attempt. There is an objective only where it is optimal: at a time limit HiGHS returns anything."""

    method: str
    seconds: float  # build and solve
    status: str
    objective: float | None  # EUR


def reference(fleet: Fleet, market: Market, gap: float, time_limit_s: float) -> tuple[Reference, ...]:
    """Simplex, interior point, and interior point that may stop at `gap` (HiGHS goes on to a vertex in any case)."""
    began = time.perf_counter()
    cost, at_most, most, equal, right, bounds = whole_lp(fleet, market)
    build_s = time.perf_counter() - began
    ways: tuple[tuple[str, str, dict[str, float]], ...] = (
        ("highs-ds", "highs-ds", {}),
        ("highs-ipm", "highs-ipm", {}),
        (f"highs-ipm, tolerance {gap:g}", "highs-ipm", {"ipm_optimality_tolerance": gap}),
    )
    found = []
    for name, method, options in ways:
        began = time.perf_counter()
        result = linprog(
            cost, at_most, most, equal, right, bounds, method=method, options={"time_limit": time_limit_s, **options}
        )
        seconds = build_s + time.perf_counter() - began
        status = _STATUS.get(result.status, f"status {result.status}")
        found.append(Reference(name, seconds, status, float(result.fun) if status == "optimal" else None))
    return tuple(found)
