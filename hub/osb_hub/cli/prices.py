"""`vpp prices`: spot prices in, and what households pay for them."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from osb_hub.cli.common import Json, open_desk, print_json, print_table, say, shown, unix
from osb_hub.prices import files
from osb_hub.store import market
from osb_hub.store.readings import slot_of

app = typer.Typer(no_args_is_help=True, help="Spot prices: load a file, show what is known.")
_DAY_S = 86400


@app.command("load")
def load(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV of one local day: start,eur_per_mwh, hourly or 15-minute.")],
    announced: Annotated[str | None, typer.Option(help="Since when they are known; default: now.")] = None,
) -> None:
    """Load a price file. Prices loaded later replace those of the same slots."""
    with open_desk(context) as desk:
        series = files.read(file, desk.tz)
        known_from = unix(announced, desk.tz) if announced else desk.now
        with desk.database.write() as connection:
            market.add_prices(connection, series.by_slot(), known_from)
        say(f"{series.slots} slots from {shown(series.start, desk.tz)} to {shown(series.end, desk.tz)} loaded.")


@app.command("show")
def show(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="From when; default: the slot that is running.")] = None,
    as_json: Json = False,
) -> None:
    """Prices of the 24 hours from then on: spot, and retail by the tariff of the settings."""
    with open_desk(context) as desk:
        start = slot_of(unix(since, desk.tz) if since else desk.now)
        with desk.database.read() as connection:
            known = market.prices(connection, start, start + _DAY_S, desk.now)
        spot = np.array(list(known.values()))
        tariff = desk.settings.tariff
        rows = list(zip(known, spot, tariff.import_price(spot), tariff.export_price(spot), strict=True))
        if as_json:
            names = ("start", "spot_eur_mwh", "import_eur_mwh", "export_eur_mwh")
            print_json([dict(zip(names, (row[0], *(float(x) for x in row[1:])), strict=True)) for row in rows])
            return
        print_table(
            f"{len(rows)} prices [EUR/MWh]",
            ("from", "spot", "import", "export"),
            ((shown(row[0], desk.tz), *(f"{x:.2f}" for x in row[1:])) for row in rows),
        )
