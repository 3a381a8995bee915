"""One measured run: fleet file in, certified schedule file out."""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from osb_hub.dispatch.bench.columns import columns
from osb_hub.dispatch.dispatch import dispatch
from osb_hub.dispatch.files import read_fleet, read_market, write_schedule
from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import Market
from osb_hub.dispatch.result import Progress, Result


@dataclass(frozen=True)
class Figures:
    """What a run took and what it found. `total_s` is the wall time from the fleet file to the schedule file."""

    homes: int
    stores: int
    columns: int  # of the whole LP
    compile_s: float
    read_s: float
    build_s: float
    solve_s: float
    certify_s: float
    write_s: float
    total_s: float
    cpu_s: float  # of all threads
    peak_rss_mb: float  # of the whole process
    iterations: int
    objective: float  # EUR
    lower_bound: float
    gap: float
    gap_of_savings: float
    no_dispatch_objective: float
    solver: str
    status: str


def run(
    fleet_file: Path,
    market_file: Path,
    schedule_file: Path,
    solver: str = "auto",
    gap: float = 1e-3,
    time_limit_s: float = 3600.0,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[Figures, Fleet, Market, Result]:
    """Read, dispatch, write; what that took, and what it was about.

    Raises InputError where a file cannot be used. Run it in a process that has done little else: the peak of memory
    is the process's own.
    """
    cpu, began = time.process_time(), time.perf_counter()
    fleet = read_fleet(fleet_file)
    market = read_market(market_file, fleet.slots)
    read = time.perf_counter()
    result = dispatch(fleet, market, solver=solver, gap=gap, time_limit_s=time_limit_s, progress=progress)
    dispatched = time.perf_counter()
    write_schedule(schedule_file, result.schedule, result.multipliers)
    written = time.perf_counter()
    figures = Figures(
        homes=fleet.homes,
        stores=fleet.stores,
        columns=columns(fleet, market),
        compile_s=result.seconds.get("compile", 0.0),
        read_s=read - began,
        build_s=result.seconds.get("build", 0.0),
        solve_s=result.seconds.get("solve", 0.0),
        certify_s=result.seconds.get("certify", 0.0),
        write_s=written - dispatched,
        total_s=written - began,
        cpu_s=time.process_time() - cpu,
        peak_rss_mb=peak_rss_mb(),
        iterations=result.iterations,
        objective=result.objective_eur,
        lower_bound=result.lower_bound_eur,
        gap=result.gap,
        gap_of_savings=result.gap_of_savings,
        no_dispatch_objective=result.no_dispatch_objective_eur,
        solver=result.solver,
        status=result.status,
    )
    return figures, fleet, market, result


def peak_rss_mb() -> float:
    """The most memory that this process has had so far [MB]."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / (1e6 if sys.platform == "darwin" else 1e3)  # bytes on macOS, kB elsewhere
