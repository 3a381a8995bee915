"""The command `vpp`: one file per group of commands."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from osb_hub.cli import bench, boxes, broker, demo, dispatch, firmware, limits, prices, readings, serve, terms, weather
from osb_hub.errors import InputError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="The hub of a virtual power plant of home energy boxes.\n\n"
    "Settings come from vpp.toml in this folder (or --config FILE) and from the environment, OSB_HUB_<KEY>.",
)


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="Settings file, instead of vpp.toml in this folder.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what happens, on stderr.")] = False,
) -> None:
    context.obj = config
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


app.command("serve")(serve.command)
app.command("demo")(demo.command)
app.command("boxes")(boxes.command)
app.command("readings")(readings.command)
app.add_typer(dispatch.app, name="dispatch")
app.add_typer(bench.app, name="bench")
app.add_typer(prices.app, name="prices")
app.add_typer(limits.app, name="limits")
app.add_typer(terms.app, name="terms")
app.add_typer(weather.app, name="weather")
app.add_typer(firmware.app, name="firmware")
app.add_typer(broker.app, name="broker")


def main() -> None:
    """Run `vpp`. What the user can put right is one sentence on stderr and exit 2."""
    try:
        app()
    except InputError as error:
        print(f"vpp: {error}", file=sys.stderr)
        sys.exit(2)
