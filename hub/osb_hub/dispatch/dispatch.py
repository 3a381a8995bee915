"""The one door to dispatch: a fleet and a market in, a schedule with a certified gap out."""

import os
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from osb_hub.dispatch.certificate import Gaps, Replayed, gaps, lower_bound, upper_bound, without_stores
from osb_hub.dispatch.fleet import Fleet
from osb_hub.dispatch.market import Market, no_market
from osb_hub.dispatch.model import Previous
from osb_hub.dispatch.referee import referee
from osb_hub.dispatch.result import Progress, Raw, Result, Violation, tell
from osb_hub.dispatch.schedule import Schedule, exclusive, hold
from osb_hub.dispatch.structured.rows import STRIDE as MOST_SLOTS
from osb_hub.errors import InputError

LARGE = 16_000  # store-slots and home-slots: above, the structured solver is faster even if it has to be compiled first
FUSE_VISIBLE_W = 1.0
BAND_VISIBLE_WH = 1.0
_SAFE = 0.5  # of the gap, for complementarity; the rest is for what recovering a schedule costs
_COMPILING_S = 5.0  # so long only a compiler needs for so few homes
_TIGHTER = 0.5  # of the complementarity that did not suffice

Report = Callable[[Progress], None]


def dispatch(
    fleet: Fleet,
    market: Market | None = None,
    previous: Previous | None = None,
    *,
    solver: str = "auto",
    gap: float = 1e-3,
    time_limit_s: float = 60.0,
    progress: Report | None = None,
) -> Result:
    """The cheapest schedule of the fleet in the market, with a lower bound that shares no code with the solver.

    `previous` (plan stability) is known to `linprog` only; the structured solver begins and ends without it. `gap` is
    relative to the objective without what is fixed (`Result.gap`). Raises InputError where fleet and market do not fit
    together, ValueError for an unknown solver.
    """
    market = (market or no_market(fleet.slots)).checked(fleet.slots)
    chosen = _choose(fleet, previous, solver)
    began = time.perf_counter()
    yardstick = (upper_bound(fleet, market, hold(fleet)), without_stores(fleet, market))
    seconds = {"certify": time.perf_counter() - began}
    if chosen == "linprog":
        began = time.perf_counter()
        raw = referee(fleet, market, previous, time_limit_s)
        seconds["solve"] = time.perf_counter() - began
        judged = _judge(fleet, market, raw, yardstick, seconds)
    else:
        raw, judged = _structured(fleet, market, gap, time_limit_s, yardstick, seconds, progress)
    return _result(fleet, market, chosen, raw, judged, yardstick[0], gap, seconds)


def _choose(fleet: Fleet, previous: Previous | None, solver: str) -> str:
    if solver not in ("auto", "linprog", "structured"):
        raise ValueError(f"solver {solver!r} is not one of auto, linprog, structured")
    if solver == "structured" and fleet.slots > MOST_SLOTS:
        raise InputError(
            f"The structured solver takes at most {MOST_SLOTS} slots, there are {fleet.slots}: use linprog."
        )
    if solver != "auto":
        return solver
    large = LARGE < (fleet.stores + fleet.homes) * fleet.slots and fleet.slots <= MOST_SLOTS
    return "structured" if large and previous is None else "linprog"


class _Judged:
    """What the certificate says of a solver's answer."""

    def __init__(self, lower: float, upper: Replayed, found: Gaps) -> None:
        self.lower, self.upper, self.gaps = lower, upper, found


def _judge(
    fleet: Fleet, market: Market, raw: Raw, yardstick: tuple[Replayed, Replayed], seconds: dict[str, float]
) -> _Judged:
    began = time.perf_counter()
    upper = upper_bound(fleet, market, raw.schedule)
    lower = lower_bound(fleet, market, raw.multipliers)
    seconds["certify"] += time.perf_counter() - began
    return _Judged(lower, upper, gaps(lower, upper, *yardstick))


