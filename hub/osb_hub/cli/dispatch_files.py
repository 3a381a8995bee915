"""`vpp dispatch --fleet`: a fleet file in, a certified schedule file out; and the live fleet as such files."""

from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from osb_hub.cli.common import open_desk, print_table, say
from osb_hub.cli.json_option import put_json, writable
from osb_hub.cli.progress import progress_line
from osb_hub.dispatch.dispatch import dispatch
from osb_hub.dispatch.files import read_fleet, read_market, write_fleet, write_market, write_schedule
from osb_hub.dispatch.market import no_market
from osb_hub.dispatch.problem import fleet_of, home_offers
from osb_hub.dispatch.result import Result
from osb_hub.errors import InputError
from osb_hub.jobs.gather import gather

INFEASIBLE = 1
_TOLD = 20  # violations in the table; all of them are in the JSON


class Solver(StrEnum):
    """Which solver; auto takes the one that is faster at the fleet's size."""

    auto = "auto"
    linprog = "linprog"
    structured = "structured"


SolverOption = Annotated[Solver, typer.Option(help="auto takes the faster one for the size of the fleet.")]
GapOption = Annotated[float, typer.Option(help="Certified gap to reach, relative to what is not fixed of the cost.")]


def check_gap(gap: float) -> None:
    """InputError where no solver can reach it."""
    if not 0 < gap < 1:
        raise InputError(f"--gap must be above 0 and below 1, not {gap:g}.")


def solve_files(
    fleet_file: Path,
    market_file: Path | None,
    out: Path,
    solver: Solver,
    gap: float,
    time_limit_s: float,
    result_file: str | None,
) -> None:
    """Dispatch the fleet, write the schedule and say how good it surely is.

    Exits 1 where something cannot be kept: the schedule then violates least, and who and by how much is named.
    """
    check_gap(gap)
    if not time_limit_s > 0:
        raise InputError(f"--time-limit must be above 0 s, not {time_limit_s:g}.")
    for option, file in (("--out", out), ("--json", result_file)):
        writable(option, file)
    fleet = read_fleet(fleet_file)
    market = read_market(market_file, fleet.slots) if market_file else no_market(fleet.slots)
    with progress_line() as progress:
        result = dispatch(fleet, market, solver=solver, gap=gap, time_limit_s=time_limit_s, progress=progress)
    write_schedule(out, result.schedule, result.multipliers)
    if result_file is not None:
        put_json(summary(result), result_file)
    if result_file != "-":
        _show(result, out)
    if result.status == "infeasible":
        raise typer.Exit(INFEASIBLE)


def summary(result: Result) -> dict[str, Any]:
    """A result without its arrays, which are in the schedule file."""
    light = replace(result, schedule=None, multipliers=None)  # type: ignore[arg-type]
    return {name: value for name, value in asdict(light).items() if name not in ("schedule", "multipliers")}


def _show(result: Result, out: Path) -> None:
    say(f"{result.status} ({result.solver}, {result.iterations} iterations). {result.sentence}".strip())
    seconds = ", ".join(f"{name} {value:.2f} s" for name, value in result.seconds.items())
    rows = [
        ("cost", f"{result.objective_eur:.2f} EUR, surely at least {result.lower_bound_eur:.2f}"),
        ("gap", f"{result.gap:.2e} of what is not fixed, {result.gap_of_savings:.2e} of what is saved"),
        ("without dispatch", f"{result.no_dispatch_objective_eur:.2f} EUR"),
        ("not charging and discharging at once", f"{result.realised_objective_eur:.2f} EUR"),
        *((f"  {name.replace('_', ' ')}", f"{value:.2f} EUR") for name, value in result.costs_eur.items()),
        ("took", seconds),
        ("schedule", str(out)),
    ]
    print_table("dispatch", ("what", "how much"), rows)
    if result.violations:
        print_table(
            f"what cannot be kept, {min(_TOLD, len(result.violations))} of {len(result.violations)}",
            ("who", "what", "amount", "slot"),
            (
                (one.who, one.what, f"{one.amount:.0f} {'Wh' if one.what == 'band' else 'W'}", one.slot)
                for one in result.violations[:_TOLD]
            ),
        )


def export(
    context: typer.Context,
    fleet_out: Annotated[Path, typer.Option(help="Fleet file (NPZ) to write.")],
    market_out: Annotated[Path, typer.Option(help="Market file (JSON) to write.")],
) -> None:
    """Write the live fleet, as it would be planned now, in the form that --fleet and --market read."""
    for option, file in (("--fleet-out", fleet_out), ("--market-out", market_out)):
        writable(option, file)
    with open_desk(context) as desk, desk.database.read() as connection:
        problem = gather(connection, desk.settings, desk.now).problem
    homes, left_out = home_offers(problem)
    if not homes:
        raise InputError("There is no fleet to write: no box has made an offer yet.")
    fleet = fleet_of(problem, homes)
    write_fleet(fleet_out, fleet)
    write_market(market_out, problem.market or no_market(problem.slots))
    say(f"{fleet.homes} homes with {fleet.stores} stores and {fleet.slots} slots written to {fleet_out}, {market_out}.")
    for sentence in left_out:
        say(sentence)
