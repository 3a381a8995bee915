"""`vpp broker`: certificates and accounts of the MQTT broker between boxes and hub."""

from pathlib import Path
from typing import Annotated

import typer

from osb_hub import mosquitto
from osb_hub.cli.common import say
from osb_hub.errors import InputError

app = typer.Typer(no_args_is_help=True, help="The MQTT broker's certificates and accounts (Mosquitto).")

Folder = Annotated[Path, typer.Argument(help="Folder that `vpp broker init` made.")]
Host = Annotated[str, typer.Option(help="Name or address under which boxes reach the broker.")]


@app.command("init")
def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make.")],
    host: Host,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8883,
) -> None:
    """Make an authority, the broker's certificate, its configuration and the hub's account."""
    mosquitto.lay_out(folder, host, port)
    say(f"{folder}: start the broker with mosquitto -c {folder}/mosquitto.conf, the hub with {folder}/vpp.toml.")
    say(f"Boxes are flashed with --hub {host}:{port} --hub-ca {folder}/authority.pem --account FILE.")
    say(f"{folder}/authority.key can vouch for any broker: keep a copy in a safe place, and none on the broker.")


@app.command("admit")
def admit(
    folder: Folder, accounts: Annotated[Path, typer.Argument(help="What flash.sh --account wrote, a line a box.")]
) -> None:
    """Let boxes in; the broker takes it up when it gets SIGHUP."""
    try:
        lines = accounts.read_text().split()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{accounts}: cannot be read as text.") from error
    try:
        boxes = mosquitto.admit(folder, lines)
    except InputError as error:
        raise InputError(f"{accounts}: {error}") from error
    say(f"{len(boxes)} admitted: {', '.join(boxes) or 'the file holds no account'}. Tell the broker: kill -HUP.")


@app.command("dismiss")
def dismiss(folder: Folder, box: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """Take a box's account away; the broker takes it up when it gets SIGHUP."""
    mosquitto.dismiss(folder, box)
    say(f"{box} is no longer admitted. Tell the broker: kill -HUP.")


@app.command("renew")
def renew(folder: Folder, host: Host) -> None:
    """Make a new certificate for the broker under the same authority; boxes need not be told."""
    mosquitto.issue(folder, host)
    say(f"{folder}/broker.pem is new; restart the broker.")
