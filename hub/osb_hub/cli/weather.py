"""`vpp weather`: the forecast that boxes plan with."""

from pathlib import Path
from typing import Annotated

import typer

from osb_hub.cli.common import open_desk, say, shown
from osb_hub.jobs import weather
from osb_hub.store import market

app = typer.Typer(no_args_is_help=True, help="Weather forecast: load a file.")


@app.callback()
def _group() -> None:
    """Keep `load` a command of its own."""


@app.command("load")
def load(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV: start,temp_c,ghi_w_m2; hourly or 15-minute.")],
) -> None:
    """Load a forecast; boxes get it at their hello and once an hour."""
    with open_desk(context) as desk:
        slots = weather.read(file)
        with desk.database.write() as connection:
            market.add_weather(connection, slots)
        first, last = shown(slots[0].start, desk.tz), shown(slots[-1].start + 900, desk.tz)
        say(f"{len(slots)} slots from {first} to {last} loaded.")
