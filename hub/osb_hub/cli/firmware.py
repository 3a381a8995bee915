"""`vpp firmware`: versions for boxes, signed, published and served."""

import functools
import http.server
import os
from pathlib import Path
from typing import Annotated

import typer

from osb_hub.cli.common import say
from osb_hub.errors import InputError
from osb_hub.firmware import keys, release

app = typer.Typer(no_args_is_help=True, help="Versions for boxes: make a key, sign, verify, publish, serve.")
_PASSPHRASE = "OSB_KEY_PASSPHRASE"  # no setting of the hub, which is why it does not begin with OSB_HUB

Key = Annotated[Path, typer.Option(help=f"Private key (PEM); {_PASSPHRASE} holds its passphrase, if it has one.")]
Public = Annotated[Path, typer.Option(help="The box's part of the key (.key).")]
Folder = Annotated[Path, typer.Argument(help="Folder that `vpp firmware sign` wrote.")]


@app.command("keygen")
def keygen(path: Annotated[Path, typer.Argument(help="Where to write the private key, such as release.pem.")]) -> None:
    """Make a key: the private part stays with you, the .key file beside it goes onto boxes as update.key."""
    if path.suffix != ".pem":
        raise InputError(f"{path}: must end in .pem; the box's part is written beside it as .key.")
    name = keys.generate(path, _passphrase())
    say(f"Key {name}: {path} is secret, {path.with_suffix('.key')} goes onto boxes.")


@app.command("sign")
def sign(
    built: Annotated[Path, typer.Argument(help="What `make firmware` built (build/firmware/core).")],
    out: Annotated[Path, typer.Option(help="Folder to write the release to.")],
    key: Key,
    release_number: Annotated[int, typer.Option("--release", min=1, max=2**30, help="Higher than any before it.")],
    version: Annotated[str, typer.Option(help="What people call it, such as 0.2.0.")],
    board: Annotated[list[str], typer.Option(help="Board it is for, as in the box's configuration; may be repeated.")],
    next_key: Annotated[Path | None, typer.Option(help="From this release on boxes believe this key (.key).")] = None,
) -> None:
    """Sign a version: its manifest, its pack, and bundle.osb for a box's recovery page."""
    following = keys.public_key(next_key) if next_key else None
    made = release.make(
        built, out, keys.private_key(key, _passphrase()), release_number, version, sorted(set(board)), following
    )
    say(f"Release {release_number} ({version}), {made.head['bytes']} bytes in {made.head['parts']} parts, in {out}.")
    if following:
        say(f"Boxes that keep it look for later releases under key {keys.key_id(following)}.")


@app.command("verify")
def verify(folder: Folder, key: Public) -> None:
    """Check every byte of a signed release, as a box does."""
    found = release.read(folder, keys.public_key(key))
    head = found.head
    say(f"Release {head['release']} ({head['version']}) for {', '.join(head['boards'])}: signed by {found.key}, sound.")


@app.command("publish")
def publish(
    folder: Folder, key: Public, site: Annotated[Path, typer.Option(help="Folder that a web server offers.")]
) -> None:
    """Verify a release and put it where boxes look for it."""
    place = release.publish(release.read(folder, keys.public_key(key)), site)
    say(f"Published in {place}; boxes take it when they look next.")


@app.command("serve")
def serve(
    site: Annotated[Path, typer.Argument(help="Folder that `vpp firmware publish` filled.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8090,
) -> None:
    """Offer releases by plain HTTP: their signature protects them, and they hold nothing secret."""
    if not site.is_dir():
        raise InputError(f"{site}: is not a folder.")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    try:
        server = http.server.ThreadingHTTPServer((host, port), handler)
    except OSError as error:
        raise InputError(f"{host}:{port} cannot be listened on ({error.strerror}).") from error
    say(f"Serving {site} at http://{host}:{server.server_port}/")
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def _passphrase() -> bytes | None:
    value = os.environ.get(_PASSPHRASE)
    return value.encode() if value else None
