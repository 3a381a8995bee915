"""`vpp limits`: what the grid operator allows."""

from typing import Annotated

import typer

from osb_hub.cli.common import Json, kilowatts, open_desk, print_json, print_table, say, shown, unix
from osb_hub.cli.home_limits import dim, evidence, homes
from osb_hub.errors import InputError
from osb_hub.store import market

app = typer.Typer(no_args_is_help=True, help="Limits of feeders: add one, list them. And of single homes: dim.")
app.command("dim")(dim)
app.command("homes")(homes)
app.command("evidence")(evidence)


@app.command("add")
def add(
    context: typer.Context,
    feeder: Annotated[str, typer.Option(help="Which feeder.")],
    start: Annotated[str, typer.Option(help="From when, local or with offset: 2026-01-15T17:00.")],
    end: Annotated[str, typer.Option(help="Until when.")],
    kw: Annotated[float, typer.Option(help="Most import of all its homes together, 15-minute mean [kW].")],
    reason: Annotated[str, typer.Option(help="Told to the households.")] = "the grid operator limits this street",
) -> None:
    """Announce a limit; a running hub plans with it from its next plan on."""
    with open_desk(context) as desk:
        since, until = unix(start, desk.tz), unix(end, desk.tz)
        if since >= until:
            raise InputError(f"--end {end} must be later than --start {start}.")
        if not 0 <= kw <= 1e6:
            raise InputError(f"--kw {kw:g} must be a power from 0 to 1000000 kW.")
        if not 0 < len(reason.encode()) <= 200:
            raise InputError(f"--reason has {len(reason.encode())} bytes, 1 to 200 can be sent to boxes.")
        with desk.database.write() as connection:
            market.add_limit(connection, feeder, since, until, round(kw * 1000), desk.now, reason)
        say(f"{feeder}: at most {kw:g} kW from {shown(since, desk.tz)} to {shown(until, desk.tz)}.")


@app.command("list")
def show(
    context: typer.Context,
    past: Annotated[bool, typer.Option("--past", help="Also those that are over.")] = False,
    as_json: Json = False,
) -> None:
    """Limits that are in force or ahead."""
    with open_desk(context) as desk:
        with desk.database.read() as connection:
            known = market.limits(connection, 0 if past else desk.now)
        if as_json:
            print_json([limit._asdict() for limit in known])
            return
        print_table(
            f"{len(known)} limits",
            ("feeder", "from", "until", "kW", "reason"),
            (
                (x.feeder, shown(x.start, desk.tz), shown(x.end, desk.tz), kilowatts(x.import_max_w), x.reason)
                for x in known
            ),
        )
