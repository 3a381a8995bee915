"""The one door to dispatch: a fleet and a market in, a schedule with a certified gap out."""

import gc
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
from osb_hub.dispatch.result import Multipliers, Progress, Raw, Result, Violation, tell, tell_shortfalls
from osb_hub.dispatch.schedule import Schedule, exclusive, hold
from osb_hub.dispatch.structured.rows import STRIDE as MOST_SLOTS
from osb_hub.errors import InputError

EXACT = 80_000  # store-slots and home-slots: as many the interior point on the whole programme takes on
LARGE = 16_000  # store-slots and home-slots: above, the structured solver is faster even if it has to be compiled first
EXACT_STORES = 300  # up to so many, moving away from the previous plan is priced in the programme
FUSE_VISIBLE_W = 1.0
BAND_VISIBLE_WH = 1.0
_SAFE = 0.5  # of the gap, for complementarity; the rest is for what recovering a schedule costs
_TIGHTER = 0.5  # of the complementarity that did not suffice
_OF_SAVINGS, _ROUNDS = (
    2.0,
    2,
)  # times the gap asked for: what the gap may be of the savings, if so many rounds more reach that

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

    `previous` (plan stability) is known to `linprog` only: the structured solver ends near the middle of all optima,
    which moves little by itself; `auto` takes it above EXACT_STORES stores. `gap` is relative to the objective without
    what is fixed (`Result.gap`). Raises InputError where fleet and market do not fit together, ValueError for an
    unknown solver. `time_limit_s` counts from the call, without what a compiler takes at the first start on a machine.
    """
    market = (market or no_market(fleet.slots)).checked(fleet.slots)
    chosen = _choose(fleet, previous, solver)
    incumbent = _Incumbent(fleet, market)
    if chosen == "linprog":
        began = time.perf_counter()
        raw = referee(fleet, market, previous, time_limit_s)
        incumbent.took("solve", began)
        incumbent.judge(raw)
    else:
        _structured(fleet, market, gap, time_limit_s, incumbent, progress)
    return _result(fleet, market, chosen, incumbent, gap)


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
    return "structured" if large and (previous is None or fleet.stores > EXACT_STORES) else "linprog"


class _Incumbent:
    """The best schedule and the best multipliers so far, whichever answers they came with, and what they are worth."""

    def __init__(self, fleet: Fleet, market: Market) -> None:
        began = time.perf_counter()
        self._fleet, self._market = fleet, market
        self.no_dispatch, self._alone = upper_bound(fleet, market, hold(fleet)), without_stores(fleet, market)
        self.seconds = {"certify": time.perf_counter() - began}
        self._found: tuple[Raw, Replayed, Multipliers] | None = None
        self.lower = -np.inf
        self.stopped = False  # by the time limit

    def judge(self, raw: Raw) -> None:
        """Take over of an answer what is better than what there is; schedules that keep fuses and bands come first."""
        began = time.perf_counter()
        upper = upper_bound(self._fleet, self._market, raw.schedule)
        lower = lower_bound(self._fleet, self._market, raw.multipliers)
        if self._found is None:
            self._found = (_copied(raw), upper, raw.multipliers)
        elif _rank(upper) < _rank(self._found[1]):
            self._found = (_copied(raw), upper, self._found[2])
        if _visible(self._found[1]) and not raw.violations and not _visible(self.no_dispatch):
            # what a method that was stopped leaves behind may break a fuse that nobody has to break
            self._found = (replace(raw, schedule=hold(self._fleet)), self.no_dispatch, self._found[2])
        if lower > self.lower:
            self._found, self.lower = (*self._found[:2], raw.multipliers), lower
        self.took("certify", began)

    def took(self, what: str, began: float) -> None:
        self.seconds[what] = self.seconds.get(what, 0.0) + time.perf_counter() - began

    @property
    def raw(self) -> Raw:
        assert self._found is not None
        return replace(self._found[0], multipliers=self._found[2])

    @property
    def upper(self) -> Replayed:
        assert self._found is not None
        return self._found[1]

    @property
    def gaps(self) -> Gaps:
        return gaps(self.lower, self.upper, self.no_dispatch, self._alone)

    @property
    def worth_moving(self) -> float:
        """What stores can be about [EUR], to begin with."""
        moved = abs(self.no_dispatch.without_penalties_eur - self._alone.without_penalties_eur)
        return max(moved, 1e-6 * abs(self._alone.objective_eur), 1e-9)


def _rank(upper: Replayed) -> tuple[bool, float]:
    return bool(_visible(upper)), upper.objective_eur


def _copied(raw: Raw) -> Raw:
    """With a schedule of its own: the method goes on writing into the one it handed over."""
    powers = raw.schedule
    return replace(raw, schedule=Schedule(powers.charge_w.copy(), powers.discharge_w.copy(), powers.pv_used_w.copy()))


def _structured(
    fleet: Fleet, market: Market, gap: float, time_limit_s: float, incumbent: _Incumbent, progress: Report | None
) -> None:
    began = time.perf_counter()
    from osb_hub.dispatch.structured.first_start import compile_all  # compiled code is loaded only where it is used
    from osb_hub.dispatch.structured.interior import interior_point
    from osb_hub.dispatch.structured.solver import Structured

    gc.disable()  # a compiler makes much that stays: looking through all of it again and again had 8 % of a profile
    try:
        compile_all(fleet, market)
    finally:
        gc.enable()
    compiled = time.perf_counter()
    method = Structured(fleet, market, workers=len(os.sched_getaffinity(0)))
    built = time.perf_counter()
    incumbent.seconds["compile"], incumbent.seconds["build"] = compiled - began, built - compiled
    deadline = compiled + time_limit_s
    target = _SAFE * gap * incumbent.worth_moving
    on, rounds = True, _ROUNDS

    def tell_progress() -> None:
        if progress is not None:
            spent = time.perf_counter() - compiled
            known = np.isfinite(incumbent.lower)
            upper, found = (incumbent.upper.objective_eur, incumbent.gaps.gap) if known else (np.inf, np.inf)
            expected = method.products_eur / incumbent.worth_moving
            progress(Progress(method.iterations, spent, incumbent.lower, upper, found, expected))

    while on:
        began = time.perf_counter()
        on = method.iterate(target, deadline, tell_progress)
        incumbent.took("solve", began)
        incumbent.judge(method.raw())
        tell_progress()
        found = incumbent.gaps
        if found.gap <= gap and not _visible(incumbent.upper):
            if found.gap_of_savings <= _OF_SAVINGS * gap or not np.isfinite(found.gap_of_savings) or rounds == 0:
                return
            rounds -= 1
        target = _TIGHTER * method.products_eur
    left = deadline - time.perf_counter()
    incumbent.stopped = left <= 0.0
    if left > 0.0 and (fleet.stores + fleet.homes) * fleet.slots <= EXACT:
        began = time.perf_counter()
        raw = referee(fleet, market, time_limit_s=left, solve=interior_point)  # one step length for all
        incumbent.took("solve", began)
        incumbent.judge(replace(raw, iterations=method.iterations + raw.iterations))


def _result(fleet: Fleet, market: Market, solver: str, incumbent: _Incumbent, gap: float) -> Result:
    raw, upper, found = incumbent.raw, incumbent.upper, incumbent.gaps
    violations = raw.violations or _visible(upper)
    short = _shortfalls(fleet, market, upper)
    if violations and incumbent.stopped and not raw.violations:
        status = "feasible"  # nothing is proven: a method that had no more time may leave this behind
        sentence = f"Time ran out. {tell(violations, 'slot {}'.format, 'Not kept so far')}"
    elif violations:
        status, sentence = "infeasible", tell(violations, "slot {}".format)
    elif found.gap <= gap:
        status, sentence = "optimal", tell_shortfalls(short)
    else:
        status, sentence = (
            "feasible",
            f"The schedule is within {found.gap:.2%} of the best there can be; {gap:.2%} was asked for."
            f" {tell_shortfalls(short)}".rstrip(),
        )
    realised, simultaneous = exclusive(fleet, raw.schedule)
    realised_objective = upper_bound(fleet, market, realised).objective_eur if simultaneous else upper.objective_eur
    return Result(
        status=status,
        sentence=sentence,
        solver=solver,
        schedule=raw.schedule,
        multipliers=raw.multipliers,
        objective_eur=upper.objective_eur,
        lower_bound_eur=incumbent.lower,
        gap=np.nan if violations else found.gap,
        gap_of_savings=np.nan if violations else found.gap_of_savings,
        no_dispatch_objective_eur=incumbent.no_dispatch.objective_eur,
        realised_objective_eur=realised_objective,
        simultaneous=simultaneous,
        violations=violations,
        shortfalls=short,
        costs_eur=dict(upper.costs_eur),
        iterations=raw.iterations,
        seconds=incumbent.seconds,
    )


def _shortfalls(fleet: Fleet, market: Market, upper: Replayed) -> tuple[Violation, ...]:
    """Limits of feeders and promises that the schedule breaks at a price, each with its worst slot; the worst first."""
    requests, products = ([one.name for one in those] for those in (market.requests, market.reserve))
    feeders = [f"feeder {f}" for f in range(fleet.feeders)]
    found = []
    for names, what, missing in (
        (feeders, "import limit", upper.import_excess_w),
        (feeders, "export limit", upper.export_excess_w),
        (requests, "request", upper.request_shortfall_w),
        (products, "reserve", upper.reserve_shortfall_w),
    ):
        worst = missing.max(axis=1, initial=0.0)
        for row in np.flatnonzero(worst > FUSE_VISIBLE_W):
            found.append(Violation(names[row], what, float(worst[row]), int(missing[row].argmax())))
    return tuple(sorted(found, key=lambda one: -one.amount))


def _visible(upper: Replayed) -> tuple[Violation, ...]:
    band, fuse = upper.worst_band, upper.worst_fuse
    return tuple(
        v for v, least in ((band, BAND_VISIBLE_WH), (fuse, FUSE_VISIBLE_W)) if v is not None and v.amount > least
    )
