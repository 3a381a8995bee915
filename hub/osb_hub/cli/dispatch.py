"""`vpp dispatch`: the plan and what is delivered of it; or a fleet from a file."""

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from osb_hub.cli import dispatch_files
from osb_hub.cli.common import Desk, kilowatts, open_desk, print_table, say, shown
from osb_hub.cli.dispatch_files import GapOption, Solver, SolverOption
from osb_hub.cli.json_option import JsonFile, JsonGroup, put_json, writable
from osb_hub.control import plans
from osb_hub.control.plans import FeederSlot, Plan
from osb_hub.errors import InputError
from osb_hub.jobs.delivery import delivery
from osb_hub.jobs.gather import gather
from osb_hub.jobs.planning import solve
from osb_hub.store.readings import slot_of

_SHOWN_SLOTS = 16

app = typer.Typer(cls=JsonGroup, invoke_without_command=True)
app.command("export")(dispatch_files.export)


@app.callback()
def command(
    context: typer.Context,
    now: Annotated[
        bool, typer.Option("--now", help="Solve one plan now from what is known, without keeping or sending it.")
    ] = False,
    fleet: Annotated[
        Path | None, typer.Option(help="Dispatch the fleet of this file (NPZ), not the live one; see docs/files.md.")
    ] = None,
    market: Annotated[Path | None, typer.Option(help="Market file (JSON) of --fleet; default: no market.")] = None,
    out: Annotated[Path | None, typer.Option(help="Schedule file (NPZ) to write for --fleet.")] = None,
    solver: SolverOption = Solver.auto,
    gap: GapOption = 1e-3,
    time_limit: Annotated[float, typer.Option(help="Seconds; then the best schedule so far counts.")] = 600.0,
    as_json: JsonFile = None,
) -> None:
    """The last plan: what it says, each feeder against its limit, each box; and what is delivered of it.

    With --fleet: a fleet file in, a certified schedule file out. Exits 1 if something cannot be kept, 2 if a file or
    an option cannot be used.
    """
    if context.invoked_subcommand:
        return
    if fleet is None:
        for name in ("market", "out", "solver", "gap", "time_limit"):
            source = context.get_parameter_source(name)
            if source and source.name != "DEFAULT":  # typer has a click of its own: its members are not click's
                raise InputError(f"--{name.replace('_', '-')} needs --fleet FILE; without it the live fleet is meant.")
        writable("--json", as_json)
        _live(context, now, as_json)
        return
    if now:
        raise InputError("--now is for the live fleet; leave out --now or --fleet.")
    if out is None:
        raise InputError("--fleet needs --out FILE for the schedule.")
    dispatch_files.solve_files(fleet, market, out, solver, gap, time_limit, as_json)


def _live(context: typer.Context, now: bool, as_json: str | None) -> None:
    with open_desk(context) as desk:
        if now:
            _solve(desk, as_json)
            return
        with desk.database.read() as connection:
            plan = plans.last(connection)
            live = delivery(connection, desk.now)
            feeders = plans.feeder_slots(connection, plan.id) if plan else []
            powers = plans.powers(connection, plan.id) if plan else {}
        if as_json is not None:
            shown_plan = dataclasses.asdict(plan) if plan else None
            slots = [dataclasses.asdict(slot) for slot in feeders]
            told = {"plan": shown_plan, "feeders": slots, "power_w": powers, "delivery": dataclasses.asdict(live)}
            put_json(told, as_json)
        elif plan is None:
            say("There is no plan yet: plans begin with the first offer of a box.")
        else:
            _show(desk, plan, feeders, powers)
            print_table(
                f"delivery in the slot from {shown(live.slot, desk.tz)} [kW]",
                ("who", "planned", "last minute", "slot so far", "limit"),
                (
                    (d.name, kilowatts(d.planned_w), kilowatts(d.now_w), kilowatts(d.so_far_w), kilowatts(d.limit_w))
                    for d in [*live.feeders, *live.boxes]
                ),
            )


def _show(desk: Desk, plan: Plan, feeders: list[FeederSlot], powers: dict[str, dict[str, list[int]]]) -> None:
    say(f"Plan {plan.id} of {shown(plan.t, desk.tz)} ({plan.reason}): {plan.status}. {plan.sentence}")
    until = plan.start + _SHOWN_SLOTS * 900
    print_table(
        "feeders [kW]",
        ("feeder", "from", "net", "limit", "above limit", "worth of 1 MWh [EUR]"),
        (
            (
                slot.feeder,
                shown(slot.start, desk.tz),
                kilowatts(slot.net_w),
                kilowatts(slot.limit_w),
                kilowatts(slot.shortfall_w),
                f"{slot.shadow_eur_mwh:.0f}",
            )
            for slot in feeders
            if slot.start < until
        ),
    )
    print_table(
        "boxes, first slot and mean of what they were told [W]",
        ("box", "actuator", "first", "mean"),
        (
            (box, actuator, series[0], round(sum(series) / len(series)))
            for box, actuators in powers.items()
            for actuator, series in actuators.items()
        ),
    )


def _solve(desk: Desk, as_json: str | None) -> None:
    with desk.database.read() as connection:
        gathered = gather(connection, desk.settings, desk.now)
    if not gathered.problem.offers:
        say("There is nothing to plan with: no box has made an offer yet.")
        return
    result = solve(gathered)
    if as_json is not None:
        known = {"status": result.status, "sentence": result.sentence, "power_w": result.power_w}
        put_json(
            known | {"net_w": result.net_w, "shortfall_w": result.shortfall_w, "start": slot_of(desk.now)}, as_json
        )
        return
    say(f"Solved in {result.solve_s:.1f} s: {result.status}. {result.sentence}")
    print_table(
        f"boxes in the slot from {shown(slot_of(desk.now), desk.tz)} [W]",
        ("box", "net", "actuators"),
        (
            (box, net[0], ", ".join(f"{name} {series[0]}" for name, series in result.power_w.get(box, {}).items()))
            for box, net in result.net_w.items()
        ),
    )
