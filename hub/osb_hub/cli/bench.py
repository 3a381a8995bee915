"""`vpp bench`: what the engine can do on this machine."""

import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import typer

from osb_hub.cli.common import print_table, say
from osb_hub.cli.dispatch_files import GapOption, Solver, SolverOption, check_gap
from osb_hub.cli.json_option import STDOUT, JsonCommand, JsonFile, put_json, writable
from osb_hub.cli.progress import progress_line
from osb_hub.dispatch.bench.generate import Levels, write_case
from osb_hub.dispatch.bench.machine import machine
from osb_hub.dispatch.bench.mps import write_mps
from osb_hub.dispatch.bench.reference import reference
from osb_hub.dispatch.bench.runner import run
from osb_hub.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Benchmarks: seeded problems of any size, measured on this machine.")


@app.callback()
def _group() -> None:
    """One command for each thing that is measured."""


@app.command("dispatch", cls=JsonCommand)
def dispatch(
    homes: Annotated[int, typer.Option(help="Number of homes.")],
    seed: Annotated[int, typer.Option(help="Draws the homes and what they own.")] = 1,
    levels: Annotated[
        Levels, typer.Option(help="feeder: feeders and portfolio only. home: homes too. peak: with a peak price.")
    ] = Levels.peak,
    endurance: Annotated[int, typer.Option(help="Slots for which reserve is held.")] = 1,
    solver: SolverOption = Solver.auto,
    gap: GapOption = 1e-3,
    time_limit: Annotated[float, typer.Option(help="Seconds for the dispatch.")] = 3600.0,
    with_reference: Annotated[bool, typer.Option("--reference", help="Solve it with HiGHS as well.")] = False,
    reference_limit: Annotated[float, typer.Option(help="Seconds for each method of HiGHS.")] = 600.0,
    as_json: JsonFile = None,
    fleet_out: Annotated[Path | None, typer.Option(help="Keep the fleet file here.")] = None,
    market_out: Annotated[Path | None, typer.Option(help="Keep the market file here.")] = None,
    export_mps: Annotated[Path | None, typer.Option(help="Write the whole LP here, as free MPS.")] = None,
) -> None:
    """A seeded fleet of so many homes from its file to its certified schedule file, and what that took.

    The fleet is made by a process of its own, so that time and memory are those of the dispatch alone.
    """
    check_gap(gap)
    for option, limit in (("--time-limit", time_limit), ("--reference-limit", reference_limit)):
        if not limit > 0:
            raise InputError(f"{option} must be above 0 s, not {limit:g}.")
    outputs = {"--json": as_json, "--fleet-out": fleet_out, "--market-out": market_out, "--export-mps": export_mps}
    for name, file in outputs.items():
        writable(name, file)
    with tempfile.TemporaryDirectory(prefix="vpp-bench-") as folder:
        fleet_file, market_file = fleet_out or Path(folder, "fleet.npz"), market_out or Path(folder, "market.json")
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            other.submit(write_case, fleet_file, market_file, homes, seed, levels, endurance).result()
        with progress_line() as progress:
            figures, fleet, market, result = run(
                fleet_file, market_file, Path(folder, "schedule.npz"), solver, gap, time_limit, progress
            )
    told: dict[str, Any] = asdict(figures) | {"seed": seed, "levels": levels.value, "endurance": endurance}
    told |= {"gap_asked": gap, "costs_eur": result.costs_eur, "machine": machine()}
    if with_reference:
        told["reference"] = [asdict(one) for one in reference(fleet, market, gap, reference_limit)]
    if export_mps:
        write_mps(export_mps, fleet, market)
    if as_json is not None:
        put_json(told, as_json)
    if as_json != STDOUT:
        _show(told)


def _show(told: dict[str, Any]) -> None:
    say(f"{told['homes']} homes, levels {told['levels']}, seed {told['seed']}, on {told['machine']}")
    plain = {name: value for name, value in told.items() if not isinstance(value, dict | list) and name != "machine"}
    print_table("dispatch", ("figure", "value"), ((name, _figure(value)) for name, value in plain.items()))
    if "reference" in told:
        print_table(
            "HiGHS on the same fleet",
            ("method", "seconds", "status", "objective"),
            (
                (one["method"], *map(_figure, (one["seconds"], one["status"], one["objective"])))
                for one in told["reference"]
            ),
        )


def _figure(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