def _structured(
    fleet: Fleet,
    market: Market,
    gap: float,
    time_limit_s: float,
    yardstick: tuple[Replayed, Replayed],
    seconds: dict[str, float],
    progress: Report | None,
) -> tuple[Raw, _Judged]:
    began = time.perf_counter()
    from osb_hub.dispatch.structured.solver import Structured  # compiled code is loaded only where it is used

    loaded = time.perf_counter()
    method = Structured(fleet, market, workers=len(os.sched_getaffinity(0)))
    built = time.perf_counter()
    method.warm_up()
    # a compiler at work is not the solver's time: what the first iterations take beyond a third one is told apart
    warm = time.perf_counter()
    seconds["compile"], seconds["build"], seconds["solve"] = loaded - began, built - loaded, warm - built
    if warm - loaded > _COMPILING_S and fleet.homes < 1000:
        seconds["compile"], seconds["build"], seconds["solve"] = warm - began, 0.0, 0.0
    deadline = warm + time_limit_s
    no_dispatch, alone = yardstick
    moved = abs(no_dispatch.without_penalties_eur - alone.without_penalties_eur)
    target = _SAFE * gap * max(moved, 1e-6 * abs(alone.objective_eur), 1e-9)
    best: tuple[Raw, _Judged] | None = None
    lower = -np.inf
    while True:
        began = time.perf_counter()
        on = method.iterate(target, deadline)
        raw = method.raw()
        seconds["solve"] += time.perf_counter() - began
        judged = _judge(fleet, market, raw, yardstick, seconds)
        lower = max(lower, judged.lower)
        if best is None or judged.upper.objective_eur < best[1].upper.objective_eur:
            powers = raw.schedule  # the method goes on writing into its own
            copied = Schedule(powers.charge_w.copy(), powers.discharge_w.copy(), powers.pv_used_w.copy())
            best = (replace(raw, schedule=copied), judged)
        found = gaps(lower, best[1].upper, *yardstick)
        if progress is not None:
            spent = seconds["build"] + seconds["solve"] + seconds["certify"]
            progress(Progress(method.iterations, spent, lower, best[1].upper.objective_eur, found.gap))
        if found.gap <= gap or not on:
            break
        target = _TIGHTER * method.products_eur
    return best[0], _Judged(lower, best[1].upper, found)


def _result(
    fleet: Fleet,
    market: Market,
    solver: str,
    raw: Raw,
    judged: _Judged,
    no_dispatch: Replayed,
    gap: float,
    seconds: dict[str, float],
) -> Result:
    violations = raw.violations or _visible(judged.upper)
    found = judged.gaps
    if violations:
        status, sentence = "infeasible", tell(violations, "slot {}".format)
    elif found.gap <= gap:
        status, sentence = "optimal", ""
    else:
        status, sentence = (
            "feasible",
            f"The schedule is within {found.gap:.2%} of the best there can be; {gap:.2%} was asked for.",
        )
    realised, simultaneous = exclusive(fleet, raw.schedule)
    realised_objective = (
        upper_bound(fleet, market, realised).objective_eur if simultaneous else judged.upper.objective_eur
    )
    return Result(
        status=status,
        sentence=sentence,
        solver=solver,
        schedule=raw.schedule,
        multipliers=raw.multipliers,
        objective_eur=judged.upper.objective_eur,
        lower_bound_eur=judged.lower,
        gap=found.gap,
        gap_of_savings=found.gap_of_savings,
        no_dispatch_objective_eur=no_dispatch.objective_eur,
        realised_objective_eur=realised_objective,
        simultaneous=simultaneous,
        violations=violations,
        costs_eur=dict(judged.upper.costs_eur),
        iterations=raw.iterations,
        seconds=seconds,
    )


def _visible(upper: Replayed) -> tuple[Violation, ...]:
    band, fuse = upper.worst_band, upper.worst_fuse
    return tuple(
        v for v, least in ((band, BAND_VISIBLE_WH), (fuse, FUSE_VISIBLE_W)) if v is not None and v.amount > least
    )
