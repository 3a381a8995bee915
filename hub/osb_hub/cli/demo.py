"""`vpp demo`: a neighbourhood for a day, what happened, and whether the promises were kept."""

import contextlib
import logging
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from osb_hub import settings as settings_file
from osb_hub.cli.common import Json, print_json
from osb_hub.demo import measures, promises, summary
from osb_hub.demo.bench import BenchFailed
from osb_hub.demo.recorded import recorded
from osb_hub.demo.run import Options, Show, run
from osb_hub.demo.story import CAP_KW_PER_HOME, FEEDER_KW_PER_HOME, Story, tell
from osb_hub.demo.truth import read
from osb_hub.errors import InputError
from osb_hub.store.database import Database

BROKEN, INTERRUPTED = 1, 130


def command(
    context: typer.Context,
    homes: Annotated[int, typer.Option(help="Number of homes.")] = 12,
    seed: Annotated[int, typer.Option(help="Draws the homes, their people and their day.")] = 1,
    day: Annotated[str | None, typer.Option(help="Local date; default 2026-01-15, or that of --prices.")] = None,
    zone: Annotated[str, typer.Option(help="Time zone of the homes.")] = "Europe/Brussels",
    prices: Annotated[Path | None, typer.Option(help="Spot prices of the day as CSV, see docs/files.md.")] = None,
    cap_kw: Annotated[
        float | None, typer.Option(help=f"What the grid operator allows; default {CAP_KW_PER_HOME} kW a home.")
    ] = None,
    feeder_kw: Annotated[
        float | None, typer.Option(help=f"What the feeder carries all day; default {FEEDER_KW_PER_HOME} kW a home.")
    ] = None,
    start_hour: Annotated[int, typer.Option(help="Hour on the clock to start at.")] = 0,
    hours: Annotated[int | None, typer.Option(help="Hours to run; default to the end of the day.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the reports.")] = Path("out/demo"),
    as_json: Json = False,
) -> None:
    """Run emulated homes on real MicroPython boxes with this hub for a day, measure it, and write the reports.

    Exits 0 if the day kept its promises, 1 if one was broken, 2 if an option makes no sense.
    """
    story = _story(homes, day, zone, prices, feeder_kw, cap_kw)
    options = Options(settings_file.load(context.obj), homes, seed, out, start_hour, hours)
    _log_to(out)
    try:
        with _progress(story, as_json) as show:
            finished = uvloop.run(run(options, story, show))
    except KeyboardInterrupt:
        print("vpp: stopped; the neighbourhood was switched off.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    except BenchFailed as error:
        print(f"vpp: {error}", file=sys.stderr)
        raise typer.Exit(BROKEN) from None
    told = _report(options, story, finished.truth, finished.meters)
    if as_json:
        print_json(told)
    else:
        _show(told, out)
    if not all(told["promises"].values()):
        raise typer.Exit(BROKEN)


def _story(
    homes: int, day: str | None, zone: str, prices: Path | None, feeder_kw: float | None, cap_kw: float | None
) -> Story:
    if homes < 1:
        raise InputError(f"--homes must be at least 1, not {homes}.")
    feeder_w = _limit_w("--feeder-kw", feeder_kw, FEEDER_KW_PER_HOME * homes)
    cap_w = _limit_w("--cap-kw", cap_kw, CAP_KW_PER_HOME * homes)
    try:
        local = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"--zone must be a time zone such as Europe/Brussels, not {zone}.") from None
    try:
        wanted = date.fromisoformat(day) if day else None
    except ValueError:
        raise InputError(f"--day must be a date such as 2026-01-15, not {day}.") from None
    return tell(local, wanted, prices, feeder_w, cap_w)


def _limit_w(option: str, given_kw: float | None, default_kw: float) -> int:
    if given_kw is not None and not 0 < given_kw <= 1e6:
        raise InputError(f"{option} must be above 0, not {given_kw:g}.")
    return round(1000 * (default_kw if given_kw is None else given_kw))


def _report(options: Options, story: Story, truth_file: Path, meters: Path) -> dict[str, Any]:
    from osb_hub.demo import page  # matplotlib takes a second to load

    truth = read(truth_file, meters)
    database = Database(options.database)
    try:
        with database.read() as connection:
            hub = recorded(connection, truth.start, truth.end)
    finally:
        database.close()
    prices = measures.Prices.of(story, options.settings.tariff, truth)
    measured = measures.measure(truth, hub, story, prices)
    told = page.report(measured, promises.judge(measured))
    page.write(options.out, told, truth, story)
    return told


@contextlib.contextmanager
def _progress(story: Story, quiet: bool) -> Iterator[Show]:
    """A bar with the clock of the day and what the street draws, with and without dispatch."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=quiet) as progress:
        task = progress.add_task("compiling the firmware, starting the boxes", total=None)

        def show(event: dict[str, Any]) -> None:
            if event["event"] == "ready":
                progress.update(task, total=(event["end"] - event["start"]) // 900, description="00:00")
            elif event["event"] == "slot":
                clock = datetime.fromtimestamp(event["t"], story.zone).strftime("%H:%M")
                with_, without = event["net_w"] / 1000, event["twin_net_w"] / 1000
                limited = story.cap_begins <= event["t"] < story.cap_ends
                limit = f", limit {story.cap_w / 1000:.1f}" if limited else ""
                told = f"{clock}  {with_:5.1f} kW (without dispatch {without:5.1f}{limit})"
                progress.update(task, advance=1, description=told)
            elif event["event"] == "fault":
                clock = datetime.fromtimestamp(event["t"], story.zone).strftime("%H:%M")
                progress.console.print(f"{clock}  {event['home']}: {event['what']}", highlight=False)

        yield show


def _show(told: dict[str, Any], out: Path) -> None:
    console = Console()
    table = Table("", "with dispatch", "without", title=f"{told['homes']} homes on {told['day']}")
    for row in summary.rows(told):
        table.add_row(*row)
    console.print(table)
    for name, kept in told["promises"].items():
        mark = "[green]kept  [/green]" if kept else "[red]broken[/red]"
        console.print(f"{mark}  {name}: {told['promise_sentences'][name]}", highlight=False)
    console.print(f"\n{summary.verdict(told['promises'])}  {out / 'report.html'}", highlight=False)


def _log_to(out: Path) -> None:
    """The hub's log goes to a file: on the terminal it would tear the progress bar."""
    out.mkdir(parents=True, exist_ok=True)
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    logging.basicConfig(
        filename=out / "hub.log", filemode="w", level=logging.INFO, format="%(levelname)s %(name)s: %(message)s"
    )
